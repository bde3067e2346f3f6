/** Conv2d and Linear, with what their kernels do on the way: pooling, ReLU and dropout behind them, and in front on the way back. */
import type { ConvShape, KernelSequence } from '@/engine/webgpu/kernels/convShape';
import { convForward, convInputGradient, convWeightGradient } from '@/engine/webgpu/kernels/conv';
import { linearForward, linearInputGradient, linearWeightGradient } from '@/engine/webgpu/kernels/linear';
import {
  dispatchSequence,
  dispatchWith,
  gated,
  mayAccumulate,
  valueCount,
  type Gate,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import type { Tensor } from '@/engine/webgpu/program';
import { pieceTensor, type Piece, type StoredTensor } from '@/engine/webgpu/runMemory';
import type { Conv2d, Dropout, Dropout2d, Linear } from '@/model/layers';
import { windowOutputSize } from '@/model/window';

/** What follows a weighted layer and is done in its kernel. */
export interface Epilogue {
  readonly relu: boolean;
  /** Side of a max pool's windows; 1 for none. */
  readonly pool: number;
  /** Only behind a ReLU, whose zeros then also tell what was dropped. */
  readonly dropout: Dropout | Dropout2d | null;
}

const dropScale = (p: number): number => (p < 1 ? 1 / (1 - p) : 0);

function gateOf({ relu, dropout }: Epilogue): Gate | null {
  return relu ? { p: dropout?.p ?? 0 } : null;
}

/** The one piece of a tensor that is never split. */
function onlyPiece({ key, pieces }: StoredTensor): Piece {
  const [piece] = pieces;
  if (piece === undefined || pieces.length > 1)
    throw new RangeError(`${key} is split, which its kernels do not do.`);
  return piece;
}

/** The weights of a layer whose input is `x`. */
function weightOf({ memory }: Lowering, layer: Conv2d | Linear, x: Value): StoredTensor {
  const key = `${layer.name}.weight`;
  if (layer.kind === 'Conv2d') {
    const { inChannels, outChannels, kernelSize } = layer;
    const layout = { kind: 'conv', outChannels, inChannels, kernelSize, panels: 1 } as const;
    return memory.parameter(key, kernelSize ** 2 * inChannels, outChannels, layout);
  }
  const { inFeatures, outFeatures } = layer;
  const pixels = x.height * x.width;
  const layout = { kind: 'linear', outFeatures, channels: x.channels, pixels, panels: 1 } as const;
  return memory.parameter(key, inFeatures, outFeatures, layout);
}

/** Null where the layer has none. */
function biasOf(lowering: Lowering, layer: Conv2d | Linear, outputs: number): Piece | null {
  if (!layer.bias) return null;
  return onlyPiece(lowering.memory.parameter(`${layer.name}.bias`, 1, outputs, { kind: 'plain' }));
}

/** Where the gradient of a parameter's piece lies. */
function gradientOf(lowering: Lowering, name: string, piece: Piece): Tensor {
  return pieceTensor(`${name} gradient`, piece, lowering.memory.companion('gradient', piece.bank));
}

interface WeightGradient {
  readonly name: string;
  readonly weight: Piece;
  readonly bias: Piece | null;
  readonly operands: Readonly<Record<string, Tensor>>;
}

/** The gradient of a weight and its bias, complete or as sums that the optimizer adds up. */
function emitWeightGradient(
  lowering: Lowering,
  make: (params: { readonly partialsOffset?: number }) => KernelSequence,
  { name, weight, bias, operands }: WeightGradient,
): void {
  const left = lowering.partials === null ? null : make({ partialsOffset: 0 });
  const partials = left === null ? null : (lowering.partials?.take(left, weight, bias) ?? null);
  if (left !== null && partials !== null) {
    for (const kernel of left.kernels) dispatchWith(lowering.program, kernel, { ...operands, partials });
    return;
  }
  dispatchSequence(lowering, make({}), {
    ...operands,
    dw: gradientOf(lowering, `${name}.weight`, weight),
    ...optional('db', bias && gradientOf(lowering, `${name}.bias`, bias)),
  });
}

/** An operand that a kernel may do without. */
function optional(name: string, tensor: Tensor | null): Readonly<Record<string, Tensor>> {
  return tensor === null ? {} : { [name]: tensor };
}

function maskOf(
  lowering: Lowering,
  layer: Dropout | Dropout2d | null,
  value: Omit<Value, 'tensor'>,
): Tensor | null {
  if (layer === null) return null;
  return lowering.masks.add({
    batch: lowering.images,
    height: value.height,
    width: value.width,
    channels: value.channels,
    p: layer.p,
    layer: lowering.dropoutOrdinals.get(layer.name) ?? 0,
    perChannel: layer.kind === 'Dropout2d',
  });
}

/** What an input gradient's kernel does for the gate of the layer before, and for the other branch of a Residual. */
function inputGate(x: Value, accumulates: boolean) {
  return {
    ...(accumulates ? { accumulate: true } : {}),
    ...(x.gate === null ? {} : { reluMask: true }),
    ...(x.gate === null || x.gate.p === 0 ? {} : { scale: dropScale(x.gate.p) }),
  };
}

export function lowerConv(lowering: Lowering, layer: Conv2d, x: Value, epilogue: Epilogue): Lowered {
  const { program, target, images } = lowering;
  const { inChannels, outChannels, kernelSize, stride, padding, name } = layer;
  const shape: ConvShape = {
    batch: images,
    height: x.height,
    width: x.width,
    inChannels,
    outChannels,
    kernelSize,
    stride,
    padding,
  };
  const stored = weightOf(lowering, layer, x);
  const w = onlyPiece(stored);
  const bias = biasOf(lowering, layer, outChannels);
  const { pool, relu } = epilogue;
  const size = (length: number): number =>
    Math.floor(windowOutputSize(length, kernelSize, stride, padding) / pool);
  const outputShape = {
    channels: outChannels,
    height: size(x.height),
    width: size(x.width),
    isFlat: false,
    needsGradient: true,
    gate: gateOf(epilogue),
  };
  const outputs = valueCount(lowering, outputShape);
  const output: Value = { ...outputShape, tensor: program.tensor(name, outputs) };
  const weight = pieceTensor(`${name}.weight`, w);
  const pooled = pool > 1 ? { pool } : {};
  const argmax = pool > 1 ? program.tensor(`${name} argmax`, outputs) : null;
  const scale = maskOf(lowering, epilogue.dropout, { ...outputShape, gate: null });
  dispatchSequence(
    lowering,
    convForward(
      { ...shape, bias: layer.bias, ...pooled, ...(scale === null ? {} : { channelScale: true }), relu },
      target,
    ),
    {
      x: x.tensor,
      weight,
      y: output.tensor,
      ...optional('bias', bias && pieceTensor(`${name}.bias`, bias)),
      ...optional('argmax', argmax),
      ...optional('scale', scale),
    },
  );
  lowering.onWeighted(name, x, stored);
  const backward = (gradient: Gradient, sum?: Gradient): Gradient | null => {
    const { tensor: dy } = gated(lowering, output, gradient);
    emitWeightGradient(
      lowering,
      (params) => convWeightGradient({ ...shape, bias: layer.bias, ...pooled, ...params }, target),
      { name, weight: w, bias, operands: { x: x.tensor, dy, ...optional('argmax', argmax) } },
    );
    if (!x.needsGradient) return null;
    const accumulates = mayAccumulate(sum, dy);
    const dx = accumulates ? sum.tensor : program.tensor(`${name} input gradient`, valueCount(lowering, x));
    const isGated = sum === undefined || accumulates;
    dispatchSequence(
      lowering,
      convInputGradient({ ...shape, ...pooled, ...(isGated ? inputGate(x, accumulates) : {}) }, target),
      {
        dy,
        weight,
        dx,
        ...(x.gate !== null && isGated ? { x: x.tensor } : {}),
        ...optional('argmax', argmax),
      },
    );
    return { tensor: dx, isOwned: true, isGated, isSummed: accumulates };
  };
  return { output, backward };
}

export function lowerLinear(lowering: Lowering, layer: Linear, x: Value, epilogue: Epilogue): Lowered {
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
