/**
 * BatchNorm2d in PyTorch's meaning: normalise with the biased variance, move the running variance by the unbiased one.
 * `saved` holds mean, 1 / sqrt(var + eps), weight / sqrt(var + eps) and bias, [channels] floats each. A channel belongs to one thread,
 * so that its sums do not depend on the number of threads.
 */
import { laneMask, madd, share, widened } from './simd';

/** Pixels that are summed in float32 before they go into a float64 sum, as PyTorch's are. */
const CHUNK: i32 = 8;

export function batchNormStatistics(
  x: usize, weight: usize, bias: usize, runningMean: usize, runningVar: usize, saved: usize, blocks: i32, pixels: i32,
  channels: i32, images: i32, eps: f32, momentum: f32, thread: i32, threads: i32,
): void {
  const step = <usize>channels * 32;
  const count = <f64>images * <f64>pixels;
  const from = share(channels, thread, threads), to = share(channels, thread + 1, threads);
  for (let c = from; c < to; c++) {
    const base = x + <usize>c * 32;
    let total: f64 = 0;
    for (let block = 0; block < blocks; block++) {
      const m0 = laneMask(images, block, 0), m1 = laneMask(images, block, 1);
      let p = base + <usize>(block * pixels) * step;
      let sum = f64x2.splat(0);
      for (let first = 0; first < pixels; first += CHUNK) {
        let s0 = f32x4.splat(0), s1 = s0;
        for (let i = min(CHUNK, pixels - first); i > 0; i--) {
          s0 = f32x4.add(s0, v128.load(p));
          s1 = f32x4.add(s1, v128.load(p, 16));
          p += step;
        }
        sum = f64x2.add(sum, widened(f32x4.mul(s0, m0), f32x4.mul(s1, m1)));
      }
      total += f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    }
    const mean = total / count;
    const mean4 = f32x4.splat(<f32>mean);
    let squares: f64 = 0;
    for (let block = 0; block < blocks; block++) {
      const m0 = laneMask(images, block, 0), m1 = laneMask(images, block, 1);
      let p = base + <usize>(block * pixels) * step;
      let sum = f64x2.splat(0);
      for (let first = 0; first < pixels; first += CHUNK) {
        let s0 = f32x4.splat(0), s1 = s0;
        for (let i = min(CHUNK, pixels - first); i > 0; i--) {
          const d0 = f32x4.sub(v128.load(p), mean4), d1 = f32x4.sub(v128.load(p, 16), mean4);
          s0 = f32x4.add(s0, f32x4.mul(d0, d0));
          s1 = f32x4.add(s1, f32x4.mul(d1, d1));
          p += step;
        }
        sum = f64x2.add(sum, widened(f32x4.mul(s0, m0), f32x4.mul(s1, m1)));
      }
      squares += f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    }
    const at = <usize>c * 4;
    writeSaved(saved, c, channels, mean, squares / count, <f64>eps, load<f32>(weight + at), load<f32>(bias + at));
    const unbiased = count > 1 ? squares / (count - 1) : <f64>NaN;
    store<f32>(runningMean + at, <f32>((1 - <f64>momentum) * <f64>load<f32>(runningMean + at) + <f64>momentum * mean));
    store<f32>(runningVar + at, <f32>((1 - <f64>momentum) * <f64>load<f32>(runningVar + at) + <f64>momentum * unbiased));
  }
}

