/** MaxPool2d. */
import {
  newBuffer,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import type { MaxPool2d } from '@/model/layers';
import { windowOutputSize } from '@/model/window';

export function lowerMaxPool(lowering: Lowering, layer: MaxPool2d, x: Value): Lowered {
  const { program, blocks } = lowering;
  const { kernelSize: kernel, stride, padding, name } = layer;
  const outHeight = windowOutputSize(x.height, kernel, stride, padding);
  const outWidth = windowOutputSize(x.width, kernel, stride, padding);
  const geometry = {
    blocks,
    height: x.height,
    width: x.width,
    channels: x.channels,
    outHeight,
    outWidth,
    kernel,
    stride,
    padding,
  };
  const count = blocks * outHeight * outWidth * x.channels * 8;
  const output: Value = {
    ...x,
    height: outHeight,
    width: outWidth,
    buffer: newBuffer(lowering, name, count),
    isOwned: true,
    isSignRead: false,
  };
  const needsIndex = lowering.mode !== 'eval' && x.needsGradient;
  const index = needsIndex ? newBuffer(lowering, `${name} index`, count) : 0;
  program.emit('maxPool', { x: x.buffer, y: output.buffer, index, ...geometry });
  const backward = (dy: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const dx = newBuffer(lowering, `${name} input gradient`, valueCount(lowering, x));
    program.emit('maxPoolGradient', { dy: dy.buffer, index, dx, ...geometry });
    return { buffer: dx, isOwned: true };
  };
  return { output, backward };
}
