/** GroupNorm, which may take over the ReLU that follows it. */
import { hasBackward, isTraining } from '@/engine/mode';
import { lowerPlainOrder } from '@/engine/wasm/layers/flatten';
import {
  newBuffer,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import { gradientSlices } from '@/engine/wasm/operations';
import type { WasmBuffer } from '@/engine/wasm/program';
import { tensorBytes } from '@/engine/wasm/runMemory';
import type { GroupNorm } from '@/model/layers';

/** The groups of a row of values are parts of PyTorch's order, of an image parts of its channels. */
export function lowerGroupNorm(
  lowering: Lowering,
  layer: GroupNorm,
  given: Value,
  hasRelu: boolean,
): Lowered {
  const { program, memory, blocks } = lowering;
  const { numChannels: channels, numGroups: groups, eps, name } = layer;
  const plain = given.isFlat ? lowerPlainOrder(lowering, given) : null;
  const x = plain?.output ?? given;
  const tensor = (suffix: string): WasmBuffer =>
    memory.tensor(`${name}.${suffix}`, channels, { kind: 'plain' }).buffer;
  const weight = tensor('weight');
  const bias = tensor('bias');
  const sizes = { blocks, pixels: x.height * x.width, channels, groups };
  // SAVED_BYTES of assembly/groupNorm.ts.
  const saved = newBuffer(lowering, `${name} statistics`, blocks * groups * 32);
  // The backward pass reads x again, so the output needs a place of its own.
  const inPlace = !hasBackward(lowering.mode) && x.isOwned;
  const output: Value = {
    ...x,
    buffer: inPlace ? x.buffer : newBuffer(lowering, name, valueCount(lowering, x)),
    isOwned: true,
    isSignRead: hasRelu,
    needsGradient: true,
  };
  const relu = hasRelu ? 1 : 0;
  program.emit('groupNorm', { x: x.buffer, weight, bias, y: output.buffer, saved, ...sizes, eps, relu });
  const backward = ({ buffer: dy, isOwned }: Gradient): Gradient | null => {
    const slices = Math.min(gradientSlices, blocks);
    const sums = (what: string): WasmBuffer =>
      program.buffer(`${name}.${what} gradient of slices`, slices * channels * 8);
    const weightSums = sums('weight');
    const biasSums = sums('bias');
    const dx = isOwned ? dy : newBuffer(lowering, `${name} input gradient`, valueCount(lowering, x));
    program.emit('groupNormGradient', {
      dy,
      x: x.buffer,
      y: hasRelu ? output.buffer : 0,
      weight,
      saved,
      dx: x.needsGradient ? dx : 0,
      weightSums,
      biasSums,
      ...sizes,
      slices,
    });
    for (const [what, of] of [
      ['weight', weightSums],
      ['bias', biasSums],
    ] as const) {
      if (!isTraining(lowering.mode)) break;
      const gradient = program.buffer(`${name}.${what} gradient`, tensorBytes(channels));
      program.emit('biasSum', { sums: of, db: gradient, channels, slices });
      lowering.onGradient(`${name}.${what}`, gradient);
    }
    if (!x.needsGradient) return null;
    const result: Gradient = { buffer: dx, isOwned: true };
    return plain === null ? result : plain.backward(result);
  };
  return { output, backward };
}
