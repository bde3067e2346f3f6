/** Linear, with what its kernels do on the way: ReLU and dropout behind it, and in front on the way back. */
import type { Fusion } from '@/engine/compiling/fusion';
import { linearForward, linearInputGradient, linearWeightGradient } from '@/engine/webgpu/kernels/linear';
import {
  biasOf,
  emitWeightGradient,
  gateOf,
  inputGate,
  maskOf,
  optional,
  weightOf,
} from '@/engine/webgpu/layers/weighted';
import {
  dispatchSequence,
  gated,
  mayAccumulate,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import { pieceTensor, type Piece } from '@/engine/webgpu/runMemory';
import type { Linear } from '@/model/layers';

export function lowerLinear(lowering: Lowering, layer: Linear, x: Value, epilogue: Fusion): Lowered {
  const { program, target, images } = lowering;
  const { inFeatures, outFeatures, name } = layer;
  const stored = weightOf(lowering, layer, x);
  const { pieces } = stored;
  const bias = biasOf(lowering, layer, outFeatures);
  const outputShape = {
    channels: outFeatures,
    height: 1,
    width: 1,
    isFlat: true,
    needsGradient: true,
    gate: gateOf(epilogue),
  };
  const output: Value = { ...outputShape, tensor: program.tensor(name, images * outFeatures) };
  const mask = maskOf(lowering, epilogue.dropout, { ...outputShape, gate: null });
  const biasOperand = optional('bias', bias && pieceTensor(`${name}.bias`, bias));
  const shapeOf = ({ firstRow, rows }: Piece) => ({
    batch: images,
    inFeatures: rows,
    outFeatures,
    ...(rows === inFeatures ? {} : { xStride: inFeatures, xOffset: firstRow }),
  });
  pieces.forEach((piece, i) => {
    const isLast = i === pieces.length - 1;
    const params = {
      ...shapeOf(piece),
      bias: layer.bias && isLast,
      ...(i > 0 ? { accumulate: true } : {}),
      relu: epilogue.relu && isLast,
      ...(mask !== null && isLast ? { mask: true } : {}),
    };
    dispatchSequence(lowering, linearForward(params, target), {
      x: x.tensor,
      weight: pieceTensor(`${name}.weight`, piece),
      y: output.tensor,
      ...(isLast ? biasOperand : {}),
      ...(isLast ? optional('mask', mask) : {}),
    });
  });
  lowering.onWeighted(name, x, stored);
  const backward = (gradient: Gradient, sum?: Gradient): Gradient | null => {
    const { tensor: dy } = gated(lowering, output, gradient);
    pieces.forEach((piece, i) => {
      const ownBias = i === 0 ? bias : null;
      emitWeightGradient(
        lowering,
        (params) => linearWeightGradient({ ...shapeOf(piece), bias: ownBias !== null, ...params }, target),
        { name, weight: piece, bias: ownBias, operands: { x: x.tensor, dy } },
      );
    });
    if (!x.needsGradient) return null;
    const accumulates = mayAccumulate(sum, dy);
    const dx = accumulates ? sum.tensor : program.tensor(`${name} input gradient`, images * inFeatures);
    const isGated = sum === undefined || accumulates;
    for (const piece of pieces) {
      dispatchSequence(
        lowering,
        linearInputGradient({ ...shapeOf(piece), ...(isGated ? inputGate(x, accumulates) : {}) }, target),
        {
          dy,
          weight: pieceTensor(`${name}.weight`, piece),
          dx,
          ...(x.gate !== null && isGated ? { x: x.tensor } : {}),
        },
      );
    }
    return { tensor: dx, isOwned: true, isGated, isSummed: accumulates };
  };
  return { output, backward };
}
