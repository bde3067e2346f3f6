/** LayerSpec -> kernel calls: the forward pass, and closures that emit the backward pass in reverse. */
import { isTraining } from '@/engine/mode';
import { fusionOf, type Takes } from '@/engine/compiling/fusion';
import { poolsFirst } from '@/engine/compiling/poolsFirst';
import { lowerActivation } from '@/engine/wasm/layers/activation';
import { takesPool, lowerConvPool } from '@/engine/wasm/layers/conv2d';
import { layerLowerings } from '@/engine/wasm/layers';
import { lowerValleyPool } from '@/engine/wasm/layers/maxPool2d';
import {
  hasFewImages,
  keepGradient,
  keepOutput,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import { fewImages } from '@/engine/wasm/operations';
import type { WasmBuffer } from '@/engine/wasm/program';
import { activationOf, isActivation, type LayerKind, type LayerOf, type LayerSpec } from '@/model/layers';
import { isPlainConv } from '@/model/layers/conv2d';
import { layerEntries } from '@/model/stateDict';

/** What a layer's kernel takes over: a ReLU at once behind it, and a pool behind that. */
const takenBy =
  (layer: LayerSpec): Takes =>
  (next, { pool }) => {
    if (next.kind === 'ReLU') return pool === null && layerLowerings[layer.kind].takesRelu === true;
    return layer.kind === 'Conv2d' && next.kind === 'MaxPool2d' && takesPool(layer, next);
  };

function lowerLayer<Kind extends LayerKind>(
  lowering: Lowering,
  layer: LayerOf<Kind>,
  x: Value,
  hasRelu: boolean,
): Lowered {
  return layerLowerings[layer.kind].lower(lowering, layer, x, { hasRelu, lowerSequence });
}

/** Whether a layer's kernels leave 0, forward and backward, in the places that a batch of a few images does not fill. */
function isClean(lowering: Lowering, layer: LayerSpec): boolean {
  if (lowering.images > fewImages) return false;
  if (layer.kind === 'BatchNorm1d' || layer.kind === 'BatchNorm2d') return true;
  return (
    hasFewImages(lowering) && (layer.kind === 'Linear' || (layer.kind === 'Conv2d' && isPlainConv(layer)))
  );
}

/**
 * The places of a last block of fewer than eight images hold zeros wherever a sum over the batch reads them. Left alone they would be
 * what a weight makes of them: an infinite one NaN, and that times a gradient of 0 is NaN as well. Only parameters make one of zeros.
 */
function withClearPadding(lowering: Lowering, layer: LayerSpec, x: Value, lowered: Lowered): Lowered {
  const { mode, images, blocks } = lowering;
  if (!isTraining(mode) || images === 8 * blocks || layerEntries(layer).length === 0) return lowered;
  if (isClean(lowering, layer)) return lowered;
  const clear = (buffer: WasmBuffer, { channels, height, width }: Value): void => {
    lowering.program.emit('clearPadding', { x: buffer, images, blocks, values: channels * height * width });
  };
  clear(lowered.output.buffer, lowered.output);
  const backward = (dy: Gradient): Gradient | null => {
    const gradient = lowered.backward(dy);
    if (gradient !== null) clear(gradient.buffer, x);
    return gradient;
  };
  return { output: lowered.output, backward };
}

interface Taken {
  readonly lowered: Lowered;
  /** Layers that are done. */
  readonly length: number;
}

/**
 * layers[at] and those behind it, where they are an activation that falls and rises, with or without a convolution in front of it, and a
 * pool: it pools by the activation's values, which is then applied to what is left. Null for others.
 */
function lowerValley(lowering: Lowering, layers: readonly LayerSpec[], at: number, x: Value): Taken | null {
  const [first, second, third] = layers.slice(at, at + 3);
  const conv = first?.kind === 'Conv2d' ? first : null;
  const [activation, pool] = conv === null ? [first, second] : [second, third];
  if (activation === undefined || !isActivation(activation) || activationOf(activation).course !== 'valley')
    return null;
  if (pool?.kind !== 'MaxPool2d' || (conv !== null && !takesPool(conv, pool))) return null;
  if ([conv, activation, pool].some((layer) => layer !== null && lowering.kept.has(layer.name))) return null;
  const pooled =
    conv === null
      ? lowerValleyPool(lowering, pool, activation, x)
      : lowerConvPool(lowering, conv, x, false, pool, activation);
  if (pooled === null) return null;
  const clear = withClearPadding(lowering, first ?? activation, x, pooled);
  const { output, backward } = lowerActivation(lowering, activation, clear.output);
  const both = (dy: Gradient): Gradient | null => {
    const gradient = backward(dy);
    return gradient === null ? null : clear.backward(gradient);
  };
  return { lowered: { output, backward: both }, length: conv === null ? 2 : 3 };
}

export function lowerSequence(lowering: Lowering, listed: readonly LayerSpec[], x: Value): Lowered {
  const isKept = (name: string): boolean => lowering.kept.has(name);
  const layers = poolsFirst(listed, isKept);
  const backwards: { readonly name: string; readonly backward: Lowered['backward'] }[] = [];
  let output = x;
  for (let i = 0; i < layers.length; i += 1) {
    const layer = layers[i];
    if (layer === undefined) break;
    const valley = lowerValley(lowering, layers, i, output);
    if (valley !== null) {
      output = valley.lowered.output;
      i += valley.length - 1;
      backwards.push({ name: layers[i]?.name ?? '', backward: valley.lowered.backward });
      continue;
    }
    const { relu, pool, length } = fusionOf(layers, i, {
      isTraining: isTraining(lowering.mode),
      isKept,
      takes: takenBy(layer),
    });
    const pooled =
      layer.kind === 'Conv2d' && pool !== null ? lowerConvPool(lowering, layer, output, relu, pool) : null;
    const lowered = withClearPadding(
      lowering,
      layer,
      output,
      pooled ?? lowerLayer(lowering, layer, output, relu),
    );
    const alone = relu ? 1 : 0;
    i += pooled === null ? alone : length;
    const { name } = layers[i] ?? layer;
    output = keepOutput(lowering, name, lowered.output);
    backwards.push({ name, backward: lowered.backward });
  }
  const backward = (dy: Gradient): Gradient | null => {
    let gradient: Gradient | null = dy;
    for (const step of backwards.toReversed()) {
      if (gradient === null) return null;
      gradient = step.backward(keepGradient(lowering, step.name, gradient));
    }
    return gradient;
  };
  return { output, backward };
}
