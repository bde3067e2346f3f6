/**
 * BatchNorm2d in PyTorch's meaning: normalise with the biased variance, move the running variance by the unbiased one. All of it
 * is computed in float64: over a few values per channel (ResNet-18 ends with one pixel) it magnifies every rounding before it.
 * `saved` holds mean, 1 / sqrt(var + eps), scale and shift of y = x * scale + shift, [channels] doubles each. A channel belongs to
 * one thread, so that its sums do not depend on the number of threads.
 */
import { dot, high, laneMask, low, narrowed, share, total, widened } from './simd';

/** All bits of the lanes whose image exists. */
// @ts-ignore: decorator
@inline
function laneBits(images: i32, block: i32, half: i32): v128 {
  return f32x4.gt(laneMask(images, block, half), f32x4.splat(0));
}

// @ts-ignore: decorator
@inline
function double(at: usize, i: i32): f64 {
  return load<f64>(at + <usize>i * 8);
}

export function batchNormStatistics(
  x: usize, weight: usize, bias: usize, runningMean: usize, runningVar: usize, saved: usize, blocks: i32, pixels: i32,
  channels: i32, images: i32, eps: f32, momentum: f32, thread: i32, threads: i32,
): void {
  const step = <usize>channels * 32;
  const count = <f64>images * <f64>pixels;
  // Two channels share a cache line.
  const pairs = (channels + 1) / 2;
  const from = share(pairs, thread, threads), to = share(pairs, thread + 1, threads);
  for (let pair = from; pair < to; pair++) {
    const c = pair * 2;
    // The partner of a last odd channel is that channel itself.
    const next = <usize>(c + 1 < channels ? 32 : 0);
    let sumA = f64x2.splat(0), squaresA = sumA, sumB = sumA, squaresB = sumA;
    for (let block = 0; block < blocks; block++) {
      const m0 = laneBits(images, block, 0), m1 = laneBits(images, block, 1);
      let p = x + <usize>(block * pixels) * step + <usize>c * 32;
      for (let i = pixels; i > 0; i--) {
        const a0 = v128.and(v128.load(p), m0), a1 = v128.and(v128.load(p, 16), m1);
        sumA = f64x2.add(sumA, widened(a0, a1));
        squaresA = f64x2.add(squaresA, dot(a0, a1, a0, a1));
        const b0 = v128.and(v128.load(p + next), m0), b1 = v128.and(v128.load(p + next, 16), m1);
        sumB = f64x2.add(sumB, widened(b0, b1));
        squaresB = f64x2.add(squaresB, dot(b0, b1, b0, b1));
        p += step;
      }
    }
    for (let partner = 0; partner < 2 && c + partner < channels; partner++) {
      const at = <usize>(c + partner) * 4;
      const mean = total(partner ? sumB : sumA) / count;
      const squares = max<f64>(0, total(partner ? squaresB : squaresA) - count * mean * mean);
      writeSaved(saved, c + partner, channels, mean, squares / count, <f64>eps, load<f32>(weight + at), load<f32>(bias + at));
      const unbiased = count > 1 ? squares / (count - 1) : <f64>NaN;
      store<f32>(runningMean + at, <f32>((1 - <f64>momentum) * <f64>load<f32>(runningMean + at) + <f64>momentum * mean));
      store<f32>(runningVar + at, <f32>((1 - <f64>momentum) * <f64>load<f32>(runningVar + at) + <f64>momentum * unbiased));
    }
  }
}

function writeSaved(saved: usize, c: i32, channels: i32, mean: f64, variance: f64, eps: f64, weight: f32, bias: f32): void {
  const inverse = 1 / Math.sqrt(variance + eps);
  const scale = <f64>weight * inverse;
  const at = saved + <usize>c * 8, field = <usize>channels * 8;
  store<f64>(at, mean);
  store<f64>(at + field, inverse);
  store<f64>(at + 2 * field, scale);
  store<f64>(at + 3 * field, <f64>bias - mean * scale);
}

export function batchNormRunning(
  weight: usize, bias: usize, runningMean: usize, runningVar: usize, saved: usize, channels: i32, eps: f32,
  thread: i32, threads: i32,
): void {
  if (thread > 0) return;
  for (let c = 0; c < channels; c++) {
    const at = <usize>c * 4;
    writeSaved(
      saved, c, channels, load<f32>(runningMean + at), load<f32>(runningVar + at), <f64>eps, load<f32>(weight + at), load<f32>(bias + at),
    );
  }
}

// @ts-ignore: decorator
@inline
function scaled(x: v128, scale: v128, shift: v128): v128 {
  return narrowed(f64x2.add(f64x2.mul(low(x), scale), shift), f64x2.add(f64x2.mul(high(x), scale), shift));
}

