/** Dropout and Dropout2d: the same mask, of single values or of channels. */
import { isTraining } from '@/engine/mode';
import {
  newBuffer,
  resultBuffer,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import type { Dropout, Dropout2d } from '@/model/layers';

export function lowerDropout(lowering: Lowering, layer: Dropout | Dropout2d, x: Value): Lowered {
  if (!isTraining(lowering.mode) || layer.p === 0) return { output: x, backward: (dy) => dy };
  const { program, memory, blocks } = lowering;
  const { channels } = x;
  const pixels = x.height * x.width;
  const maskPixels = layer.kind === 'Dropout2d' ? 1 : pixels;
  const mask = newBuffer(lowering, `${layer.name} mask`, blocks * maskPixels * channels * 8);
  const ordinal = lowering.dropoutOrdinals.get(layer.name) ?? 0;
  const key = memory.area(`dropout key ${ordinal}`, 4);
  const scale = layer.p < 1 ? 1 / (1 - layer.p) : 0;
  program.emit('dropoutMask', {
    mask,
    key,
    threshold: Math.ceil(layer.p * 2 ** 24),
    scale,
    blocks,
    pixels: maskPixels,
    channels,
  });
  const sizes = { blocks, pixels, channels, maskPixels };
  const output = {
    ...x,
    buffer: resultBuffer(lowering, layer.name, x, valueCount(lowering, x)),
    isOwned: true,
  };
  program.emit('multiply', { x: x.buffer, mask, y: output.buffer, ...sizes });
  const backward = (dy: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const dx = resultBuffer(lowering, `${layer.name} input gradient`, dy, valueCount(lowering, x));
    program.emit('multiply', { x: dy.buffer, mask, y: dx, ...sizes });
    return { buffer: dx, isOwned: true };
  };
  return { output, backward };
}
