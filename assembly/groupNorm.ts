/**
 * GroupNorm in PyTorch's meaning, in float64 like BatchNorm. `saved` holds mean and 1 / sqrt(var + eps) of each group of each image,
 * [blocks][groups][2][8 images] doubles. The channels of a group lie side by side, so that a group of a pixel is one piece of memory.
 */
import { through } from './batchNorm';
import { lanes, loadPair, share, storePair, total } from './simd';

const SAVED_BYTES: usize = 128;

// @ts-ignore: decorator
@inline
function squared(x: v128): v128 {
  return f64x2.mul(x, x);
}

/** A parameter of a channel in both places. */
// @ts-ignore: decorator
@inline
function parameter<T>(values: usize, channel: i32): v128 {
  return f64x2.splat(<f64>load<T>(values + <usize>channel * sizeof<T>()));
}

/** Writes mean and 1 / sqrt(var + eps) of a group, whose first value is at `first`, for eight images. */
function writeSaved<T>(first: usize, saved: usize, pixels: i32, step: usize, width: usize, count: f64, eps: f64): void {
  const n = f64x2.splat(count);
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, p = first;
  for (let i = 0; i < pixels; i++) {
    for (let at: usize = 0; at < width; at += lanes<T>()) {
      s0 = f64x2.add(s0, loadPair<T>(p + at, 0)); s1 = f64x2.add(s1, loadPair<T>(p + at, 1));
      s2 = f64x2.add(s2, loadPair<T>(p + at, 2)); s3 = f64x2.add(s3, loadPair<T>(p + at, 3));
    }
    p += step;
  }
  const m0 = f64x2.div(s0, n), m1 = f64x2.div(s1, n), m2 = f64x2.div(s2, n), m3 = f64x2.div(s3, n);
  v128.store(saved, m0); v128.store(saved, m1, 16); v128.store(saved, m2, 32); v128.store(saved, m3, 48);
  s0 = f64x2.splat(0); s1 = s0; s2 = s0; s3 = s0; p = first;
  for (let i = 0; i < pixels; i++) {
    for (let at: usize = 0; at < width; at += lanes<T>()) {
      s0 = f64x2.add(s0, squared(f64x2.sub(loadPair<T>(p + at, 0), m0)));
      s1 = f64x2.add(s1, squared(f64x2.sub(loadPair<T>(p + at, 1), m1)));
      s2 = f64x2.add(s2, squared(f64x2.sub(loadPair<T>(p + at, 2), m2)));
      s3 = f64x2.add(s3, squared(f64x2.sub(loadPair<T>(p + at, 3), m3)));
    }
    p += step;
  }
  v128.store(saved, inverse(s0, n, eps), 64); v128.store(saved, inverse(s1, n, eps), 80);
  v128.store(saved, inverse(s2, n, eps), 96); v128.store(saved, inverse(s3, n, eps), 112);
}

// @ts-ignore: decorator
@inline
function inverse(squares: v128, count: v128, eps: f64): v128 {
  return f64x2.div(f64x2.splat(1), f64x2.sqrt(f64x2.add(f64x2.div(squares, count), f64x2.splat(eps))));
}

export function groupNorm<T>(
  x: usize, weight: usize, bias: usize, y: usize, saved: usize, blocks: i32, pixels: i32, channels: i32, groups: i32, eps: f32,
  relu: i32, thread: i32, threads: i32,
): void {
  const from = share(blocks * groups, thread, threads), to = share(blocks * groups, thread + 1, threads);
  const size = channels / groups;
  const step = <usize>channels * lanes<T>(), width = <usize>size * lanes<T>();
  const least = relu ? f64x2.splat(0) : f64x2.splat(-Infinity);
  for (let unit = from; unit < to; unit++) {
    const block = unit / groups, group = unit - block * groups;
    const first = <usize>(block * pixels) * step + <usize>group * width, own = saved + <usize>unit * SAVED_BYTES;
    writeSaved<T>(x + first, own, pixels, step, width, <f64>size * <f64>pixels, <f64>eps);
    for (let c = 0; c < size; c++) {
      const scale = parameter<T>(weight, group * size + c), shift = parameter<T>(bias, group * size + c);
      for (let pair: usize = 0; pair < 4; pair++) {
        const mean = v128.load(own + pair * 16), factor = f64x2.mul(v128.load(own + pair * 16, 64), scale);
        let p = first + <usize>c * lanes<T>();
        for (let i = 0; i < pixels; i++) {
          const value = f64x2.add(f64x2.mul(f64x2.sub(loadPair<T>(x + p, pair), mean), factor), shift);
          storePair<T>(y + p, pair, f64x2.pmax(value, least));
          p += step;
        }
      }
    }
  }
}

