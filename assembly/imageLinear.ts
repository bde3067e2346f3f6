/**
 * Linear layers of a few images: the weights, which are more than all else, pass once, in order, and nothing is transposed. A vector
 * holds up to four output features of a panel. float32 only.
 */
import { gather, lanesBelow, loadLanes, storeFirst, storeLanes, storeWeights } from './imageLanes';
import { fewImages, madd, panelStart, share, worker } from './simd';

/** Products that are summed in registers before they go into the running sum: see pieceLength of scripts/wasm/tiles.ts. */
const PIECE: i32 = 64;

/** Vectors of a panel. */
// @ts-ignore: decorator
@inline
function vectorsOf(outFeatures: i32, panels: i32): i32 {
  return panelStart(1, outFeatures, panels) > 4 ? 2 : 1;
}

/** First output feature of vector `i` of all panels, `vectors` each. */
// @ts-ignore: decorator
@inline
function vectorStart(i: i32, outFeatures: i32, panels: i32, vectors: i32): i32 {
  const panel = i / vectors;
  return panelStart(panel, outFeatures, panels) + (i - panel * vectors) * 4;
}

/** Features of a vector that begins at feature `start` of panel `panel`; 0 where the panel has no second one. */
// @ts-ignore: decorator
@inline
function vectorSize(start: i32, panel: i32, outFeatures: i32, panels: i32): i32 {
  return min(4, panelStart(panel + 1, outFeatures, panels) - start);
}

/** Bytes from an input's weights in a panel to the next one's. */
// @ts-ignore: decorator
@inline
function stepOf(panel: i32, outFeatures: i32, panels: i32): usize {
  return <usize>(panelStart(panel + 1, outFeatures, panels) - panelStart(panel, outFeatures, panels)) * 4;
}

/** Address of a vector's first weight. */
// @ts-ignore: decorator
@inline
function weightsAt(w: usize, start: i32, panel: i32, inFeatures: i32, outFeatures: i32, panels: i32): usize {
  const first = panelStart(panel, outFeatures, panels);
  return w + (<usize>first * <usize>inFeatures + <usize>(start - first)) * 4;
}

// @ts-ignore: decorator
@inline
function finish(sum: v128, bias: usize, start: i32, relu: i32): v128 {
  const value = bias ? f32x4.add(sum, v128.load(bias + <usize>start * 4)) : sum;
  return relu ? f32x4.pmax(value, f32x4.splat(0)) : value;
}

// @ts-ignore: decorator
@inline
function storeOutputs(y: usize, n: i32, start: i32, size: i32, value: v128): void {
  const at = y + <usize>start * 32 + <usize>n * 4;
  if (size <= 0) return;
  if (n === 0) storeFirst(at, value, size);
  else storeLanes(at, value, size);
}

/** As linearForward: four vectors at a time, of which the last may come several times. */
export function imageLinearForward(
  x: usize, w: usize, bias: usize, y: usize, inFeatures: i32, outFeatures: i32, panels: i32, relu: i32, thread: i32, threads: i32,
): void {
  const vectors = vectorsOf(outFeatures, panels);
  const from = share(panels, thread, threads) * vectors, to = share(panels, thread + 1, threads) * vectors;
  const zero = f32x4.splat(0);
  for (let i = from; i < to; i += 4) {
    const i1 = min(i + 1, to - 1), i2 = min(i + 2, to - 1), i3 = min(i + 3, to - 1);
    const p0 = i / vectors, p1 = i1 / vectors, p2 = i2 / vectors, p3 = i3 / vectors;
    const s0 = vectorStart(i, outFeatures, panels, vectors), s1 = vectorStart(i1, outFeatures, panels, vectors);
    const s2 = vectorStart(i2, outFeatures, panels, vectors), s3 = vectorStart(i3, outFeatures, panels, vectors);
    const step0 = stepOf(p0, outFeatures, panels), step1 = stepOf(p1, outFeatures, panels);
    const step2 = stepOf(p2, outFeatures, panels), step3 = stepOf(p3, outFeatures, panels);
    for (let n = 0; n < fewImages; n++) {
      let a0 = weightsAt(w, s0, p0, inFeatures, outFeatures, panels), a1 = weightsAt(w, s1, p1, inFeatures, outFeatures, panels);
      let a2 = weightsAt(w, s2, p2, inFeatures, outFeatures, panels), a3 = weightsAt(w, s3, p3, inFeatures, outFeatures, panels);
      let t0 = zero, t1 = zero, t2 = zero, t3 = zero, at = x + <usize>n * 4;
      for (let left = inFeatures; left > 0; left -= PIECE) {
        let c0 = zero, c1 = zero, c2 = zero, c3 = zero;
        for (let k = min(left, PIECE); k > 0; k--) {
          const value = v128.load32_splat(at);
          c0 = madd(v128.load(a0), value, c0);
          c1 = madd(v128.load(a1), value, c1);
          c2 = madd(v128.load(a2), value, c2);
          c3 = madd(v128.load(a3), value, c3);
          at += 32; a0 += step0; a1 += step1; a2 += step2; a3 += step3;
        }
        t0 = f32x4.add(t0, c0); t1 = f32x4.add(t1, c1); t2 = f32x4.add(t2, c2); t3 = f32x4.add(t3, c3);
      }
      storeOutputs(y, n, s0, vectorSize(s0, p0, outFeatures, panels), finish(t0, bias, s0, relu));
      storeOutputs(y, n, s1, vectorSize(s1, p1, outFeatures, panels), finish(t1, bias, s1, relu));
      storeOutputs(y, n, s2, vectorSize(s2, p2, outFeatures, panels), finish(t2, bias, s2, relu));
      storeOutputs(y, n, s3, vectorSize(s3, p3, outFeatures, panels), finish(t3, bias, s3, relu));
    }
  }
}

