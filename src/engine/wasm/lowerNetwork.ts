/** LayerSpec -> kernel calls: the forward pass, and closures that emit the backward pass in reverse. */
import { takesPool, lowerConvPool } from '@/engine/wasm/layers/conv2d';
import { layerLowerings } from '@/engine/wasm/layers';
import { keepOutput, type Gradient, type Lowered, type Lowering, type Value } from '@/engine/wasm/lowering';
import type { LayerKind, LayerOf, LayerSpec } from '@/model/layers';

const takesRelu = (layer: LayerSpec): boolean => layerLowerings[layer.kind].takesRelu === true;

function lowerLayer<Kind extends LayerKind>(
  lowering: Lowering,
  layer: LayerOf<Kind>,
  x: Value,
  hasRelu: boolean,
): Lowered {
  return layerLowerings[layer.kind].lower(lowering, layer, x, { hasRelu, lowerSequence });
}

export function lowerSequence(lowering: Lowering, layers: readonly LayerSpec[], x: Value): Lowered {
  const backwards: Lowered['backward'][] = [];
  let output = x;
  for (let i = 0; i < layers.length; i += 1) {
    const layer = layers[i];
    if (layer === undefined) break;
    const { kept } = lowering;
    const hasRelu = takesRelu(layer) && layers[i + 1]?.kind === 'ReLU' && !kept.has(layer.name);
    if (hasRelu) i += 1;
    const behind = layers[i];
    const next = layers[i + 1];
    const pooled =
      layer.kind === 'Conv2d' &&
      next?.kind === 'MaxPool2d' &&
      takesPool(layer, next) &&
      !kept.has(behind?.name ?? '')
        ? lowerConvPool(lowering, layer, output, hasRelu, next)
        : null;
    if (pooled !== null) i += 1;
    const lowered = pooled ?? lowerLayer(lowering, layer, output, hasRelu);
    output = keepOutput(lowering, layers[i]?.name ?? layer.name, lowered.output);
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