/**
 * Sums over slices of the batch of the gradients of weight and bias, [slice][channels] doubles, and dx unless that is 0: 1 / std *
 * (weight * dy - the group's mean of that - normalised * its mean of weight * dy * normalised). `y` is 0, or the output of the fused
 * ReLU. The gradient of missing images is 0. dx may be dy.
 */
export function groupNormGradient<T>(
  dy: usize, x: usize, y: usize, weight: usize, saved: usize, dx: usize, weightSums: usize, biasSums: usize, blocks: i32,
  pixels: i32, channels: i32, groups: i32, slices: i32, thread: i32, threads: i32,
): void {
  const from = share(slices * groups, thread, threads), to = share(slices * groups, thread + 1, threads);
  const size = channels / groups;
  const step = <usize>channels * lanes<T>(), width = <usize>size * lanes<T>();
  for (let unit = from; unit < to; unit++) {
    const slice = unit / groups, group = unit - slice * groups;
    const sums = <usize>(slice * channels + group * size) * 8;
    memory.fill(weightSums + sums, 0, <usize>size * 8);
    memory.fill(biasSums + sums, 0, <usize>size * 8);
    for (let block = share(blocks, slice, slices); block < share(blocks, slice + 1, slices); block++) {
      const first = <usize>(block * pixels) * step + <usize>group * width;
      const own = saved + <usize>(block * groups + group) * SAVED_BYTES;
      for (let pair: usize = 0; pair < 4; pair++) {
        pairGradient<T>(
          dy, x, y, weight, own + pair * 16, dx, weightSums + sums, biasSums + sums, first, pair, pixels, group * size, size, step,
        );
      }
    }
  }
}

/** Of two images of a group, whose first value is at `first`. */
function pairGradient<T>(
  dy: usize, x: usize, y: usize, weight: usize, saved: usize, dx: usize, weightSums: usize, biasSums: usize, first: usize,
  pair: usize, pixels: i32, channel: i32, size: i32, step: usize,
): void {
  const mean = v128.load(saved), inverseStd = v128.load(saved, 64);
  let shift = f64x2.splat(0), slope = shift;
  for (let c = 0; c < size; c++) {
    let sum = f64x2.splat(0), product = sum, p = first + <usize>c * lanes<T>();
    for (let i = 0; i < pixels; i++) {
      const gradient = through<T>(dy, y, p, pair);
      sum = f64x2.add(sum, gradient);
      product = f64x2.add(product, f64x2.mul(gradient, f64x2.sub(loadPair<T>(x + p, pair), mean)));
      p += step;
    }
    product = f64x2.mul(product, inverseStd);
    const at = <usize>c * 8, scale = parameter<T>(weight, channel + c);
    store<f64>(weightSums + at, load<f64>(weightSums + at) + total(product));
    store<f64>(biasSums + at, load<f64>(biasSums + at) + total(sum));
    shift = f64x2.add(shift, f64x2.mul(sum, scale));
    slope = f64x2.add(slope, f64x2.mul(product, scale));
  }
  if (!dx) return;
  // dx = dy * weight / std + x * factor + offset.
  const n = f64x2.splat(<f64>size * <f64>pixels);
  const factor = f64x2.neg(f64x2.mul(f64x2.div(slope, n), f64x2.mul(inverseStd, inverseStd)));
  const offset = f64x2.neg(f64x2.add(f64x2.mul(mean, factor), f64x2.mul(f64x2.div(shift, n), inverseStd)));
  for (let c = 0; c < size; c++) {
    const scale = f64x2.mul(parameter<T>(weight, channel + c), inverseStd);
    let p = first + <usize>c * lanes<T>();
    for (let i = 0; i < pixels; i++) {
      const straight = f64x2.add(f64x2.mul(loadPair<T>(x + p, pair), factor), offset);
      storePair<T>(dx + p, pair, f64x2.add(f64x2.mul(through<T>(dy, y, p, pair), scale), straight));
      p += step;
    }
  }
}
