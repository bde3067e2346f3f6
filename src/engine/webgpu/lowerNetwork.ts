/** LayerSpec -> dispatches: the forward pass, and closures that emit the backward pass in reverse. */
import { add } from '@/engine/webgpu/kernels/elementwise';
import { lowerBatchNorm } from '@/engine/webgpu/lowerBatchNorm';
import {
  lowerAveragePool,
  lowerDropout,
  lowerMaxPool,
  lowerRelu,
  sameOrder,
} from '@/engine/webgpu/lowerElementwise';
import {
  gated,
  summed,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import { lowerConv, lowerLinear, type Epilogue } from '@/engine/webgpu/lowerWeighted';
import {
  assertNever,
  type Dropout,
  type Dropout2d,
  type LayerSpec,
  type MaxPool2d,
  type Residual,
} from '@/model/layers';

/** What a layer's kernel takes over of the layers behind it, and how many of them. */
interface Fusion extends Epilogue {
  readonly length: number;
}

const isDropout = (layer: LayerSpec): layer is Dropout | Dropout2d =>
  layer.kind === 'Dropout' || layer.kind === 'Dropout2d';

const isPlainPool = (layer: LayerSpec): layer is MaxPool2d =>
  layer.kind === 'MaxPool2d' && layer.kernelSize === layer.stride && layer.padding === 0;

/**
 * ReLU, a max pool whose windows do not overlap and Dropout2d may change places with each other without any change of
 * the result or of its gradient, so a kernel may take them in any order, each once.
 */
function fusionOf(mode: Lowering['mode'], layers: readonly LayerSpec[], at: number): Fusion {
  const kind = layers[at]?.kind;
  const none: Fusion = { relu: false, pool: 1, dropout: null, length: 0 };
  let found = none;
  // A dropout counts only once a ReLU is there, whose zeros tell its gradient.
  let fusion = none;
  for (const layer of layers.slice(at + 1)) {
    const length = found.length + 1;
    const isIdentity = isDropout(layer) && (mode === 'eval' || layer.p === 0);
    if (isIdentity) found = { ...found, length };
    else if (layer.kind === 'ReLU' && !found.relu) found = { ...found, relu: true, length };
    else if (kind === 'Conv2d' && isPlainPool(layer) && found.pool === 1 && layer.kernelSize > 1)
      found = { ...found, pool: layer.kernelSize, length };
    else if (
      isDropout(layer) &&
      found.dropout === null &&
      (kind === 'Conv2d' ? layer.kind === 'Dropout2d' : kind === 'Linear')
    )
      found = { ...found, dropout: layer, length };
    else break;
    if (found.dropout === null || found.relu) fusion = found;
  }
  return fusion;
}

/** Lowers layers[at] and what its kernel takes over; `length` layers in all. */
function lowerLayer(
  lowering: Lowering,
  layers: readonly LayerSpec[],
  at: number,
  x: Value,
): { readonly lowered: Lowered; readonly length: number } {
  const layer = layers[at];
  if (layer === undefined) throw new RangeError('There is no such layer.');
  const fusion = fusionOf(lowering.mode, layers, at);
  const alone = (lowered: Lowered) => ({ lowered, length: 1 });
  const fused = (lowered: Lowered) => ({ lowered, length: 1 + fusion.length });
  switch (layer.kind) {
    case 'Conv2d':
      return fused(lowerConv(lowering, layer, x, fusion));
    case 'Linear':
      return fused(lowerLinear(lowering, layer, x, fusion));
    case 'BatchNorm2d':
      return fused(lowerBatchNorm(lowering, layer, x, fusion.relu));
    case 'MaxPool2d':
      return fused(lowerMaxPool(lowering, layer, x, fusion.relu));
    case 'Residual':
      return fused(lowerResidual(lowering, layer, x, fusion.relu));
    case 'ReLU':
      return alone(lowerRelu(lowering, layer, x));
    case 'AdaptiveAvgPool2d':
      return alone(lowerAveragePool(lowering, layer, x));
    case 'Dropout':
    case 'Dropout2d':
      return alone(lowerDropout(lowering, layer, x));
    case 'Flatten':
      return alone({ output: { ...x, isFlat: true }, backward: (dy) => dy });
    default:
      return assertNever(layer);
  }
}

export function lowerSequence(lowering: Lowering, layers: readonly LayerSpec[], x: Value): Lowered {
  const backwards: Lowered['backward'][] = [];
  let output = x;
  for (let at = 0; at < layers.length;) {
    const { lowered, length } = lowerLayer(lowering, layers, at, output);
    output = lowered.output;
    backwards.push(lowered.backward);
    at += length;
  }
  const backward = (dy: Gradient, sum?: Gradient): Gradient | null => {
    let gradient: Gradient | null = dy;
    for (let i = backwards.length - 1; i >= 0 && gradient !== null; i -= 1)
      gradient = backwards[i]?.(gradient, i === 0 ? sum : undefined) ?? null;
    return gradient;
  };
  return { output, backward };
}

/** The body with the addition behind it, as one lowered layer whose backward pass is the body's. */
function lowerBody(
  lowering: Lowering,
  layer: Residual,
  x: Value,
  shortcut: Lowered,
  relu: boolean,
): { readonly output: Value; readonly body: Lowered; readonly shortcut: Lowered } {
  const last = layer.body.at(-1);
  const gate = relu ? { p: 0 } : null;
  if (last?.kind === 'BatchNorm2d') {
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

function lowerResidual(lowering: Lowering, layer: Residual, x: Value, relu: boolean): Lowered {
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
  );
  const { output, body, shortcut } = lowered;
  const backward = (gradient: Gradient): Gradient | null => {
    const dy = { ...gated(lowering, output, gradient), isSummed: false };
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
