/** Residual: both branches and their sum. */
import { isTraining } from '@/engine/mode';
import { lowerPlainOrder } from '@/engine/wasm/layers/flatten';
import {
  newBuffer,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type LowerSequence,
  type Value,
} from '@/engine/wasm/lowering';
import type { Residual } from '@/model/layers';

/** Both ends of a Residual in one order of values; they differ only where a flattened image meets another vector. */
function sameOrder(lowering: Lowering, lowered: Lowered, other: Value): Lowered {
  const { output } = lowered;
  if (!output.isFlat || (output.channels === other.channels && output.height === other.height))
    return lowered;
  const plain = lowerPlainOrder(lowering, output);
  const backward = (dy: Gradient): Gradient | null => {
    const gradient = plain.backward(dy);
    return gradient === null ? null : lowered.backward(gradient);
  };
  return { output: plain.output, backward };
}

export function lowerResidual(
  lowering: Lowering,
  layer: Residual,
  x: Value,
  lowerSequence: LowerSequence,
): Lowered {
  const { program } = lowering;
  const shared = { ...x, isOwned: false };
  const rawBody = lowerSequence(lowering, layer.body, shared);
  const rawShortcut = lowerSequence(lowering, layer.shortcut, shared);
  const body = sameOrder(lowering, rawBody, rawShortcut.output);
  const shortcut = sameOrder(lowering, rawShortcut, rawBody.output);
  const a = body.output;
  const b = shortcut.output;
  const count = valueCount(lowering, a);
  const target = [a, b].find((value) => value.isOwned && !value.isSignRead);
  const buffer = target?.buffer ?? newBuffer(lowering, layer.name, count);
  program.emit('add', { a: a.buffer, b: b.buffer, y: buffer, count });
  const output: Value = {
    ...a,
    buffer,
    isOwned: true,
    isSignRead: false,
    needsGradient: a.needsGradient || b.needsGradient,
  };
  const backward = (given: Gradient): Gradient | null => {
    // Where gradients are read afterwards, that of the last layer of a branch is this one.
    const dy = { ...given, isOwned: given.isOwned && isTraining(lowering.mode) };
    // Both branches read dy, so only the last may work in place.
    const throughShortcut = b.needsGradient ? shortcut.backward({ ...dy, isOwned: false }) : null;
    const shortcutKeepsDy = throughShortcut?.buffer === dy.buffer;
    const throughBody = a.needsGradient
      ? body.backward({ ...dy, isOwned: dy.isOwned && !shortcutKeepsDy })
      : null;
    if (!x.needsGradient) return null;
    if (throughShortcut === null || throughBody === null) return throughBody ?? throughShortcut;
    const inputCount = valueCount(lowering, x);
    const target = [throughBody, throughShortcut].find((gradient) => gradient.isOwned)?.buffer;
    const sum = target ?? newBuffer(lowering, `${layer.name} input gradient`, inputCount);
    program.emit('add', { a: throughBody.buffer, b: throughShortcut.buffer, y: sum, count: inputCount });
    return { buffer: sum, isOwned: true };
  };
  return { output, backward };
}
