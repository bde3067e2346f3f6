/** Residual: both branches and their sum, with a ReLU behind it. */
import { isTraining } from '@/engine/mode';
import { add } from '@/engine/webgpu/kernels/elementwise';
import { lowerBatchNorm } from '@/engine/webgpu/layers/batchNorm';
import { lowerPlainOrder } from '@/engine/webgpu/layers/flatten';
import {
  gated,
  summed,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type LowerSequence,
  type Value,
} from '@/engine/webgpu/lowering';
import type { Residual } from '@/model/layers';

/** Both ends of a Residual in one order of values; they differ only where a flattened image meets another vector. */
function sameOrder(lowering: Lowering, lowered: Lowered, other: Value): Lowered {
  const { output } = lowered;
  if (!output.isFlat || (output.channels === other.channels && output.height === other.height))
    return lowered;
  const plain = lowerPlainOrder(lowering, output);
  const backward = (dy: Gradient, sum?: Gradient): Gradient | null =>
    lowered.backward(plain.backward(dy) ?? dy, sum);
  return { output: plain.output, backward };
}
/** The body with the addition behind it, as one lowered layer whose backward pass is the body's. */
function lowerBody(
  lowering: Lowering,
  layer: Residual,
  x: Value,
  shortcut: Lowered,
  relu: boolean,
  lowerSequence: LowerSequence,
): { readonly output: Value; readonly body: Lowered; readonly shortcut: Lowered } {
  const last = layer.body.at(-1);
  const gate = relu ? { p: 0 } : null;
  if (last?.kind === 'BatchNorm2d' && !lowering.kept.has(last.name)) {
    const before = lowerSequence(lowering, layer.body.slice(0, -1), x);
    const norm = lowerBatchNorm(lowering, last, before.output, relu, shortcut.output.tensor);
    const backward = (dy: Gradient, sum?: Gradient): Gradient | null => {
      // It has passed the ReLU behind the sum already.
      const gradient = norm.backward({ ...dy, isGated: true });
      return gradient === null ? null : before.backward(gradient, sum);
    };
    return { output: norm.output, body: { output: norm.output, backward }, shortcut };
  }
  const rawBody = lowerSequence(lowering, layer.body, x);
  const body = sameOrder(lowering, rawBody, shortcut.output);
  const other = sameOrder(lowering, shortcut, rawBody.output);
  const count = valueCount(lowering, body.output);
  const tensor = lowering.program.tensor(layer.name, count);
  lowering.program.dispatch(add({ count, relu }), {
    a: body.output.tensor,
    b: other.output.tensor,
    y: tensor,
  });
  const needsGradient = body.output.needsGradient || other.output.needsGradient;
  return { output: { ...body.output, tensor, needsGradient, gate }, body, shortcut: other };
}

export function lowerResidual(
  lowering: Lowering,
  layer: Residual,
  x: Value,
  relu: boolean,
  lowerSequence: LowerSequence,
): Lowered {
  // The gate of x belongs to the sum of both branches; only the body's last kernel, which adds them, may apply it.
  const first = layer.body[0]?.kind;
  const bodyGates = first === 'Conv2d' || first === 'Linear';
  const ungated = { ...x, gate: null };
  const lowered = lowerBody(
    lowering,
    layer,
    bodyGates ? x : ungated,
    lowerSequence(lowering, layer.shortcut, ungated),
    relu,
    lowerSequence,
  );
  const { output, body, shortcut } = lowered;
  const backward = (gradient: Gradient): Gradient | null => {
    const passed = gated(lowering, output, gradient);
    // Where gradients are read afterwards, that of the last layer of a branch is this one.
    const dy = { ...passed, isOwned: passed.isOwned && isTraining(lowering.mode), isSummed: false };
    // Of the branches' own outputs, whose gates it has not passed.
    const branch = { ...dy, isGated: false };
    const besides = shortcut.output.needsGradient ? shortcut.backward({ ...branch, isOwned: false }) : null;
    // An identity hands dy through.
    const isSame = besides?.tensor === dy.tensor;
    const other = besides === null ? null : { ...besides, isOwned: isSame ? dy.isOwned : besides.isOwned };
    const through = body.output.needsGradient
      ? body.backward({ ...branch, isOwned: dy.isOwned && !isSame }, other ?? undefined)
      : null;
    if (!x.needsGradient || (through === null && other === null)) return null;
    if (through === null || other === null) {
      const only = through ?? other;
      return only === null ? null : { ...only, isGated: false, isSummed: false };
    }
    const sum = summed(lowering, valueCount(lowering, x), through, other);
    return {
      ...sum,
      isGated: bodyGates && through.isSummed === true && through.isGated,
      isSummed: false,
    };
  };
  return { output, backward };
}
