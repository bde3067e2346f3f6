/** Linear layers: the weights pass once, in panels, while the activations of the batch stay in the cache. */
import { ACCUMULATE, gradient, product, RELU } from './build/tiles';
import { imageLinearForward, imageLinearInputGradient, imageLinearWeightGradient } from './imageLinear';
import { inputGradientAlongPanels, weightGradientOfBlock } from './linearSmallBatch';
import { fewImages, lanes, panelStart, share, transpose, worker } from './simd';

/** Features of one pass: forward a panel's piece stays in the level-1 cache over all blocks of images. */
const CHUNK: i32 = 1024;

/** Values of the activations of one pass, which stay in the level-2 cache over all panels. */
const PASS_VALUES: i32 = 16384;

/** Most blocks of images for which turning the weights takes longer than what it saves. */
const SMALL_BATCH: i32 = 8;

/** Passes that the blocks of images are split into, for `features` features each. */
// @ts-ignore: decorator
@inline
function passesOf(blocks: i32, features: i32): i32 {
  const size = max(1, PASS_VALUES / min(CHUNK, features));
  return (blocks + size - 1) / size;
}

export function linearForward<T>(
  x: usize, w: usize, bias: usize, y: usize, blocks: i32, inFeatures: i32, outFeatures: i32, panels: i32, relu: i32,
  thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 4 && fewImages > 0) {
    imageLinearForward(x, w, bias, y, inFeatures, outFeatures, panels, relu, thread, threads);
    return;
  }
  const from = share(panels, thread, threads), to = share(panels, thread + 1, threads);
  const xStep = <usize>inFeatures * lanes<T>(), yStep = <usize>outFeatures * lanes<T>();
  const passes = passesOf(blocks, inFeatures);
  for (let k = 0; k < inFeatures; k += CHUNK) {
    const run = min(CHUNK, inFeatures - k), isLast = k + run === inFeatures;
    const flags = (k > 0 ? ACCUMULATE : 0) | (relu && isLast ? RELU : 0);
    for (let pass = 0; pass < passes; pass++) {
      const first = share(blocks, pass, passes), count = share(blocks, pass + 1, passes) - first;
      const b = x + <usize>first * xStep + <usize>k * lanes<T>(), out = y + <usize>first * yStep;
      for (let panel = from; panel < to; panel++) {
        const o0 = panelStart(panel, outFeatures, panels);
        const r = panelStart(panel + 1, outFeatures, panels) - o0;
        product<T>(
          r, w + (<usize>o0 * <usize>inFeatures + <usize>(k * r)) * sizeof<T>(), b, out + <usize>o0 * lanes<T>(), count, xStep, yStep,
          1, 0, 0, 1, 0, 0, run, bias && isLast ? bias + <usize>o0 * sizeof<T>() : 0, flags,
        );
      }
    }
  }
}

export function linearInputGradient<T>(
  dy: usize, w: usize, dx: usize, blocks: i32, inFeatures: i32, outFeatures: i32, panels: i32, inPanels: i32, scratch: usize,
  accumulate: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 4 && fewImages > 0) {
    imageLinearInputGradient(dy, w, dx, inFeatures, outFeatures, panels, inPanels, scratch, accumulate, thread, threads);
    return;
  }
  const from = share(inPanels, thread, threads), to = share(inPanels, thread + 1, threads);
  if (sizeof<T>() === 4 && blocks <= SMALL_BATCH) {
    const first = panelStart(from, inFeatures, inPanels), last = panelStart(to, inFeatures, inPanels);
    inputGradientAlongPanels(dy, w, dx, blocks, inFeatures, outFeatures, panels, first, last, accumulate);
    return;
  }
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

/** A panel's gradients are packed first: a power of two apart they would all want the same few lines of the cache. */
export function linearWeightGradient<T>(
  x: usize, dy: usize, dw: usize, blocks: i32, inFeatures: i32, outFeatures: i32, panels: i32, scratch: usize, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 4 && fewImages > 0) {
    imageLinearWeightGradient(x, dy, dw, inFeatures, outFeatures, panels, thread, threads);
    return;
  }
  const from = share(panels, thread, threads), to = share(panels, thread + 1, threads);
  const xStep = <usize>inFeatures * lanes<T>(), dyStep = <usize>outFeatures * lanes<T>();
  const passes = passesOf(blocks, inFeatures);
  const packed = scratch + <usize>(worker * blocks * panelStart(1, outFeatures, panels)) * lanes<T>();
  for (let i = 0; i < inFeatures; i += CHUNK) {
    const run = min(CHUNK, inFeatures - i);
    for (let pass = 0; pass < passes; pass++) {
      const first = share(blocks, pass, passes), count = share(blocks, pass + 1, passes) - first;
      for (let panel = from; panel < to; panel++) {
        const o0 = panelStart(panel, outFeatures, panels);
        const r = panelStart(panel + 1, outFeatures, panels) - o0;
        const target = dw + (<usize>o0 * <usize>inFeatures + <usize>(i * r)) * sizeof<T>();
        if (sizeof<T>() === 4 && blocks === 1) {
          weightGradientOfBlock(r, run, dy + <usize>o0 * 32, x + <usize>i * 32, target, packed);
          continue;
        }
        const size = <usize>r * lanes<T>();
        let at = dy + <usize>first * dyStep + <usize>o0 * lanes<T>(), copied = packed;
        for (let block = 0; block < count; block++) {
          memory.copy(copied, at, size);
          at += dyStep; copied += size;
        }
        gradient<T>(r, run, packed, x + <usize>first * xStep + <usize>i * lanes<T>(), target, count, size, xStep, 1, 0, 0, pass > 0);
      }
    }
  }
}
