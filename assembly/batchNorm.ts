/**
 * BatchNorm2d in PyTorch's meaning: normalise with the biased variance, move the running variance by the unbiased one. All of it
 * is computed in float64: over few values per channel it magnifies every rounding before it. `saved` holds mean,
 * 1 / sqrt(var + eps), scale and shift of y = x * scale + shift, [channels] doubles each. Sums are taken slice by slice of the
 * blocks, whose number does not depend on that of threads: a thread reads what it has computed itself, and what it has not comes from
 * another core's cache several times as slowly. Two channels go side by side, since they share a cache line. Of a few images two channels
 * of one image are a vector.
 */
import { channelPair, clearAbsent, loadChannels, storeChannels } from './imageLanes';
import { fewImages, lanes, loadPair, pairMask, readAhead, share, storePair, total } from './simd';

/** Bytes of a thread's channels whose pixels are summed up channel by channel while they are in the cache. */
const CHUNK_BYTES: i32 = 131072;

/** Bytes of the sums of a pair of channels: two vectors each. */
const SUM_BYTES: usize = 64;

// @ts-ignore: decorator
@inline
function double(at: usize, i: i32): f64 {
  return load<f64>(at + <usize>i * 8);
}

/** Bytes from a pair's first channel to its second; the partner of a last odd channel is that channel itself. */
// @ts-ignore: decorator
@inline
function nextChannel<T>(pair: i32, channels: i32): usize {
  return 2 * pair + 1 < channels ? lanes<T>() : 0;
}

// @ts-ignore: decorator
@inline
function sum4(a: v128, b: v128, c: v128, d: v128): v128 {
  return f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
}

// @ts-ignore: decorator
@inline
function squares4(a: v128, b: v128, c: v128, d: v128): v128 {
  return sum4(f64x2.mul(a, a), f64x2.mul(b, b), f64x2.mul(c, c), f64x2.mul(d, d));
}

/** Adds a pair of channels of `count` pixels to its sums and sums of squares. */
function addStatistics<T>(sums: usize, p: usize, next: usize, step: usize, count: i32, images: i32, block: i32): void {
  const m0 = pairMask(images, block, 0), m1 = pairMask(images, block, 1);
  const m2 = pairMask(images, block, 2), m3 = pairMask(images, block, 3);
  let sumA = v128.load(sums), squaresA = v128.load(sums, 16), sumB = v128.load(sums, 32), squaresB = v128.load(sums, 48);
  for (; count > 0; count--) {
    const a0 = v128.and(loadPair<T>(p, 0), m0), a1 = v128.and(loadPair<T>(p, 1), m1);
    const a2 = v128.and(loadPair<T>(p, 2), m2), a3 = v128.and(loadPair<T>(p, 3), m3);
    sumA = f64x2.add(sumA, sum4(a0, a1, a2, a3));
    squaresA = f64x2.add(squaresA, squares4(a0, a1, a2, a3));
    const q = p + next;
    const b0 = v128.and(loadPair<T>(q, 0), m0), b1 = v128.and(loadPair<T>(q, 1), m1);
    const b2 = v128.and(loadPair<T>(q, 2), m2), b3 = v128.and(loadPair<T>(q, 3), m3);
    sumB = f64x2.add(sumB, sum4(b0, b1, b2, b3));
    squaresB = f64x2.add(squaresB, squares4(b0, b1, b2, b3));
    p += step;
  }
  v128.store(sums, sumA); v128.store(sums, squaresA, 16); v128.store(sums, sumB, 32); v128.store(sums, squaresB, 48);
}

/** The first of two doubles in each of a pair's sums, which lie 32 bytes apart. */
// @ts-ignore: decorator
@inline
function loadSums(at: usize): v128 {
  return v128.load64_lane(at + 32, v128.load64_zero(at), 1);
}

// @ts-ignore: decorator
@inline
function storeSums(at: usize, values: v128): void {
  v128.store64_lane(at, values, 0);
  v128.store64_lane(at + 32, values, 1);
}

/** addStatistics of a few images. */
function addImageStatistics<T>(sums: usize, p: usize, next: usize, step: usize, count: i32): void {
  let sum = loadSums(sums), squares = loadSums(sums + 16);
  for (let n = 0; n < fewImages; n++) {
    let at = p + <usize>n * sizeof<T>();
    for (let i = count; i > 0; i--) {
      const x = loadChannels<T>(at, next);
      sum = f64x2.add(sum, x);
      squares = f64x2.add(squares, f64x2.mul(x, x));
      at += step;
    }
  }
  storeSums(sums, sum);
  storeSums(sums + 16, squares);
}

