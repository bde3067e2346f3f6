/** Which runs are computed in more than float32, and what that means for the engine's memory. */
import { definitionOf } from '@/model/layers';
import { batchSizesOf, type RunConfig } from '@/model/runConfig';
import { inferShapes, inputShape } from '@/model/shapes';

export type Precision = 'float32' | 'float64';

/** Activations, weights or gradients where they lie in the engine's memory. */
export type Values = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** Values of a channel in a batch from which BatchNorm is steady enough for float32. */
export const steadyValues = 16;

/**
 * float64 where a BatchNorm sees only a few values per channel: it divides by a spread that is itself mostly chance, and so
 * magnifies the rounding of every layer before it about fiftyfold. ResNet-18 on eight images, eight values a channel at its end,
 * is after three steps in float32 either 1e-5 or 1e-2 off, as rounding switches a ReLU on or off; in float64 it is exact. Batches
 * that small take little time in either. One small batch, such as an epoch's last, decides for the whole run, whose state lies in
 * one precision.
 */
export function precisionOf(config: RunConfig): Precision {
  const smallest = Math.min(...batchSizesOf(config));
  const isUnsteady = inferShapes(config.network, inputShape(config.input)).some(
    ({ layer, input: [, height = 1, width = 1] }) =>
      definitionOf(layer).seesBatch && smallest * height * width < steadyValues,
  );
  return isUnsteady ? 'float64' : 'float32';
}

/** Bytes of a buffer in float64 over those in float32. */
export function sizeFactor(precision: Precision): number {
  return precision === 'float64' ? 2 : 1;
}
