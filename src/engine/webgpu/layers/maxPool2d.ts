/** MaxPool2d, where no convolution before it has taken it over, with a ReLU behind it. */
import { maxPoolBackward, maxPoolForward } from '@/engine/webgpu/kernels/pool';
import {
  imageShape,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import type { MaxPool2d } from '@/model/layers';
import { maxPoolOutputSize, poolWindow } from '@/model/layers/maxPool2d';

export function lowerMaxPool(lowering: Lowering, layer: MaxPool2d, x: Value, relu: boolean): Lowered {
  const { program } = lowering;
  const { name } = layer;
  const window = poolWindow(layer);
  const size = (length: number): number => maxPoolOutputSize(window, length);
  const outputShape = { ...x, height: size(x.height), width: size(x.width) };
  const count = valueCount(lowering, outputShape);
  const output: Value = {
    ...outputShape,
    tensor: program.tensor(name, count),
    gate: relu ? { p: 0 } : null,
  };
  const argmax = program.tensor(`${name} argmax`, count);
  const params = { ...imageShape(lowering, x), ...window };
  program.dispatch(maxPoolForward({ ...params, relu }), { x: x.tensor, y: output.tensor, argmax });
  const backward = (gradient: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const masked = relu && !gradient.isGated;
    const dx = program.tensor(`${name} input gradient`, valueCount(lowering, x));
    program.dispatch(maxPoolBackward({ ...params, relu: masked }), {
      dy: gradient.tensor,
      argmax,
      dx,
      ...(masked ? { y: output.tensor } : {}),
    });
    return { tensor: dx, isOwned: true, isGated: false };
  };
  return { output, backward };
}
