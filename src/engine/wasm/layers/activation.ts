/** Activations but ReLU: a function of each value. */
import { hasBackward } from '@/engine/mode';
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
  const { slopeReads, setting: settingOf } = activationOf(layer);
  const settings = { count, kind, setting: settingOf(layer) };
  const isInPlace = x.isOwned && !x.isSignRead;
  const y = isInPlace ? x.buffer : newBuffer(lowering, layer.name, count);
  const needsGradient = hasBackward(mode) && x.needsGradient;
  const slope =
    needsGradient && slopeReads === 'input' ? newBuffer(lowering, `${layer.name} slope`, count) : null;
  if (slope === null) program.emit('activation', { x: x.buffer, y, ...settings });
  else program.emit('activationWithSlope', { x: x.buffer, y, slope, ...settings });
  // Nothing may be written over what the backward pass reads.
  const isOwned = !needsGradient || slope !== null;
  const output: Value = { ...x, buffer: y, isOwned, isSignRead: false };
  const backward = (dy: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const dx = resultBuffer(lowering, `${layer.name} input gradient`, dy, count);
    if (slope === null) program.emit('activationGradient', { dy: dy.buffer, y, dx, ...settings });
    else {
      const pixels = x.height * x.width;
      const sizes = { blocks: lowering.blocks, pixels, channels: x.channels, maskPixels: pixels };
      program.emit('multiply', { x: dy.buffer, mask: slope, y: dx, ...sizes });
    }
    return { buffer: dx, isOwned: true };
  };
  return { output, backward };
}
