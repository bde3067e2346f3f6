/** MaxPool2d. */
import { hasBackward } from '@/engine/mode';
import {
  newBuffer,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import { activationKinds, type Activation, type MaxPool2d } from '@/model/layers';
import { isPlainPool, maxPoolOutputSize, poolWindow } from '@/model/layers/maxPool2d';

/** Pools by the values of an activation that falls and rises, and gives what they are computed from; null for other windows than 2 x 2. */
export function lowerValleyPool(
  lowering: Lowering,
  layer: MaxPool2d,
  activation: Activation,
  x: Value,
): Lowered | null {
  if (layer.kernelSize !== 2 || !isPlainPool(layer)) return null;
  return lowerMaxPool(lowering, layer, x, activation);
}

export function lowerMaxPool(
  lowering: Lowering,
  layer: MaxPool2d,
  x: Value,
  valley: Activation | null = null,
): Lowered {
  const { program, blocks } = lowering;
  const { name } = layer;
  const window = poolWindow(layer);
  const { kernelSize: kernel, stride, padding, dilation } = window;
  const outHeight = maxPoolOutputSize(window, x.height);
  const outWidth = maxPoolOutputSize(window, x.width);
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
    dilation,
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
  const needsIndex = hasBackward(lowering.mode) && x.needsGradient;
  const index = needsIndex ? newBuffer(lowering, `${name} index`, count) : 0;
  const operands = { x: x.buffer, y: output.buffer, index, ...geometry };
  if (valley === null) program.emit('maxPool', operands);
  else {
    const { kernel: _, stride: __, padding: ___, ...sizes } = operands;
    program.emit('valleyPool', { ...sizes, kind: activationKinds.indexOf(valley.kind) });
  }
  const backward = (dy: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const dx = newBuffer(lowering, `${name} input gradient`, valueCount(lowering, x));
    program.emit('maxPoolGradient', { dy: dy.buffer, index, dx, ...geometry });
    return { buffer: dx, isOwned: true };
  };
  return { output, backward };
}
