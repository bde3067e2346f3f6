/** Linear layers: the weights pass once, in panels, while the activations of the batch stay in the cache. */
import { ACCUMULATE, gradient, product, RELU } from './build/tiles';
import { EXACT, exactGradient } from './exact';
import { panelStart, share } from './simd';

/** Inputs of one pass: a panel's piece stays in the level-1 cache over all blocks of images. */
const CHUNK: i32 = 1024;

export function linearForward(
  x: usize, w: usize, bias: usize, y: usize, blocks: i32, inFeatures: i32, outFeatures: i32, panels: i32, relu: i32,
  exact: i32, thread: i32, threads: i32,
): void {
  const from = share(panels, thread, threads), to = share(panels, thread + 1, threads);
  for (let panel = from; panel < to; panel++) {
    const o0 = panelStart(panel, outFeatures, panels);
    const r = panelStart(panel + 1, outFeatures, panels) - o0;
    const a = w + <usize>o0 * <usize>inFeatures * 4;
    const chunk = exact ? inFeatures : CHUNK;
    for (let k = 0; k < inFeatures; k += chunk) {
      const run = min(chunk, inFeatures - k);
      const flags = (exact ? EXACT : 0) | (k > 0 ? ACCUMULATE : 0) | (relu && k + run === inFeatures ? RELU : 0);
      product(
        r, a + <usize>(k * r) * 4, x + <usize>k * 32, y + <usize>o0 * 32, blocks, <usize>inFeatures * 32, <usize>outFeatures * 32,
        1, 0, 0, 1, 0, 0, run, bias && k + run === inFeatures ? bias + <usize>o0 * 4 : 0, flags,
      );
    }
  }
}

export function linearInputGradient(
  dy: usize, w: usize, dx: usize, blocks: i32, inFeatures: i32, outFeatures: i32, panels: i32, inPanels: i32, scratch: usize,
  accumulate: i32, exact: i32, thread: i32, threads: i32,
): void {
  const from = share(inPanels, thread, threads), to = share(inPanels, thread + 1, threads);
  const packed = scratch + <usize>thread * <usize>(outFeatures * 8 * 4);
  for (let inPanel = from; inPanel < to; inPanel++) {
    const i0 = panelStart(inPanel, inFeatures, inPanels);
    const size = panelStart(inPanel + 1, inFeatures, inPanels) - i0;
    let target = packed;
    for (let panel = 0; panel < panels; panel++) {
      const o0 = panelStart(panel, outFeatures, panels);
      const r = panelStart(panel + 1, outFeatures, panels) - o0;
      const source = w + (<usize>o0 * <usize>inFeatures + <usize>(i0 * r)) * 4;
      for (let o = 0; o < r; o++) {
        let s = source + <usize>o * 4;
        for (let i = 0; i < size; i++) {
          store<f32>(target, load<f32>(s));
          s += <usize>r * 4;
          target += 4;
        }
      }
    }
    product(
      size, packed, dy, dx + <usize>i0 * 32, blocks, <usize>outFeatures * 32, <usize>inFeatures * 32,
      1, 0, 0, 1, 0, 0, outFeatures, 0, (accumulate ? ACCUMULATE : 0) | (exact ? EXACT : 0),
    );
  }
}

export function linearWeightGradient(
  x: usize, dy: usize, dw: usize, blocks: i32, inFeatures: i32, outFeatures: i32, panels: i32, exact: i32, thread: i32, threads: i32,
): void {
  const from = share(panels, thread, threads), to = share(panels, thread + 1, threads);
  for (let panel = from; panel < to; panel++) {
    const o0 = panelStart(panel, outFeatures, panels);
    const r = panelStart(panel + 1, outFeatures, panels) - o0;
    if (exact) {
      exactGradient(
        r, inFeatures, dy + <usize>o0 * 32, x, dw + <usize>o0 * <usize>inFeatures * 4,
        blocks, <usize>outFeatures * 32, <usize>inFeatures * 32, 1, 0, 0, false,
      );
      continue;
    }
    gradient(
      r, inFeatures, dy + <usize>o0 * 32, x, dw + <usize>o0 * <usize>inFeatures * 4,
      blocks, <usize>outFeatures * 32, <usize>inFeatures * 32, 1, 0, 0, false,
    );
  }
}
