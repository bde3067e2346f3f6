/** ReLU, where no layer before it has taken it over. */
import { reluForward } from '@/engine/webgpu/kernels/elementwise';
import {
  gated,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import type { ReLU } from '@/model/layers';

export function lowerRelu(lowering: Lowering, layer: ReLU, x: Value): Lowered {
  const count = valueCount(lowering, x);
  const output: Value = { ...x, tensor: lowering.program.tensor(layer.name, count), gate: { p: 0 } };
  lowering.program.dispatch(reluForward({ count }), { x: x.tensor, y: output.tensor });
  const backward = (dy: Gradient): Gradient | null =>
    x.needsGradient ? { ...gated(lowering, output, dy), isGated: false } : null;
  return { output, backward };
}
