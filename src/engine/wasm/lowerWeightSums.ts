/** Weight gradients as sums of slices of the batch, so that threads read the values that they computed themselves. */
import { gradientSlices } from '@/engine/wasm/operations';
import { valueCount, type Lowering } from '@/engine/wasm/lowering';
import type { WasmBuffer } from '@/engine/wasm/program';

type Size = Parameters<typeof valueCount>[1];

/**
 * Slices of a weight gradient from values of these sizes: 1 where to write its sums, and to read them again, would be more than what is
 * saved, and where the batch has fewer blocks than there are slices.
 */
function weightSlices(lowering: Lowering, weights: number, input: Size, output: Size): number {
  const values = valueCount(lowering, input) + valueCount(lowering, output);
  return lowering.blocks >= gradientSlices && 2 * gradientSlices * weights <= values ? gradientSlices : 1;
}

/** `emit` writes [slice][weights] into the buffer that it is given; what is in `dw` afterwards is their sum. */
export function emitWeightSums(
  lowering: Lowering,
  values: {
    readonly name: string;
    readonly dw: WasmBuffer;
    readonly weights: number;
    readonly input: Size;
    readonly output: Size;
  },
  emit: (target: WasmBuffer, slices: number) => void,
): void {
  const { name, dw, weights, input, output } = values;
  const { program } = lowering;
  const slices = weightSlices(lowering, weights, input, output);
  if (slices === 1) {
    emit(dw, 1);
    return;
  }
  const sums = program.buffer(`${name}.weight gradient of slices`, slices * weights * 4);
  emit(sums, slices);
  program.emit('sumSlices', { x: sums, y: dw, count: weights, slices });
}
