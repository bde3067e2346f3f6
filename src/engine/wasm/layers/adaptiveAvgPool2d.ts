/** AdaptiveAvgPool2d. */
import {
  newBuffer,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import type { AdaptiveAvgPool2d } from '@/model/layers';

export function lowerAveragePool(lowering: Lowering, layer: AdaptiveAvgPool2d, x: Value): Lowered {
  const { program, blocks } = lowering;
  const size = layer.outputSize;
  const geometry = { blocks, height: x.height, width: x.width, channels: x.channels, size };
  const buffer = newBuffer(lowering, layer.name, blocks * size * size * x.channels * 8);
  const output: Value = { ...x, height: size, width: size, buffer, isOwned: true, isSignRead: false };
  program.emit('averagePool', { x: x.buffer, y: buffer, ...geometry });
  const backward = (dy: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const dx = newBuffer(lowering, `${layer.name} input gradient`, valueCount(lowering, x));
    program.emit('averagePoolGradient', { dy: dy.buffer, dx, ...geometry });
    return { buffer: dx, isOwned: true };
  };
  return { output, backward };
}