/** Slice `slice` of `slices` of the sums of x and of x * x of pairs from..to, [pair][2][2][2 lanes]. */
function statisticsOfSlice<T>(
  x: usize, sums: usize, blocks: i32, pixels: i32, channels: i32, images: i32, slice: i32, slices: i32, from: i32, to: i32,
): void {
  const step = <usize>channels * lanes<T>();
  const first = <usize>(2 * from) * lanes<T>(), width = <usize>(min(2 * to, channels) - 2 * from) * lanes<T>();
  const rows = max(1, CHUNK_BYTES / <i32>width);
  const end = share(blocks, slice + 1, slices);
  memory.fill(sums + <usize>from * SUM_BYTES, 0, <usize>(to - from) * SUM_BYTES);
  for (let block = share(blocks, slice, slices); block < end; block++) {
    for (let row = 0; row < pixels; row += rows) {
      const some = min(rows, pixels - row);
      const p = x + <usize>(block * pixels + row) * step;
      readAhead(p + first, width, some, step);
      for (let pair = from; pair < to; pair++) {
        const own = sums + <usize>pair * SUM_BYTES, at = p + <usize>(2 * pair) * lanes<T>(), next = nextChannel<T>(pair, channels);
        if (fewImages > 0) addImageStatistics<T>(own, at, next, step, some);
        else addStatistics<T>(own, at, next, step, some, images, block);
      }
    }
  }
}

/** Sums of x and of x * x, [slice][pair] of SUM_BYTES, of slices of the blocks, for batchNormStatistics. */
export function batchNormSums<T>(
  x: usize, sums: usize, blocks: i32, pixels: i32, channels: i32, images: i32, slices: i32, thread: i32, threads: i32,
): void {
  const pairs = (channels + 1) / 2;
  const from = share(slices * pairs, thread, threads), to = share(slices * pairs, thread + 1, threads);
  if (from === to) return;
  for (let slice = from / pairs; slice * pairs < to; slice++) {
    statisticsOfSlice<T>(
      x, sums + <usize>(slice * pairs) * SUM_BYTES, blocks, pixels, channels, images, slice, slices, max(0, from - slice * pairs),
      min(pairs, to - slice * pairs),
    );
  }
}

/** The sum of a channel over slices and lanes; `at` is its place in the first slice. */
// @ts-ignore: decorator
@inline
function sumOfSlices(at: usize, pairs: i32, slices: i32): f64 {
  let sum = v128.load(at);
  for (let slice = 1; slice < slices; slice++) sum = f64x2.add(sum, v128.load(at + <usize>(slice * pairs) * SUM_BYTES));
  return total(sum);
}

export function batchNormStatistics<T>(
  sums: usize, weight: usize, bias: usize, runningMean: usize, runningVar: usize, saved: usize, pixels: i32, channels: i32, images: i32,
  slices: i32, eps: f32, momentum: f32, thread: i32, threads: i32,
): void {
  const count = <f64>images * <f64>pixels;
  const pairs = (channels + 1) / 2;
  const to = min(channels, 2 * share(pairs, thread + 1, threads));
  for (let c = 2 * share(pairs, thread, threads); c < to; c++) {
    const at = <usize>c * sizeof<T>(), own = sums + <usize>c * (SUM_BYTES / 2);
    const mean = sumOfSlices(own, pairs, slices) / count;
    const squares = max<f64>(0, sumOfSlices(own + 16, pairs, slices) - count * mean * mean);
    writeSaved(saved, c, channels, mean, squares / count, <f64>eps, <f64>load<T>(weight + at), <f64>load<T>(bias + at));
    const unbiased = count > 1 ? squares / (count - 1) : <f64>NaN;
    const rest = 1 - <f64>momentum;
    store<T>(runningMean + at, <T>(rest * <f64>load<T>(runningMean + at) + <f64>momentum * mean));
    store<T>(runningVar + at, <T>(rest * <f64>load<T>(runningVar + at) + <f64>momentum * unbiased));
  }
}

function writeSaved(saved: usize, c: i32, channels: i32, mean: f64, variance: f64, eps: f64, weight: f64, bias: f64): void {
  const inverse = 1 / Math.sqrt(variance + eps);
  const scale = weight * inverse;
  const at = saved + <usize>c * 8, field = <usize>channels * 8;
  store<f64>(at, mean);
  store<f64>(at + field, inverse);
  store<f64>(at + 2 * field, scale);
  store<f64>(at + 3 * field, bias - mean * scale);
}