function writeSaved(saved: usize, c: i32, channels: i32, mean: f64, variance: f64, eps: f64, weight: f32, bias: f32): void {
  const inverse = 1 / Math.sqrt(variance + eps);
  const scale = <f64>weight * inverse;
  const at = saved + <usize>c * 4, field = <usize>channels * 4;
  store<f32>(at, <f32>mean);
  store<f32>(at + field, <f32>inverse);
  store<f32>(at + 2 * field, <f32>scale);
  store<f32>(at + 3 * field, bias);
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

export function batchNormApply(
  x: usize, saved: usize, y: usize, blocks: i32, pixels: i32, channels: i32, relu: i32, thread: i32, threads: i32,
): void {
  const units = blocks * pixels;
  const from = share(units, thread, threads), to = share(units, thread + 1, threads);
  const field = <usize>channels * 4;
  const low = relu ? f32x4.splat(0) : f32x4.splat(-Infinity);
  let p = <usize>(from * channels) * 32;
  for (let unit = from; unit < to; unit++) {
    for (let at = saved; at < saved + field; at += 4) {
      // The mean is taken off first: x * scale - mean * scale would cancel where the mean is large.
      const mean = v128.load32_splat(at), scale = v128.load32_splat(at + 2 * field), shift = v128.load32_splat(at + 3 * field);
      v128.store(y + p, f32x4.pmax(madd(f32x4.sub(v128.load(x + p), mean), scale, shift), low));
      v128.store(y + p, f32x4.pmax(madd(f32x4.sub(v128.load(x + p, 16), mean), scale, shift), low), 16);
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
  const from = share(channels, thread, threads), to = share(channels, thread + 1, threads);
  for (let c = from; c < to; c++) {
    const at = <usize>c * 4;
    const mean = v128.load32_splat(saved + at);
    let total: f64 = 0, product: f64 = 0;
    for (let block = 0; block < blocks; block++) {
      let p = <usize>(block * pixels * channels + c) * 32;
      let sum = f64x2.splat(0), productSum = sum;
      for (let first = 0; first < pixels; first += CHUNK) {
        let s0 = f32x4.splat(0), s1 = s0, q0 = s0, q1 = s0;
        for (let i = min(CHUNK, pixels - first); i > 0; i--) {
          const g0 = through(v128.load(dy + p), y, p), g1 = through(v128.load(dy + p, 16), y, p + 16);
          s0 = f32x4.add(s0, g0);
          s1 = f32x4.add(s1, g1);
          q0 = f32x4.add(q0, f32x4.mul(g0, f32x4.sub(v128.load(x + p), mean)));
          q1 = f32x4.add(q1, f32x4.mul(g1, f32x4.sub(v128.load(x + p, 16), mean)));
          p += step;
        }
        // The gradient of missing images is 0, so no mask is needed.
        sum = f64x2.add(sum, widened(s0, s1));
        productSum = f64x2.add(productSum, widened(q0, q1));
      }
      total += f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
      product += f64x2.extract_lane(productSum, 0) + f64x2.extract_lane(productSum, 1);
    }
    const inverse = <f64>load<f32>(saved + <usize>channels * 4 + at);
    store<f32>(dBias + at, <f32>total);
    store<f32>(dWeight + at, <f32>(product * inverse));
    store<f32>(sums + at, <f32>(total / count));
    store<f32>(sums + <usize>channels * 4 + at, <f32>((product * inverse * inverse) / count));
  }
}

export function batchNormGradient(
  dy: usize, x: usize, y: usize, saved: usize, sums: usize, weight: usize, dx: usize, blocks: i32, pixels: i32, channels: i32,
  images: i32, thread: i32, threads: i32,
): void {
  const units = blocks * pixels;
  const from = share(units, thread, threads), to = share(units, thread + 1, threads);
  const field = <usize>channels * 4;
  let p = <usize>(from * channels) * 32;
  for (let unit = from; unit < to; unit++) {
    const block = unit / pixels;
    const m0 = laneMask(images, block, 0), m1 = laneMask(images, block, 1);
    for (let c = 0; c < channels; c++) {
      const at = <usize>c * 4;
      const mean = v128.load32_splat(saved + at), scale = v128.load32_splat(saved + 2 * field + at);
      const meanGradient = v128.load32_splat(sums + at), slope = v128.load32_splat(sums + field + at);
      const g0 = through(v128.load(dy + p), y, p), g1 = through(v128.load(dy + p, 16), y, p + 16);
      const d0 = f32x4.mul(f32x4.sub(v128.load(x + p), mean), slope), d1 = f32x4.mul(f32x4.sub(v128.load(x + p, 16), mean), slope);
      v128.store(dx + p, f32x4.mul(f32x4.mul(f32x4.sub(f32x4.sub(g0, meanGradient), d0), scale), m0));
      v128.store(dx + p, f32x4.mul(f32x4.mul(f32x4.sub(f32x4.sub(g1, meanGradient), d1), scale), m1), 16);
      p += 32;
    }
  }
}
