/** Dropout and Dropout2d, where no layer before them has taken them over: the same mask, of single values or of channels. */
import { isTraining } from '@/engine/mode';
import { dropoutBackward, dropoutForward, type DropoutParams } from '@/engine/webgpu/kernels/dropout';
import {
  imageShape,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import type { Dropout, Dropout2d } from '@/model/layers';

/** Which mask a layer has on activations shaped like `x`. */
function dropoutParams(lowering: Lowering, layer: Dropout | Dropout2d, x: Value): DropoutParams {
  return {
    ...imageShape(lowering, x),
    p: layer.p,
    layer: lowering.dropoutOrdinals.get(layer.name) ?? 0,
    perChannel: layer.kind === 'Dropout2d',
  };
}

export function lowerDropout(lowering: Lowering, layer: Dropout | Dropout2d, x: Value): Lowered {
  if (!isTraining(lowering.mode) || layer.p === 0) return { output: x, backward: (dy) => dy };
  const { program, clock } = lowering;
  const count = valueCount(lowering, x);
  const params = dropoutParams(lowering, layer, x);
  const output: Value = { ...x, tensor: program.tensor(layer.name, count), gate: null };
  program.dispatch(dropoutForward(params), { clock, x: x.tensor, y: output.tensor });
  const backward = ({ tensor: dy }: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const dx = program.tensor(`${layer.name} input gradient`, count);
    program.dispatch(dropoutBackward(params), { clock, dy, dx });
    return { tensor: dx, isOwned: true, isGated: false };
  };
  return { output, backward };
}
