/** Linear layers: the weights pass once, in panels, while the activations of the batch stay in the cache. */
import { ACCUMULATE, gradient, product, RELU } from './build/tiles';
import { lanes, panelStart, share, transpose, worker } from './simd';

/** Inputs of one pass: forward a panel's piece stays in the level-1 cache over all blocks of images. */
const CHUNK: i32 = 1024;

export function linearForward<T>(
  x: usize, w: usize, bias: usize, y: usize, blocks: i32, inFeatures: i32, outFeatures: i32, panels: i32, relu: i32,
  thread: i32, threads: i32,
): void {
  const from = share(panels, thread, threads), to = share(panels, thread + 1, threads);
  for (let panel = from; panel < to; panel++) {
    const o0 = panelStart(panel, outFeatures, panels);
    const r = panelStart(panel + 1, outFeatures, panels) - o0;
    const a = w + <usize>o0 * <usize>inFeatures * sizeof<T>();
    for (let k = 0; k < inFeatures; k += CHUNK) {
      const run = min(CHUNK, inFeatures - k);
      const flags = (k > 0 ? ACCUMULATE : 0) | (relu && k + run === inFeatures ? RELU : 0);
      product<T>(
        r, a + <usize>(k * r) * sizeof<T>(), x + <usize>k * lanes<T>(), y + <usize>o0 * lanes<T>(), blocks, <usize>inFeatures * lanes<T>(), <usize>outFeatures * lanes<T>(),
        1, 0, 0, 1, 0, 0, run, bias && k + run === inFeatures ? bias + <usize>o0 * sizeof<T>() : 0, flags,
      );
    }
  }
}

export function linearInputGradient<T>(
  dy: usize, w: usize, dx: usize, blocks: i32, inFeatures: i32, outFeatures: i32, panels: i32, inPanels: i32, scratch: usize,
  accumulate: i32, thread: i32, threads: i32,
): void {
  const from = share(inPanels, thread, threads), to = share(inPanels, thread + 1, threads);
  const packed = scratch + <usize>worker * <usize>outFeatures * lanes<T>();
  for (let inPanel = from; inPanel < to; inPanel++) {
    const i0 = panelStart(inPanel, inFeatures, inPanels);
    const size = panelStart(inPanel + 1, inFeatures, inPanels) - i0;
    for (let panel = 0; panel < panels; panel++) {
      const o0 = panelStart(panel, outFeatures, panels);
      const r = panelStart(panel + 1, outFeatures, panels) - o0;
      const source = w + (<usize>o0 * <usize>inFeatures + <usize>(i0 * r)) * sizeof<T>();
      transpose<T>(source, packed + <usize>(o0 * size) * sizeof<T>(), size, r);
    }
    product<T>(
      size, packed, dy, dx + <usize>i0 * lanes<T>(), blocks, <usize>outFeatures * lanes<T>(), <usize>inFeatures * lanes<T>(),
      1, 0, 0, 1, 0, 0, outFeatures, 0, accumulate ? ACCUMULATE : 0,
    );
  }
}

export function linearWeightGradient<T>(
  x: usize, dy: usize, dw: usize, blocks: i32, inFeatures: i32, outFeatures: i32, panels: i32, thread: i32, threads: i32,
): void {
  const from = share(panels, thread, threads), to = share(panels, thread + 1, threads);
  // A piece of the inputs of all images stays in the level-2 cache over all panels.
  for (let i = 0; i < inFeatures; i += CHUNK) {
    const run = min(CHUNK, inFeatures - i);
    for (let panel = from; panel < to; panel++) {
      const o0 = panelStart(panel, outFeatures, panels);
      const r = panelStart(panel + 1, outFeatures, panels) - o0;
      gradient<T>(
        r, run, dy + <usize>o0 * lanes<T>(), x + <usize>i * lanes<T>(),
        dw + (<usize>o0 * <usize>inFeatures + <usize>(i * r)) * sizeof<T>(),
        blocks, <usize>outFeatures * lanes<T>(), <usize>inFeatures * lanes<T>(), 1, 0, 0, false,
      );
    }
  }
}
