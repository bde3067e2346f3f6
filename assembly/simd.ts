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

/** Eight float32 lanes summed into two float64 lanes. */
// @ts-ignore: decorator
@inline
export function widened(a: v128, b: v128): v128 {
  const low = f64x2.add(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b));
  const a2 = v128.shuffle<i32>(a, a, 2, 3, 2, 3), b2 = v128.shuffle<i32>(b, b, 2, 3, 2, 3);
  return f64x2.add(low, f64x2.add(f64x2.promote_low_f32x4(a2), f64x2.promote_low_f32x4(b2)));
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