/** sums [count] of four lanes += the weights' vectors times d0..d3, of the lanes in the masks. */
function addProducts(
  sums: usize, count: i32, a0: usize, step0: usize, d0: v128, m0: v128, a1: usize, step1: usize, d1: v128, m1: v128, a2: usize,
  step2: usize, d2: v128, m2: v128, a3: usize, step3: usize, d3: v128, m3: v128,
): void {
  for (; count > 0; count--) {
    let sum = madd(v128.and(v128.load(a0), m0), d0, v128.load(sums));
    sum = madd(v128.and(v128.load(a1), m1), d1, sum);
    sum = madd(v128.and(v128.load(a2), m2), d2, sum);
    v128.store(sums, madd(v128.and(v128.load(a3), m3), d3, sum));
    a0 += step0; a1 += step1; a2 += step2; a3 += step3; sums += 16;
  }
}

/** As linearInputGradient; `scratch` has for each thread four sums of every input and image. */
export function imageLinearInputGradient(
  dy: usize, w: usize, dx: usize, inFeatures: i32, outFeatures: i32, panels: i32, inPanels: i32, scratch: usize, accumulate: i32,
  thread: i32, threads: i32,
): void {
  const from = panelStart(share(inPanels, thread, threads), inFeatures, inPanels);
  const count = panelStart(share(inPanels, thread + 1, threads), inFeatures, inPanels) - from;
  const vectors = vectorsOf(outFeatures, panels), all = panels * vectors, last = all - 1;
  const image = <usize>inFeatures * 16, sums = scratch + <usize>(worker * fewImages) * image;
  memory.fill(sums, 0, <usize>fewImages * image);
  for (let i = 0; i < all; i += 4) {
    const i1 = min(i + 1, last), i2 = min(i + 2, last), i3 = min(i + 3, last);
    const p0 = i / vectors, p1 = i1 / vectors, p2 = i2 / vectors, p3 = i3 / vectors;
    const s0 = vectorStart(i, outFeatures, panels, vectors), s1 = vectorStart(i1, outFeatures, panels, vectors);
    const s2 = vectorStart(i2, outFeatures, panels, vectors), s3 = vectorStart(i3, outFeatures, panels, vectors);
    const step0 = stepOf(p0, outFeatures, panels), step1 = stepOf(p1, outFeatures, panels);
    const step2 = stepOf(p2, outFeatures, panels), step3 = stepOf(p3, outFeatures, panels);
    const a0 = weightsAt(w, s0, p0, inFeatures, outFeatures, panels) + <usize>from * step0;
    const a1 = weightsAt(w, s1, p1, inFeatures, outFeatures, panels) + <usize>from * step1;
    const a2 = weightsAt(w, s2, p2, inFeatures, outFeatures, panels) + <usize>from * step2;
    const a3 = weightsAt(w, s3, p3, inFeatures, outFeatures, panels) + <usize>from * step3;
    // Vectors behind the last one have no lanes.
    const m0 = lanesBelow(vectorSize(s0, p0, outFeatures, panels));
    const m1 = lanesBelow(i + 1 > last ? 0 : vectorSize(s1, p1, outFeatures, panels));
    const m2 = lanesBelow(i + 2 > last ? 0 : vectorSize(s2, p2, outFeatures, panels));
    const m3 = lanesBelow(i + 3 > last ? 0 : vectorSize(s3, p3, outFeatures, panels));
    for (let n: usize = 0; n < <usize>fewImages; n++) {
      const at = dy + n * 4;
      addProducts(
        sums + n * image, count, a0, step0, v128.and(gather(at + <usize>s0 * 32), m0), m0, a1, step1,
        v128.and(gather(at + <usize>s1 * 32), m1), m1, a2, step2, v128.and(gather(at + <usize>s2 * 32), m2), m2, a3, step3,
        v128.and(gather(at + <usize>s3 * 32), m3), m3,
      );
    }
  }
  for (let n = 0; n < fewImages; n++) {
    let at = sums + <usize>n * image, target = dx + <usize>from * 32 + <usize>n * 4;
    for (let left = count; left > 0; left -= 4) {
      // The columns of four inputs' lanes; those behind the last input are left out.
      const r0 = v128.load(at), r1 = v128.load(at, 16), r2 = v128.load(at, 32), r3 = v128.load(at, 48);
      const ab = f32x4.add(v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), v128.shuffle<f32>(r0, r1, 2, 6, 3, 7));
      const cd = f32x4.add(v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), v128.shuffle<f32>(r2, r3, 2, 6, 3, 7));
      let sum = f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
      const size = min(4, left);
      if (accumulate) sum = f32x4.add(sum, loadLanes(target, size));
      if (n === 0 && !accumulate) storeFirst(target, sum, size);
      else storeLanes(target, sum, size);
      at += 64; target += 128;
    }
  }
}

