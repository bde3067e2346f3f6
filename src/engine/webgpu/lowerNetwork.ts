/** LayerSpec -> dispatches: the forward pass, and closures that emit the backward pass in reverse. */
import { isTraining } from '@/engine/mode';
import { fusionOf, isDropout, type Fusion, type Takes } from '@/engine/compiling/fusion';
import { poolsFirst } from '@/engine/compiling/poolsFirst';
import { layerLowerings } from '@/engine/webgpu/layers';
import {
  keepGradient,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import type { LayerKind, LayerOf, LayerSpec } from '@/model/layers';
import { isPlainConv } from '@/model/layers/conv2d';
import { isPlainPool } from '@/model/layers/maxPool2d';

/** What a layer's kernel takes over. */
const takenBy =
  (owner: LayerSpec, trains: boolean): Takes =>
  (layer) => {
    const { kind } = owner;
    const isConv = owner.kind === 'Conv2d' && isPlainConv(owner);
    if (isDropout(layer)) {
      const isIdentity = !trains || layer.p === 0;
      return isIdentity || (isConv ? layer.kind === 'Dropout2d' : kind === 'Linear');
    }
    if (layer.kind === 'MaxPool2d') return isConv && isPlainPool(layer) && layer.kernelSize > 1;
    return layer.kind === 'ReLU';
  };

function lowerWith<Kind extends LayerKind>(
  lowering: Lowering,
  layer: LayerOf<Kind>,
  x: Value,
  epilogue: Fusion,
): Lowered {
  return layerLowerings[layer.kind].lower(lowering, layer, x, { epilogue, lowerSequence });
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
  const trains = isTraining(lowering.mode);
  const fusion = fusionOf(layers, at, {
    isTraining: trains,
    isKept: (name) => lowering.kept.has(name),
    takes: takenBy(layer, trains),
  });
  const lowered = lowerWith(lowering, layer, x, fusion);
  return { lowered, length: layerLowerings[layer.kind].takesEpilogue === true ? 1 + fusion.length : 1 };
}

export function lowerSequence(lowering: Lowering, listed: readonly LayerSpec[], x: Value): Lowered {
  const layers = poolsFirst(listed, (name) => lowering.kept.has(name));
  const backwards: { readonly name: string; readonly backward: Lowered['backward'] }[] = [];
  let output = x;
  for (let at = 0; at < layers.length;) {
    const { lowered, length } = lowerLayer(lowering, layers, at, output);
    output = lowered.output;
    at += length;
    const { name = '' } = layers[at - 1] ?? {};
    backwards.push({ name, backward: lowered.backward });
    if (lowering.kept.has(name)) lowering.kept.add(name, output);
    // A gradient that is read is one by the output itself, which only the layer's own kernels may take through its ReLU.
    if (lowering.keptGradients.has(name)) output = { ...output, gate: null };
  }
  const backward = (dy: Gradient, sum?: Gradient): Gradient | null => {
    let gradient: Gradient | null = dy;
    for (let i = backwards.length - 1; i >= 0 && gradient !== null; i -= 1) {
      const step = backwards[i];
      if (step === undefined) break;
      const given = keepGradient(lowering, step.name, gradient);
      gradient = step.backward(given, i === 0 ? sum : undefined);
    }
    return gradient;
  };
  return { output, backward };
}
