/** AdaptiveAvgPool2d. */
import { averagePoolBackward, averagePoolForward } from '@/engine/webgpu/kernels/pool';
import {
  imageShape,
  mayAccumulate,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import type { AdaptiveAvgPool2d } from '@/model/layers';

export function lowerAveragePool(lowering: Lowering, layer: AdaptiveAvgPool2d, x: Value): Lowered {
  const { program } = lowering;
  const { outputSize, name } = layer;
  const outputShape = { ...x, height: outputSize, width: outputSize };
  const y = program.tensor(name, valueCount(lowering, outputShape));
  const params = { ...imageShape(lowering, x), outputSize };
  // A window of one pixel is that pixel.
  if (x.height === outputSize && x.width === outputSize) return { output: x, backward: (dy) => dy };
  program.dispatch(averagePoolForward(params), { x: x.tensor, y });
  const backward = ({ tensor: dy }: Gradient, sum?: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const accumulate = mayAccumulate(sum, dy);
    const dx = accumulate ? sum.tensor : program.tensor(`${name} input gradient`, valueCount(lowering, x));
    program.dispatch(averagePoolBackward({ ...params, accumulate }), { dy, dx });
    return { tensor: dx, isOwned: true, isGated: false, isSummed: accumulate };
  };
  return { output: { ...outputShape, tensor: y, gate: null }, backward };
}