export function batchNormRunning<T>(
  weight: usize, bias: usize, runningMean: usize, runningVar: usize, saved: usize, channels: i32, eps: f32,
  thread: i32, threads: i32,
): void {
  if (thread > 0) return;
  for (let c = 0; c < channels; c++) {
    const at = <usize>c * sizeof<T>();
    writeSaved(
      saved, c, channels, <f64>load<T>(runningMean + at), <f64>load<T>(runningVar + at), <f64>eps,
      <f64>load<T>(weight + at), <f64>load<T>(bias + at),
    );
  }
}

/** The doubles of a pair of channels, of which the second may be missing. */
// @ts-ignore: decorator
@inline
function doubles(at: usize, next: usize): v128 {
  return next ? v128.load(at) : v128.load64_splat(at);
}

/** Pixels from..to of batchNormApply, of a few images. */
function applyToImages<T>(x: usize, saved: usize, y: usize, channels: i32, least: v128, from: i32, to: i32): void {
  const field = <usize>channels * 8, pairs = (channels + 1) / 2;
  let p = <usize>(from * channels) * lanes<T>();
  for (let unit = from; unit < to; unit++) {
    let at = saved + 2 * field;
    for (let pair = 0; pair < pairs; pair++) {
      const next = nextChannel<T>(pair, channels);
      const scale = doubles(at, next), shift = doubles(at + field, next);
      clearAbsent<T>(y + p);
      if (next) clearAbsent<T>(y + p + next);
      for (let n = 0; n < fewImages; n++) {
        const q = p + <usize>n * sizeof<T>();
        const value = f64x2.add(f64x2.mul(loadChannels<T>(x + q, next), scale), shift);
        storeChannels<T>(y + q, next, f64x2.pmax(value, least));
      }
      p += lanes<T>() + next;
      at += 16;
    }
  }
}

export function batchNormApply<T>(
  x: usize, saved: usize, y: usize, blocks: i32, pixels: i32, channels: i32, relu: i32, thread: i32, threads: i32,
): void {
  const units = blocks * pixels;
  const from = share(units, thread, threads), to = share(units, thread + 1, threads);
  const field = <usize>channels * 8;
  const least = relu ? f64x2.splat(0) : f64x2.splat(-Infinity);
  if (fewImages > 0) {
    applyToImages<T>(x, saved, y, channels, least, from, to);
    return;
  }
  let p = <usize>(from * channels) * lanes<T>();
  for (let unit = from; unit < to; unit++) {
    for (let at = saved + 2 * field; at < saved + 3 * field; at += 8) {
      const scale = v128.load64_splat(at), shift = v128.load64_splat(at + field);
      for (let pair: usize = 0; pair < 4; pair++) {
        storePair<T>(y + p, pair, f64x2.pmax(f64x2.add(f64x2.mul(loadPair<T>(x + p, pair), scale), shift), least));
      }
      p += lanes<T>();
    }
  }
}

/** dy where the fused ReLU let the value through; `y` 0 means that there is none. */
// @ts-ignore: decorator
@inline
export function through<T>(dy: usize, y: usize, at: usize, pair: usize): v128 {
  if (!y) return loadPair<T>(dy + at, pair);
  if (sizeof<T>() === 4) {
    const stopped = f32x4.le(v128.load64_zero(y + at + pair * 8), f32x4.splat(0));
    return f64x2.promote_low_f32x4(v128.andnot(v128.load64_zero(dy + at + pair * 8), stopped));
  }
  return v128.andnot(loadPair<T>(dy + at, pair), f64x2.le(loadPair<T>(y + at, pair), f64x2.splat(0)));
}

/** `through` of two channels of one image. */
// @ts-ignore: decorator
@inline
function throughChannels<T>(dy: usize, y: usize, at: usize, next: usize): v128 {
  let pair = channelPair<T>(dy + at, next);
  if (y) pair = v128.andnot(pair, v128.le<T>(channelPair<T>(y + at, next), v128.splat<T>(0)));
  return sizeof<T>() === 4 ? f64x2.promote_low_f32x4(pair) : pair;
}

/** addGradients of a few images. */
function addImageGradients<T>(sums: usize, dy: usize, x: usize, y: usize, p: usize, next: usize, step: usize, count: i32): void {
  let sum = loadSums(sums), product = loadSums(sums + 16);
  for (let n = 0; n < fewImages; n++) {
    let at = p + <usize>n * sizeof<T>();
    for (let i = count; i > 0; i--) {
      const gradient = throughChannels<T>(dy, y, at, next);
      sum = f64x2.add(sum, gradient);
      product = f64x2.add(product, f64x2.mul(gradient, loadChannels<T>(x + at, next)));
      at += step;
    }
  }
  storeSums(sums, sum);
  storeSums(sums + 16, product);
}