/** The images of the four at `at` that exist, one after the other in every lane, times the gradients of each. */
// @ts-ignore: decorator
@inline
function productsOfImages(at: usize, images: v128, d0: v128, d1: v128, d2: v128, d3: v128): v128 {
  const x = v128.and(v128.load(at), images);
  let sum = f32x4.mul(v128.shuffle<f32>(x, x, 0, 0, 0, 0), d0);
  sum = madd(v128.shuffle<f32>(x, x, 1, 1, 1, 1), d1, sum);
  sum = madd(v128.shuffle<f32>(x, x, 2, 2, 2, 2), d2, sum);
  return madd(v128.shuffle<f32>(x, x, 3, 3, 3, 3), d3, sum);
}

/** As linearWeightGradient: the sum over images of the products of every input with every gradient. */
export function imageLinearWeightGradient(
  x: usize, dy: usize, dw: usize, inFeatures: i32, outFeatures: i32, panels: i32, thread: i32, threads: i32,
): void {
  const vectors = vectorsOf(outFeatures, panels), zero = f32x4.splat(0), images = lanesBelow(fewImages);
  const from = share(panels, thread, threads) * vectors;
  // From the last vector to the first, and in it from the first input to the last: what a store of fewer than four weights takes along
  // is written after it, except behind the last inputs.
  for (let i = share(panels, thread + 1, threads) * vectors - 1; i >= from; i--) {
    const panel = i / vectors, start = vectorStart(i, outFeatures, panels, vectors);
    const size = vectorSize(start, panel, outFeatures, panels);
    if (size <= 0) continue;
    const step = stepOf(panel, outFeatures, panels), at = dy + <usize>start * 32;
    let target = weightsAt(dw, start, panel, inFeatures, outFeatures, panels), input = x;
    const lastOnes = min(inFeatures, max(1, 16 / <i32>step - 1));
    const d0 = loadLanes(at, size);
    if (fewImages === 1) {
      for (let k = inFeatures; k > 0; k--) {
        const products = f32x4.mul(v128.load32_splat(input), d0);
        if (k > lastOnes) v128.store(target, products);
        else storeWeights(target, products, size, false);
        input += 32; target += step;
      }
      continue;
    }
    const d1 = loadLanes(at + 4, size), d2 = fewImages > 2 ? loadLanes(at + 8, size) : zero;
    const d3 = fewImages > 3 ? loadLanes(at + 12, size) : zero;
    for (let k = inFeatures; k > 0; k--) {
      const products = productsOfImages(input, images, d0, d1, d2, d3);
      if (k > lastOnes) v128.store(target, products);
      else storeWeights(target, products, size, false);
      input += 32; target += step;
    }
  }
}
