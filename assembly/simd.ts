/** Small building blocks that every kernel inlines. */

/** a * b + c; fused (one rounding) in the relaxed-SIMD build. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** First unit of thread `thread` when `total` units are split evenly over `threads`. */
// @ts-ignore: decorator
@inline
export function share(total: i32, thread: i32, threads: i32): i32 {
  return <i32>((<i64>total * <i64>thread) / <i64>threads);
}

/** First channel of panel `index`: `channels` are split into `panels` parts that differ by at most one, the larger first. */
// @ts-ignore: decorator
@inline
export function panelStart(index: i32, channels: i32, panels: i32): i32 {
  return index * (channels / panels) + min(index, channels % panels);
}

/** Lanes 0 and 1 as doubles. */
// @ts-ignore: decorator
@inline
export function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** Lanes 2 and 3 as doubles. */
// @ts-ignore: decorator
@inline
export function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 2, 3));
}

/** Two pairs of doubles as four floats. */
// @ts-ignore: decorator
@inline
export function narrowed(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 1, 4, 5);
}

/** Sum of a * b over eight lanes, as two doubles. Products of floats are exact in float64. */
// @ts-ignore: decorator
@inline
export function dot(a0: v128, a1: v128, b0: v128, b1: v128): v128 {
  const first = f64x2.add(f64x2.mul(low(a0), low(b0)), f64x2.mul(high(a0), high(b0)));
  return f64x2.add(first, f64x2.add(f64x2.mul(low(a1), low(b1)), f64x2.mul(high(a1), high(b1))));
}

// @ts-ignore: decorator
@inline
export function total(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

/** Eight float32 lanes summed into two float64 lanes. */
// @ts-ignore: decorator
@inline
export function widened(a: v128, b: v128): v128 {
  return f64x2.add(f64x2.add(low(a), low(b)), f64x2.add(high(a), high(b)));
}

/** 1 in the lanes of images that exist, 0 in the padding of a last, incomplete block of 8; `half` is 0 or 1. */
// @ts-ignore: decorator
@inline
export function laneMask(images: i32, block: i32, half: i32): v128 {
  const left = images - block * 8 - half * 4;
  return f32x4(left > 0 ? 1 : 0, left > 1 ? 1 : 0, left > 2 ? 1 : 0, left > 3 ? 1 : 0);
}

/** lowbias32 of model/random.ts on four values. */
// @ts-ignore: decorator
@inline
export function hash32x4(x: v128): v128 {
  x = v128.xor(x, i32x4.shr_u(x, 16));
  x = i32x4.mul(x, i32x4.splat(0x7feb352d));
  x = v128.xor(x, i32x4.shr_u(x, 15));
  x = i32x4.mul(x, i32x4.splat(0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}