/** Adds a pair of channels of `count` pixels to its sums of dy and of dy * x. The gradient of missing images is 0. */
function addGradients<T>(sums: usize, dy: usize, x: usize, y: usize, p: usize, next: usize, step: usize, count: i32): void {
  let sumA = v128.load(sums), productA = v128.load(sums, 16), sumB = v128.load(sums, 32), productB = v128.load(sums, 48);
  for (; count > 0; count--) {
    for (let half: usize = 0; half < 4; half += 2) {
      const a0 = through<T>(dy, y, p, half), a1 = through<T>(dy, y, p, half + 1);
      sumA = f64x2.add(sumA, f64x2.add(a0, a1));
      productA = f64x2.add(
        productA,
        f64x2.add(f64x2.mul(a0, loadPair<T>(x + p, half)), f64x2.mul(a1, loadPair<T>(x + p, half + 1))),
      );
      const q = p + next;
      const b0 = through<T>(dy, y, q, half), b1 = through<T>(dy, y, q, half + 1);
      sumB = f64x2.add(sumB, f64x2.add(b0, b1));
      productB = f64x2.add(
        productB,
        f64x2.add(f64x2.mul(b0, loadPair<T>(x + q, half)), f64x2.mul(b1, loadPair<T>(x + q, half + 1))),
      );
    }
    p += step;
  }
  v128.store(sums, sumA); v128.store(sums, productA, 16); v128.store(sums, sumB, 32); v128.store(sums, productB, 48);
}

/** Slice `slice` of `slices` of the sums of dy and of dy * x of pairs from..to, as statisticsOfSlice lays them. */
function gradientsOfSlice<T>(
  dy: usize, x: usize, y: usize, sums: usize, blocks: i32, pixels: i32, channels: i32, slice: i32, slices: i32, from: i32, to: i32,
): void {
  const step = <usize>channels * lanes<T>();
  const first = <usize>(2 * from) * lanes<T>(), width = <usize>(min(2 * to, channels) - 2 * from) * lanes<T>();
  const rows = max(1, CHUNK_BYTES / (3 * <i32>width)), end = share(blocks, slice + 1, slices) * pixels;
  memory.fill(sums + <usize>from * SUM_BYTES, 0, <usize>(to - from) * SUM_BYTES);
  for (let row = share(blocks, slice, slices) * pixels; row < end; row += rows) {
    const some = min(rows, end - row);
    const p = <usize>row * step;
    readAhead(dy + p + first, width, some, step);
    readAhead(x + p + first, width, some, step);
    if (y) readAhead(y + p + first, width, some, step);
    for (let pair = from; pair < to; pair++) {
      const own = sums + <usize>pair * SUM_BYTES, at = p + <usize>(2 * pair) * lanes<T>(), next = nextChannel<T>(pair, channels);
      if (fewImages > 0) addImageGradients<T>(own, dy, x, y, at, next, step, some);
      else addGradients<T>(own, dy, x, y, at, next, step, some);
    }
  }
}

/** Sums of dy and of dy * x, as batchNormSums lays them, for batchNormFactors. */
export function batchNormGradientSums<T>(
  dy: usize, x: usize, y: usize, sums: usize, blocks: i32, pixels: i32, channels: i32, slices: i32, thread: i32, threads: i32,
): void {
  const pairs = (channels + 1) / 2;
  const from = share(slices * pairs, thread, threads), to = share(slices * pairs, thread + 1, threads);
  if (from === to) return;
  for (let slice = from / pairs; slice * pairs < to; slice++) {
    gradientsOfSlice<T>(
      dy, x, y, sums + <usize>(slice * pairs) * SUM_BYTES, blocks, pixels, channels, slice, slices, max(0, from - slice * pairs),
      min(pairs, to - slice * pairs),
    );
  }
}

export function batchNormFactors<T>(
  sums: usize, saved: usize, factors: usize, dWeight: usize, dBias: usize, pixels: i32, channels: i32, images: i32, slices: i32,
  thread: i32, threads: i32,
): void {
  const count = <f64>images * <f64>pixels;
  const pairs = (channels + 1) / 2;
  const to = min(channels, 2 * share(pairs, thread + 1, threads));
  for (let c = 2 * share(pairs, thread, threads); c < to; c++) {
    const at = <usize>c * sizeof<T>(), own = sums + <usize>c * (SUM_BYTES / 2);
    const mean = double(saved, c), inverse = double(saved, channels + c), scale = double(saved, 2 * channels + c);
    const sum = sumOfSlices(own, pairs, slices);
    const product = sumOfSlices(own + 16, pairs, slices) - mean * sum;
    store<T>(dBias + at, <T>sum);
    store<T>(dWeight + at, <T>(product * inverse));
    const slope = (product * inverse * inverse) / count;
    store<f64>(factors + <usize>c * 8, -slope * scale);
    store<f64>(factors + <usize>(channels + c) * 8, (mean * slope - sum / count) * scale);
  }
}

