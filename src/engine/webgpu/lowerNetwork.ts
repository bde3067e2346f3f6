/** LayerSpec -> dispatches: the forward pass, and closures that emit the backward pass in reverse. */
import { layerLowerings } from '@/engine/webgpu/layers';
import type { Epilogue } from '@/engine/webgpu/layers/weighted';
import type { Gradient, Lowered, Lowering, Value } from '@/engine/webgpu/lowering';
import type { Dropout, Dropout2d, LayerKind, LayerOf, LayerSpec, MaxPool2d } from '@/model/layers';

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
 * the result or of its gradient, so a kernel may take them in any order, each once. It takes nothing behind an output that is kept.
 */
function fusionOf({ mode, kept }: Lowering, layers: readonly LayerSpec[], at: number): Fusion {
  const kind = layers[at]?.kind;
  const none: Fusion = { relu: false, pool: 1, dropout: null, length: 0 };
  let found = none;
  // A dropout counts only once a ReLU is there, whose zeros tell its gradient.
  let fusion = none;
  for (const layer of layers.slice(at + 1)) {
    if (kept.has(layers[at + found.length]?.name ?? '')) break;
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

function lowerWith<Kind extends LayerKind>(
  lowering: Lowering,
  layer: LayerOf<Kind>,
  x: Value,
  epilogue: Epilogue,
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
  const fusion = fusionOf(lowering, layers, at);
  const lowered = lowerWith(lowering, layer, x, fusion);
  return { lowered, length: layerLowerings[layer.kind].takesEpilogue === true ? 1 + fusion.length : 1 };
}

export function lowerSequence(lowering: Lowering, layers: readonly LayerSpec[], x: Value): Lowered {
  const backwards: Lowered['backward'][] = [];
  let output = x;
  for (let at = 0; at < layers.length;) {
    const { lowered, length } = lowerLayer(lowering, layers, at, output);
    output = lowered.output;
    backwards.push(lowered.backward);
    at += length;
    const { name = '' } = layers[at - 1] ?? {};
    if (lowering.kept.has(name)) lowering.kept.add(name, output);
  }
  const backward = (dy: Gradient, sum?: Gradient): Gradient | null => {
    let gradient: Gradient | null = dy;
    for (let i = backwards.length - 1; i >= 0 && gradient !== null; i -= 1)
      gradient = backwards[i]?.(gradient, i === 0 ? sum : undefined) ?? null;
    return gradient;
  };
  return { output, backward };
}
