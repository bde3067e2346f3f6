/** Means over windows: AdaptiveAvgPool2d and its like. */
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
import { isIdentity, type AverageWindows } from '@/model/averageWindows';

/** `windowsOf`: the windows of the layer of this name along an axis of so many places. */
export function lowerAveragePool(
  lowering: Lowering,
  name: string,
  x: Value,
  windowsOf: (size: number) => AverageWindows,
): Lowered {
  const { program } = lowering;
  const [rows, columns] = [windowsOf(x.height), windowsOf(x.width)];
  if (isIdentity(rows, x.height) && isIdentity(columns, x.width)) return { output: x, backward: (dy) => dy };
  const outputShape = { ...x, height: rows.count, width: columns.count };
  const y = program.tensor(name, valueCount(lowering, outputShape));
  const params = { ...imageShape(lowering, x), rows, columns };
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