/** Pixels from..to of batchNormGradient, of a few images. */
function gradientOfImages<T>(
  dy: usize, x: usize, y: usize, saved: usize, factors: usize, dx: usize, channels: i32, from: i32, to: i32,
): void {
  const field = <usize>channels * 8, pairs = (channels + 1) / 2;
  let p = <usize>(from * channels) * lanes<T>();
  for (let unit = from; unit < to; unit++) {
    let at: usize = 0;
    for (let pair = 0; pair < pairs; pair++) {
      const next = nextChannel<T>(pair, channels);
      const scale = doubles(saved + 2 * field + at, next);
      clearAbsent<T>(dx + p);
      if (next) clearAbsent<T>(dx + p + next);
      for (let n = 0; n < fewImages; n++) {
        const q = p + <usize>n * sizeof<T>();
        let value = f64x2.mul(throughChannels<T>(dy, y, q, next), scale);
        if (factors) {
          const factor = doubles(factors + at, next), offset = doubles(factors + field + at, next);
          value = f64x2.add(value, f64x2.add(f64x2.mul(loadChannels<T>(x + q, next), factor), offset));
        }
        storeChannels<T>(dx + q, next, value);
      }
      p += lanes<T>() + next;
      at += 16;
    }
  }
}

/**
 * dx = dy * scale + x * factor + offset, with the last two from batchNormFactors; without them where `factors` is 0, since running
 * statistics do not depend on x.
 */
export function batchNormGradient<T>(
  dy: usize, x: usize, y: usize, saved: usize, factors: usize, dx: usize, blocks: i32, pixels: i32, channels: i32,
  images: i32, thread: i32, threads: i32,
): void {
  const units = blocks * pixels;
  const from = share(units, thread, threads), to = share(units, thread + 1, threads);
  const field = <usize>channels * 8;
  if (fewImages > 0) {
    gradientOfImages<T>(dy, x, y, saved, factors, dx, channels, from, to);
    return;
  }
  let p = <usize>(from * channels) * lanes<T>();
  for (let unit = from; unit < to; unit++) {
    const block = unit / pixels;
    const m0 = pairMask(images, block, 0), m1 = pairMask(images, block, 1);
    const m2 = pairMask(images, block, 2), m3 = pairMask(images, block, 3);
    for (let at: usize = 0; at < field; at += 8) {
      const scale = v128.load64_splat(saved + 2 * field + at);
      if (!factors) {
        storePair<T>(dx + p, 0, v128.and(f64x2.mul(through<T>(dy, y, p, 0), scale), m0));
        storePair<T>(dx + p, 1, v128.and(f64x2.mul(through<T>(dy, y, p, 1), scale), m1));
        storePair<T>(dx + p, 2, v128.and(f64x2.mul(through<T>(dy, y, p, 2), scale), m2));
        storePair<T>(dx + p, 3, v128.and(f64x2.mul(through<T>(dy, y, p, 3), scale), m3));
        p += lanes<T>();
        continue;
      }
      const factor = v128.load64_splat(factors + at), offset = v128.load64_splat(factors + field + at);
      storePair<T>(dx + p, 0, v128.and(inputGradient<T>(dy, x, y, p, 0, scale, factor, offset), m0));
      storePair<T>(dx + p, 1, v128.and(inputGradient<T>(dy, x, y, p, 1, scale, factor, offset), m1));
      storePair<T>(dx + p, 2, v128.and(inputGradient<T>(dy, x, y, p, 2, scale, factor, offset), m2));
      storePair<T>(dx + p, 3, v128.and(inputGradient<T>(dy, x, y, p, 3, scale, factor, offset), m3));
      p += lanes<T>();
    }
  }
}

// @ts-ignore: decorator
@inline
function inputGradient<T>(
  dy: usize, x: usize, y: usize, at: usize, pair: usize, scale: v128, factor: v128, offset: v128,
): v128 {
  const straight = f64x2.add(f64x2.mul(loadPair<T>(x + at, pair), factor), offset);
  return f64x2.add(f64x2.mul(through<T>(dy, y, at, pair), scale), straight);
}
