/**
 * Where the kernels keep the weights: in panels of R output channels, [panel][position][R], so that the inner loop reads them in
 * order. `position` runs over [ky][kx][in] for a convolution, and for a Linear that reads a flattened image over [H][W][C].
 */
import { assertNever } from '@/model/layers';

export type WeightLayout =
  | { readonly kind: 'plain' }
  | { readonly kind: 'conv'; readonly outChannels: number; readonly inChannels: number; readonly kernelSize: number; readonly panels: number }
  /** `channels` x `pixels` are the inputs, in PyTorch's order; pixels is 1 unless a flattened image is read. */
  | { readonly kind: 'linear'; readonly outFeatures: number; readonly channels: number; readonly pixels: number; readonly panels: number };

/** First output channel of each panel, and the end; sizes differ by at most one, the larger first. */
export function panelStarts(outChannels: number, panels: number): number[] {
  const size = Math.floor(outChannels / panels);
  const rest = outChannels % panels;
  return Array.from({ length: panels + 1 }, (_, i) => i * size + Math.min(i, rest));
}

/** Calls `visit` with each value's place in PyTorch's row-major layout and in the kernels'. */
function forEachPlace(
  outChannels: number,
  panels: number,
  outer: number,
  inner: number,
  visit: (pytorch: number, ours: number) => void,
): void {
  // PyTorch: [out][outer][inner]; ours: [panel][inner][outer][R].
  const starts = panelStarts(outChannels, panels);
  const depth = outer * inner;
  for (let panel = 0; panel < panels; panel += 1) {
    const start = starts[panel] ?? 0;
    const size = (starts[panel + 1] ?? 0) - start;
    for (let r = 0; r < size; r += 1) {
      let pytorch = (start + r) * depth;
      for (let o = 0; o < outer; o += 1) {
        let ours = start * depth + o * size + r;
        for (let i = 0; i < inner; i += 1) {
          visit(pytorch, ours);
          pytorch += 1;
          ours += outer * size;
        }
      }
    }
  }
}

function forEachWeight(layout: Exclude<WeightLayout, { kind: 'plain' }>, visit: (pytorch: number, ours: number) => void): void {
  switch (layout.kind) {
    case 'conv':
      forEachPlace(layout.outChannels, layout.panels, layout.inChannels, layout.kernelSize ** 2, visit);
      break;
    case 'linear':
      forEachPlace(layout.outFeatures, layout.panels, layout.channels, layout.pixels, visit);
      break;
    default:
      assertNever(layout);
  }
}

/** Writes PyTorch's values into `target`, the kernels' place for them. */
export function packWeights(layout: WeightLayout, values: Float32Array, target: Float32Array): void {
  if (layout.kind === 'plain') target.set(values);
  else forEachWeight(layout, (pytorch, ours) => (target[ours] = values[pytorch] ?? 0));
}

/** The values of `source` in PyTorch's order. */
export function unpackWeights(layout: WeightLayout, source: Float32Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(source.length);
  if (layout.kind === 'plain') values.set(source);
  else forEachWeight(layout, (pytorch, ours) => (values[pytorch] = source[ours] ?? 0));
  return values;
}
