/**
 * Directions through the weights on which networks can be compared: filter-normalised (Li et al. 2018, Visualizing the loss landscape of
 * neural nets, section 4): random numbers, each filter scaled to the length of the network's own, so that a step of 1 changes each filter
 * by its own length. As in their code (net_plotter.py: `ignore biasbn`) biases and what normalises do not move; a row of a Linear layer
 * is a filter.
 */
import { normal, streamKey, streams } from '@/model/random';
import { norm, sizeOfSpans, type ParameterSpan } from '@/training/flatParameters';

/** As they add it to the length of a random filter. */
const least = 1e-10;

/** `raw` filter-normalised in place, against the weights of the same order. */
export function filterNormalise(
  raw: Float32Array<ArrayBuffer>,
  weights: Float32Array<ArrayBuffer>,
  spans: readonly ParameterSpan[],
): Float32Array<ArrayBuffer> {
  for (const { shape, start, end } of spans) {
    if (shape.length <= 1) {
      raw.fill(0, start, end);
      continue;
    }
    const size = (end - start) / (shape[0] ?? 1);
    for (let from = start; from < end; from += size) {
      const filter = raw.subarray(from, from + size);
      const factor = norm(weights.subarray(from, from + size)) / (norm(filter) + least);
      for (let i = 0; i < size; i += 1) filter[i] = (filter[i] ?? 0) * factor;
    }
  }
  return raw;
}

/** Two of them. One seed gives one pair. */
export function randomDirections(
  seed: number,
  weights: Float32Array<ArrayBuffer>,
  spans: readonly ParameterSpan[],
): readonly [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>] {
  const drawn = (which: number): Float32Array<ArrayBuffer> => {
    const key = streamKey(seed, streams.direction, which, 1);
    const raw = Float32Array.from({ length: sizeOfSpans(spans) }, (_, i) => normal(key, i));
    return filterNormalise(raw, weights, spans);
  };
  return [drawn(0), drawn(1)];
}
