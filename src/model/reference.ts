/** A network by its layers' definitions, in float64: the oracle of the engines' tests. */
import { definitionOf, partsOf, type LayerSpec } from '@/model/layers';
import type { Pass, ReferenceContext, Tensor64, Weights64 } from '@/model/layers/reference';

function noDropout(layer: string): never {
  throw new RangeError(`The reference of ${layer} needs to know which values it keeps.`);
}

/**
 * Layers one after the other, in training: forward, and backward from the gradient of the last one's output. `keeps` is asked
 * by dropout layers alone.
 */
export function sequencePass(
  layers: readonly LayerSpec[],
  x: Tensor64,
  weights: Weights64,
  keeps: ReferenceContext['keeps'] = noDropout,
): Pass {
  const passes: Pass[] = [];
  let y = x;
  for (const layer of layers) {
    const parts = partsOf(
      layer,
      (inner) =>
        (input: Tensor64): Pass =>
          sequencePass(inner, input, weights, keeps),
    );
    const pass = definitionOf(layer).reference(layer, y, { weights, keeps }, parts);
    passes.push(pass);
    y = pass.y;
  }
  return { y, backward: (dy, gradients) => passes.reduceRight((g, pass) => pass.backward(g, gradients), dy) };
}
