/**
 * Where the kernels keep the weights: in panels of R output channels, [panel][position][R], so that the inner loop reads them in
 * order. `position` runs over [ky][kx][in] for a convolution, and for a Linear that reads a flattened image over [H][W][C].
 */
import { assertNever } from '@/model/layers';

/** Values in either precision. */
type Values = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

export type WeightLayout =
  | { readonly kind: 'plain' }
  | {
      readonly kind: 'conv';
      readonly outChannels: number;
      readonly inChannels: number;
      readonly kernelSize: number;
      readonly panels: number;
    }
  /** `channels` x `pixels` are the inputs, in PyTorch's order; pixels is 1 unless a flattened image is read. */
  | {
      readonly kind: 'linear';
      readonly outFeatures: number;
      readonly channels: number;
      readonly pixels: number;
      readonly panels: number;
    };

/** First output channel of each panel, and the end; sizes differ by at most one, the larger first. */
export function panelStarts(outChannels: number, panels: number): number[] {
  const size = Math.floor(outChannels / panels);
  const rest = outChannels % panels;
  return Array.from({ length: panels + 1 }, (_, i) => i * size + Math.min(i, rest));
}

interface PlaceMap {
  readonly outChannels: number;
  readonly panels: number;
  /** PyTorch's order is [out][outer][inner], ours [panel][inner][outer][R]. */
  readonly outer: number;
  readonly inner: number;
}

function placeMap(layout: Exclude<WeightLayout, { kind: 'plain' }>): PlaceMap {
  switch (layout.kind) {
    case 'conv':
      return {
        outChannels: layout.outChannels,
        panels: layout.panels,
        outer: layout.inChannels,
        inner: layout.kernelSize ** 2,
      };
    case 'linear':
      return {
        outChannels: layout.outFeatures,
        panels: layout.panels,
        outer: layout.channels,
        inner: layout.pixels,
      };
    default:
      return assertNever(layout);
  }
}

/**
 * Places of the rows that the two orders share: values pytorch, pytorch + 1, ... (`inner` of them) lie at ours, ours + step, ...
 * A loop over rows in the caller keeps copying 134 million values a matter of a second.
 */
function forEachRow(
  { outChannels, panels, outer, inner }: PlaceMap,
  visit: (pytorch: number, ours: number, step: number) => void,
): void {
  const starts = panelStarts(outChannels, panels);
  const depth = outer * inner;
  for (let panel = 0; panel < panels; panel += 1) {
    const start = starts[panel] ?? 0;
    const size = (starts[panel + 1] ?? 0) - start;
    for (let r = 0; r < size; r += 1) {
      // With a single inner value the outer ones are a row themselves.
      if (inner === 1) visit((start + r) * depth, start * depth + r, size);
      else {
        for (let o = 0; o < outer; o += 1)
          visit((start + r) * depth + o * inner, start * depth + o * size + r, outer * size);
      }
    }
  }
}

/** Writes PyTorch's values into `target`, the kernels' place for them. */
export function packWeights(layout: WeightLayout, values: Float32Array, target: Values): void {
  if (layout.kind === 'plain') {
    target.set(values);
    return;
  }
  const map = placeMap(layout);
  const length = map.inner === 1 ? map.outer : map.inner;
  forEachRow(map, (pytorch, ours, step) => {
    for (let i = 0; i < length; i += 1) target[ours + i * step] = values[pytorch + i] ?? 0;
  });
}

/** The values of `source` in PyTorch's order. */
export function unpackWeights(layout: WeightLayout, source: Values): Float32Array<ArrayBuffer> {
  if (layout.kind === 'plain') return Float32Array.from(source);
  const values = new Float32Array(source.length);
  const map = placeMap(layout);
  const length = map.inner === 1 ? map.outer : map.inner;
  forEachRow(map, (pytorch, ours, step) => {
    for (let i = 0; i < length; i += 1) values[pytorch + i] = source[ours + i * step] ?? 0;
  });
  return values;
}
