/** Activations but ReLU: a function of each value. */
import {
  newBuffer,
  resultBuffer,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import { activationKinds, activationOf, type ActivationKind, type LayerOf } from '@/model/layers';

export function lowerActivation<Kind extends ActivationKind>(
  lowering: Lowering,
  layer: LayerOf<Kind>,
  x: Value,
): Lowered {
  const { program, mode } = lowering;
  const count = valueCount(lowering, x);
  const kind = activationKinds.indexOf(layer.kind);
  const definition = activationOf(layer);
  const setting = definition.setting(layer);
  const isInputRead = mode !== 'eval' && definition.slopeReads === 'input';
  const isOutputRead = mode !== 'eval' && definition.slopeReads === 'output';
  const isInPlace = x.isOwned && !x.isSignRead && !isInputRead;
  const y = isInPlace ? x.buffer : newBuffer(lowering, layer.name, count);
  program.emit('activation', { x: x.buffer, y, count, kind, setting });
  // Nothing may be written over what the backward pass reads.
  const output: Value = { ...x, buffer: y, isOwned: !isOutputRead, isSignRead: false };
  const backward = (dy: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const dx = resultBuffer(lowering, `${layer.name} input gradient`, dy, count);
    const read = isInputRead ? x.buffer : y;
    program.emit('activationGradient', { dy: dy.buffer, read, dx, count, kind, setting });
    return { buffer: dx, isOwned: true };
  };
  return { output, backward };
}