export function batchNormApply(
  x: usize, saved: usize, y: usize, blocks: i32, pixels: i32, channels: i32, relu: i32, thread: i32, threads: i32,
): void {
  const units = blocks * pixels;
  const from = share(units, thread, threads), to = share(units, thread + 1, threads);
  const field = <usize>channels * 8;
  const least = relu ? f32x4.splat(0) : f32x4.splat(-Infinity);
  let p = <usize>(from * channels) * 32;
  for (let unit = from; unit < to; unit++) {
    for (let at = saved + 2 * field; at < saved + 3 * field; at += 8) {
      const scale = v128.load64_splat(at), shift = v128.load64_splat(at + field);
      v128.store(y + p, f32x4.pmax(scaled(v128.load(x + p), scale, shift), least));
      v128.store(y + p, f32x4.pmax(scaled(v128.load(x + p, 16), scale, shift), least), 16);
      p += 32;
    }
  }
}

/** dy where the fused ReLU let the value through; `y` 0 means that there is none. */
// @ts-ignore: decorator
@inline
function through(dy: v128, y: usize, at: usize): v128 {
  return y ? v128.andnot(dy, f32x4.le(v128.load(y + at), f32x4.splat(0))) : dy;
}

export function batchNormGradientSums(
  dy: usize, x: usize, y: usize, saved: usize, sums: usize, dWeight: usize, dBias: usize, blocks: i32, pixels: i32,
  channels: i32, images: i32, thread: i32, threads: i32,
): void {
  const step = <usize>channels * 32;
  const count = <f64>images * <f64>pixels;
  const pairs = (channels + 1) / 2;
  const from = share(pairs, thread, threads), to = share(pairs, thread + 1, threads);
  for (let pair = from; pair < to; pair++) {
    const c = pair * 2;
    const next = <usize>(c + 1 < channels ? 32 : 0);
    let sumA = f64x2.splat(0), productA = sumA, sumB = sumA, productB = sumA;
    let p = <usize>c * 32;
    // The gradient of missing images is 0, so no mask is needed.
    for (let i = blocks * pixels; i > 0; i--) {
      const a0 = through(v128.load(dy + p), y, p), a1 = through(v128.load(dy + p, 16), y, p + 16);
      sumA = f64x2.add(sumA, widened(a0, a1));
      productA = f64x2.add(productA, dot(a0, a1, v128.load(x + p), v128.load(x + p, 16)));
      const q = p + next;
      const b0 = through(v128.load(dy + q), y, q), b1 = through(v128.load(dy + q, 16), y, q + 16);
      sumB = f64x2.add(sumB, widened(b0, b1));
      productB = f64x2.add(productB, dot(b0, b1, v128.load(x + q), v128.load(x + q, 16)));
      p += step;
    }
    for (let partner = 0; partner < 2 && c + partner < channels; partner++) {
      const channel = c + partner;
      const mean = double(saved, channel), inverse = double(saved, channels + channel), scale = double(saved, 2 * channels + channel);
      const sum = total(partner ? sumB : sumA);
      const product = total(partner ? productB : productA) - mean * sum;
      store<f32>(dBias + <usize>channel * 4, <f32>sum);
      store<f32>(dWeight + <usize>channel * 4, <f32>(product * inverse));
      const slope = (product * inverse * inverse) / count;
      store<f64>(sums + <usize>channel * 8, -slope * scale);
      store<f64>(sums + <usize>(channels + channel) * 8, (mean * slope - sum / count) * scale);
    }
  }
}

/** dx = dy * scale + x * factor + offset, with the last two from batchNormGradientSums. */
export function batchNormGradient(
  dy: usize, x: usize, y: usize, saved: usize, sums: usize, dx: usize, blocks: i32, pixels: i32, channels: i32,
  images: i32, thread: i32, threads: i32,
): void {
  const units = blocks * pixels;
  const from = share(units, thread, threads), to = share(units, thread + 1, threads);
  const field = <usize>channels * 8;
  let p = <usize>(from * channels) * 32;
  for (let unit = from; unit < to; unit++) {
    const block = unit / pixels;
    const m0 = laneBits(images, block, 0), m1 = laneBits(images, block, 1);
    for (let at: usize = 0; at < field; at += 8) {
      const scale = v128.load64_splat(saved + 2 * field + at);
      const factor = v128.load64_splat(sums + at), offset = v128.load64_splat(sums + field + at);
      const g0 = through(v128.load(dy + p), y, p), g1 = through(v128.load(dy + p, 16), y, p + 16);
      const x0 = v128.load(x + p), x1 = v128.load(x + p, 16);
      const d0 = narrowed(
        f64x2.add(f64x2.mul(low(g0), scale), f64x2.add(f64x2.mul(low(x0), factor), offset)),
        f64x2.add(f64x2.mul(high(g0), scale), f64x2.add(f64x2.mul(high(x0), factor), offset)),
      );
      const d1 = narrowed(
        f64x2.add(f64x2.mul(low(g1), scale), f64x2.add(f64x2.mul(low(x1), factor), offset)),
        f64x2.add(f64x2.mul(high(g1), scale), f64x2.add(f64x2.mul(high(x1), factor), offset)),
      );
      v128.store(dx + p, v128.and(d0, m0));
      v128.store(dx + p, v128.and(d1, m1), 16);
      p += 32;
    }
  }
}
