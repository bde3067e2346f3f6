/**
 * The lowering in double-floats (kernels/double/arithmetic.ts): every layer by kernels of its own, plainly, for batches so small that
 * exactness matters more than speed (engine/precision.ts). Every tensor between layers has two planes.
 */
import {
  doubleBatchNormBackward,
  doubleBatchNormForward,
  doubleStatisticsLength,
} from '@/engine/webgpu/kernels/double/batchNorm';
import {
  doubleBiasGradient,
  doubleConvForward,
  doubleConvInputGradient,
  doubleConvWeightGradient,
  type DoubleConvShape,
} from '@/engine/webgpu/kernels/double/conv';
import {
  doubleAdd,
  doubleDropout,
  doubleRelu,
  doubleReluBackward,
  widen,
} from '@/engine/webgpu/kernels/double/elementwise';
import {
  doubleAveragePoolBackward,
  doubleAveragePoolForward,
  doubleMaxPoolBackward,
  doubleMaxPoolForward,
} from '@/engine/webgpu/kernels/double/pool';
import { batchNormTensors } from '@/engine/webgpu/lowerBatchNorm';
import { dropoutParams, sameOrder } from '@/engine/webgpu/lowerElementwise';
import { biasOf, gradientOf, optional, weightOf } from '@/engine/webgpu/lowerWeighted';
import {
  dispatchWith,
  imageShape,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import type { Tensor } from '@/engine/webgpu/program';
import { pieceTensor, type Piece } from '@/engine/webgpu/runMemory';
import {
  assertNever,
  type AdaptiveAvgPool2d,
  type BatchNorm2d,
  type Conv2d,
  type Dropout,
  type Dropout2d,
  type LayerSpec,
  type Linear,
  type MaxPool2d,
  type ReLU,
  type Residual,
} from '@/model/layers';
import { windowOutputSize } from '@/model/shapes';

type Shape = Omit<Value, 'tensor' | 'gate'>;

function newTensor(lowering: Lowering, name: string, shape: Shape): Tensor {
  return lowering.program.tensor(name, lowering.planes * valueCount(lowering, shape));
}

function newValue(lowering: Lowering, name: string, shape: Shape): Value {
  return { ...shape, tensor: newTensor(lowering, name, shape), gate: null };
}

const gradient = (tensor: Tensor): Gradient => ({ tensor, isOwned: true, isGated: true });

/** The gradient of `x` that `emit` writes; null where none is needed. */
function inputGradient(
  lowering: Lowering,
  name: string,
  x: Value,
  emit: (dx: Tensor) => void,
): Gradient | null {
  if (!x.needsGradient) return null;
  const dx = newTensor(lowering, `${name} input gradient`, x);
  emit(dx);
  return gradient(dx);
}

/** A float32 value with a second plane of zeros. */
export function widened(lowering: Lowering, x: Value): Value {
  const y = newValue(lowering, `${x.tensor.name} widened`, x);
  lowering.program.dispatch(widen({ count: valueCount(lowering, x) }), { x: x.tensor, y: y.tensor });
  return y;
}

/** Where a layer's products lie: of a convolution, or of a Linear layer as one. */
function placeOf(layer: Conv2d | Linear, x: Value, images: number) {
  if (layer.kind === 'Conv2d') {
    const { kernelSize, stride, padding, inChannels, outChannels } = layer;
    const size = (length: number): number => windowOutputSize(length, kernelSize, stride, padding);
    const window = { kernelSize, stride, padding, inChannels, outChannels };
    return {
      shape: { batch: images, height: x.height, width: x.width, ...window },
      output: { channels: outChannels, height: size(x.height), width: size(x.width), isFlat: false },
    };
  }
  const { inFeatures, outFeatures } = layer;
  const point = { height: 1, width: 1 };
  const window = { kernelSize: 1, stride: 1, padding: 0, inChannels: inFeatures, outChannels: outFeatures };
  return {
    shape: { batch: images, ...point, ...window },
    output: { channels: outFeatures, ...point, isFlat: true },
  };
}

function lowerProducts(lowering: Lowering, layer: Conv2d | Linear, x: Value): Lowered {
  const { program, images } = lowering;
  const { name } = layer;
  const { shape, output: outputShape } = placeOf(layer, x, images);
  const stored = weightOf(lowering, layer, x);
  const bias = biasOf(lowering, layer, outputShape.channels);
  const y = newValue(lowering, name, { ...outputShape, needsGradient: true });
  const xStride = valueCount(lowering, x) / images;
  const sliceOf = ({ rows, firstRow }: Piece): DoubleConvShape => ({
    ...shape,
    ...(layer.kind === 'Linear' ? { inChannels: rows } : {}),
    xStride,
    xOffset: layer.kind === 'Linear' ? firstRow : 0,
  });
  const weight = (piece: Piece): Tensor => pieceTensor(`${name}.weight`, piece);
  stored.pieces.forEach((piece, i) => {
    const ownBias = i === 0 ? bias : null;
    const params = { ...sliceOf(piece), bias: ownBias !== null, accumulate: i > 0 };
    dispatchWith(program, doubleConvForward(params), {
      x: x.tensor,
      weight: weight(piece),
      y: y.tensor,
      ...optional('bias', ownBias && pieceTensor(`${name}.bias`, ownBias)),
    });
  });
  lowering.onWeighted(name, x, stored);
  const backward = ({ tensor: dy }: Gradient): Gradient | null => {
    for (const piece of stored.pieces) {
      const dw = gradientOf(lowering, `${name}.weight`, piece);
      program.dispatch(doubleConvWeightGradient(sliceOf(piece)), { x: x.tensor, dy, dw });
    }
    if (bias !== null) {
      const { channels } = outputShape;
      const rows = valueCount(lowering, y) / channels;
      const db = gradientOf(lowering, `${name}.bias`, bias);
      program.dispatch(doubleBiasGradient({ rows, channels }), { dy, db });
    }
    return inputGradient(lowering, name, x, (dx) => {
      for (const piece of stored.pieces)
        program.dispatch(doubleConvInputGradient(sliceOf(piece)), { dy, weight: weight(piece), dx });
    });
  };
  return { output: y, backward };
}

function lowerBatchNorm(lowering: Lowering, layer: BatchNorm2d, x: Value): Lowered {
  const { program } = lowering;
  const { numFeatures: channels, eps, momentum, name } = layer;
  const { weight, bias, runningMean, runningVar } = batchNormTensors(lowering, layer);
  const shape = { rows: valueCount(lowering, x) / channels, channels };
  const y = newValue(lowering, name, { ...x, needsGradient: true });
  const statistics = program.tensor(`${name} statistics`, doubleStatisticsLength(shape));
  program.dispatch(doubleBatchNormForward({ ...shape, eps, momentum }), {
    x: x.tensor,
    weight: weight.tensor,
    bias: bias.tensor,
    y: y.tensor,
    statistics,
    runningMean,
    runningVar,
  });
  const backward = ({ tensor: dy }: Gradient): Gradient | null => {
    const dx = newTensor(lowering, `${name} input gradient`, x);
    const [dw, db] = [weight.gradient, bias.gradient];
    const operands = { x: x.tensor, statistics, weight: weight.tensor, dy, dx, dw, db };
    program.dispatch(doubleBatchNormBackward(shape), operands);
    return x.needsGradient ? gradient(dx) : null;
  };
  return { output: y, backward };
}

function lowerRelu(lowering: Lowering, { name }: ReLU, x: Value): Lowered {
  const { program } = lowering;
  const count = valueCount(lowering, x);
  const y = newValue(lowering, name, x);
  program.dispatch(doubleRelu({ count }), { x: x.tensor, y: y.tensor });
  const backward = ({ tensor: dy }: Gradient): Gradient | null =>
    inputGradient(lowering, name, x, (dx) => {
      program.dispatch(doubleReluBackward({ count }), { dy, y: y.tensor, dx });
    });
  return { output: y, backward };
}

function lowerDropout(lowering: Lowering, layer: Dropout | Dropout2d, x: Value): Lowered {
  if (layer.p === 0) return { output: x, backward: (dy) => dy };
  const { program, clock } = lowering;
  const kernel = doubleDropout(dropoutParams(lowering, layer, x));
  const y = newValue(lowering, layer.name, x);
  program.dispatch(kernel, { clock, x: x.tensor, y: y.tensor });
  const backward = ({ tensor: dy }: Gradient): Gradient | null =>
    inputGradient(lowering, layer.name, x, (dx) => {
      program.dispatch(kernel, { clock, x: dy, y: dx });
    });
  return { output: y, backward };
}

function lowerMaxPool(lowering: Lowering, layer: MaxPool2d, x: Value): Lowered {
  const { program } = lowering;
  const { kernelSize, stride, padding, name } = layer;
  const size = (length: number): number => windowOutputSize(length, kernelSize, stride, padding);
  const y = newValue(lowering, name, { ...x, height: size(x.height), width: size(x.width) });
  const argmax = program.tensor(`${name} argmax`, valueCount(lowering, y));
  const params = { ...imageShape(lowering, x), kernelSize, stride, padding };
  program.dispatch(doubleMaxPoolForward(params), { x: x.tensor, y: y.tensor, argmax });
  const backward = ({ tensor: dy }: Gradient): Gradient | null =>
    inputGradient(lowering, name, x, (dx) => {
      program.dispatch(doubleMaxPoolBackward(params), { dy, argmax, dx });
    });
  return { output: y, backward };
}

function lowerAveragePool(lowering: Lowering, layer: AdaptiveAvgPool2d, x: Value): Lowered {
  const { outputSize, name } = layer;
  // A window of one pixel is that pixel.
  if (x.height === outputSize && x.width === outputSize) return { output: x, backward: (dy) => dy };
  const { program } = lowering;
  const params = { ...imageShape(lowering, x), outputSize };
  const y = newValue(lowering, name, { ...x, height: outputSize, width: outputSize });
  program.dispatch(doubleAveragePoolForward(params), { x: x.tensor, y: y.tensor });
  const backward = ({ tensor: dy }: Gradient): Gradient | null =>
    inputGradient(lowering, name, x, (dx) => {
      program.dispatch(doubleAveragePoolBackward(params), { dy, dx });
    });
  return { output: y, backward };
}

function added(lowering: Lowering, name: string, shape: Shape, a: Tensor, b: Tensor): Tensor {
  const y = newTensor(lowering, name, shape);
  lowering.program.dispatch(doubleAdd({ count: valueCount(lowering, shape) }), { a, b, y });
  return y;
}

function lowerResidual(lowering: Lowering, layer: Residual, x: Value): Lowered {
  const rawShortcut = lowerDoubleSequence(lowering, layer.shortcut, x);
  const rawBody = lowerDoubleSequence(lowering, layer.body, x);
  const body = sameOrder(lowering, rawBody, rawShortcut.output);
  const shortcut = sameOrder(lowering, rawShortcut, rawBody.output);
  const tensor = added(lowering, layer.name, body.output, body.output.tensor, shortcut.output.tensor);
  const needsGradient = body.output.needsGradient || shortcut.output.needsGradient;
  const backward = (dy: Gradient): Gradient | null => {
    const branches = [body, shortcut].map(({ output, backward: through }) =>
      output.needsGradient ? through(dy) : null,
    );
    const [first, second] = branches.filter((branch) => branch !== null);
    if (!x.needsGradient || first === undefined) return null;
    if (second === undefined) return first;
    return gradient(added(lowering, 'sum of gradients', x, first.tensor, second.tensor));
  };
  return { output: { ...body.output, tensor, needsGradient }, backward };
}

function lowerLayer(lowering: Lowering, layer: LayerSpec, x: Value): Lowered {
  switch (layer.kind) {
    case 'Conv2d':
    case 'Linear':
      return lowerProducts(lowering, layer, x);
    case 'BatchNorm2d':
      return lowerBatchNorm(lowering, layer, x);
    case 'MaxPool2d':
      return lowerMaxPool(lowering, layer, x);
    case 'AdaptiveAvgPool2d':
      return lowerAveragePool(lowering, layer, x);
    case 'Residual':
      return lowerResidual(lowering, layer, x);
    case 'ReLU':
      return lowerRelu(lowering, layer, x);
    case 'Dropout':
    case 'Dropout2d':
      return lowerDropout(lowering, layer, x);
    case 'Flatten':
      return { output: { ...x, isFlat: true }, backward: (dy) => dy };
    default:
      return assertNever(layer);
  }
}

/** As lowerSequence, of values with two planes. */
export function lowerDoubleSequence(lowering: Lowering, layers: readonly LayerSpec[], x: Value): Lowered {
  const backwards: Lowered['backward'][] = [];
  let output = x;
  for (const layer of layers) {
    const lowered = lowerLayer(lowering, layer, output);
    output = lowered.output;
    backwards.push(lowered.backward);
  }
  const backward = (dy: Gradient): Gradient | null =>
    backwards.reduceRight<Gradient | null>((dx, through) => (dx === null ? null : through(dx)), dy);
  return { output, backward };
}
