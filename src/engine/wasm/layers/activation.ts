/** Activations but ReLU: a function of each value, whose slope follows from what it gives. */
import {
  newBuffer,
  resultBuffer,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import { activationKinds } from '@/model/layers';
import type { AnyLayer } from '@/model/layers/definition';

export function lowerActivation(lowering: Lowering, layer: AnyLayer, x: Value): Lowered {
  const { program, mode } = lowering;
  const count = valueCount(lowering, x);
  const kind = activationKinds.indexOf(layer.kind);
  const isInPlace = x.isOwned && !x.isSignRead;
  const y = isInPlace ? x.buffer : newBuffer(lowering, layer.name, count);
  program.emit('activation', { x: x.buffer, y, count, kind });
  // The backward pass reads y, so that nothing may be written over it.
  const output: Value = { ...x, buffer: y, isOwned: mode === 'eval', isSignRead: false };
  const backward = (dy: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const dx = resultBuffer(lowering, `${layer.name} input gradient`, dy, count);
    program.emit('activationGradient', { dy: dy.buffer, y, dx, count, kind });
    return { buffer: dx, isOwned: true };
  };
  return { output, backward };
}
