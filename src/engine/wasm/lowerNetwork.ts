/** LayerSpec -> kernel calls: the forward pass, and closures that emit the backward pass in reverse. */
import {
  lowerAveragePool,
  lowerDropout,
  lowerMaxPool,
  lowerPlainOrder,
  lowerRelu,
} from '@/engine/wasm/lowerElementwise';
import {
  newBuffer,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import { lowerConv, lowerConvPool, takesPool } from '@/engine/wasm/lowerConv';
import { lowerBatchNorm, lowerLinear } from '@/engine/wasm/lowerWeighted';
import { assertNever, flattenLayers, type LayerSpec, type Residual } from '@/model/layers';

function takesRelu(layer: LayerSpec): boolean {
  return layer.kind === 'Conv2d' || layer.kind === 'Linear' || layer.kind === 'BatchNorm2d';
}

function lowerLayer(lowering: Lowering, layer: LayerSpec, x: Value, hasRelu: boolean): Lowered {
  switch (layer.kind) {
    case 'Conv2d':
      return lowerConv(lowering, layer, x, hasRelu);
    case 'Linear':
      return lowerLinear(lowering, layer, x, hasRelu);
    case 'BatchNorm2d':
      return lowerBatchNorm(lowering, layer, x, hasRelu);
    case 'ReLU':
      return lowerRelu(lowering, layer, x);
    case 'MaxPool2d':
      return lowerMaxPool(lowering, layer, x);
    case 'AdaptiveAvgPool2d':
      return lowerAveragePool(lowering, layer, x);
    case 'Dropout':
    case 'Dropout2d':
      return lowerDropout(lowering, layer, x);
    case 'Flatten':
      return { output: { ...x, isFlat: true }, backward: (dy) => dy };
    case 'Residual':
      return lowerResidual(lowering, layer, x);
    default:
      return assertNever(layer);
  }
}

export function lowerSequence(lowering: Lowering, layers: readonly LayerSpec[], x: Value): Lowered {
  const backwards: Lowered['backward'][] = [];
  let output = x;
  for (let i = 0; i < layers.length; i += 1) {
    const layer = layers[i];
    if (layer === undefined) break;
    const hasRelu = takesRelu(layer) && layers[i + 1]?.kind === 'ReLU';
    if (hasRelu) i += 1;
    const next = layers[i + 1];
    const pooled =
      layer.kind === 'Conv2d' && next?.kind === 'MaxPool2d' && takesPool(layer, next)
        ? lowerConvPool(lowering, layer, output, hasRelu, next)
        : null;
    if (pooled !== null) i += 1;
    const lowered = pooled ?? lowerLayer(lowering, layer, output, hasRelu);
    output = lowered.output;
    backwards.push(lowered.backward);
  }
  const backward = (dy: Gradient): Gradient | null => {
    let gradient: Gradient | null = dy;
    for (const step of backwards.toReversed()) {
      if (gradient === null) return null;
      gradient = step(gradient);
    }
    return gradient;
  };
  return { output, backward };
}

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

function lowerResidual(lowering: Lowering, layer: Residual, x: Value): Lowered {
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
  const backward = (dy: Gradient): Gradient | null => {
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

/** Position of each dropout layer in forward order: its number in the random streams. */
export function dropoutOrdinals(layers: readonly LayerSpec[]): ReadonlyMap<string, number> {
  const names = flattenLayers(layers)
    .filter((layer) => layer.kind === 'Dropout' || layer.kind === 'Dropout2d')
    .map((layer) => layer.name);
  return new Map(names.map((name, ordinal) => [name, ordinal]));
}
