/** The bias of a Conv2d or Linear and its gradient. */
import { isTraining } from '@/engine/mode';
import type { Lowering } from '@/engine/wasm/lowering';
import { gradientSlices } from '@/engine/wasm/operations';
import type { WasmBuffer } from '@/engine/wasm/program';
import { tensorBytes } from '@/engine/wasm/runMemory';
import type { Conv2d, Linear } from '@/model/layers';

/** 0 where the layer has none. */
export function biasOf(lowering: Lowering, layer: Conv2d | Linear, outputs: number): WasmBuffer | 0 {
  return layer.bias ? lowering.memory.tensor(`${layer.name}.bias`, outputs, { kind: 'plain' }).buffer : 0;
}

/** The sum of dy over the batch, `pixels` values a channel and image. */
export function emitBiasGradient(
  lowering: Lowering,
  layer: Conv2d | Linear,
  dy: WasmBuffer,
  pixels: number,
  channels: number,
): void {
  if (!layer.bias || !isTraining(lowering.mode)) return;
  const { program, blocks } = lowering;
  const slices = Math.min(gradientSlices, blocks);
  const sums = program.buffer(`${layer.name}.bias gradient of slices`, slices * channels * 8);
  const db = program.buffer(`${layer.name}.bias gradient`, tensorBytes(channels));
  program.emit('biasGradient', { dy, sums, blocks, pixels, channels, slices });
  program.emit('biasSum', { sums, db, channels, slices });
  lowering.onGradient(`${layer.name}.bias`, db);
}
