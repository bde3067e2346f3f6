/**
 * The activations of src/model/layers but ReLU, two functions of vectors each: `tanhValue` of x, and `tanhSlope`, its derivative, of x
 * or of what it gives, as the definition's slopeReads says. `setting` is what the function has besides x.
 */
import { madd } from './simd';

// @ts-ignore: decorator
@inline
function ofDoubles(x: v128, y0: f64, y1: f64): v128 {
  return f64x2.replace_lane(f64x2.replace_lane(x, 0, y0), 1, y1);
}

/** e^x for x < 88, of four values, as Cephes' expf; 0 below -88. */
// @ts-ignore: decorator
@inline
function exp(x: v128): v128 {
  // The maximum keeps NaN.
  x = f32x4.pmax(x, f32x4.splat(-88));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  const r = madd(n, f32x4.splat(2.12194440e-4), madd(n, f32x4.splat(-0.693359375), x));
  let p = madd(f32x4.splat(1.9875691500e-4), r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = madd(p, f32x4.mul(r, r), f32x4.add(r, f32x4.splat(1)));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** As Cephes has it: a polynomial near 0, elsewhere by exp. */
// @ts-ignore: decorator
@inline
export function tanhValue<T>(x: v128, setting: v128): v128 {
  if (sizeof<T>() === 8) {
    return ofDoubles(x, NativeMath.tanh(f64x2.extract_lane(x, 0)), NativeMath.tanh(f64x2.extract_lane(x, 1)));
  }
  const one = f32x4.splat(1), sign = i32x4.splat(0x80000000);
  // Beyond 9.1 it rounds to 1; the minimum keeps NaN.
  const a = f32x4.min(f32x4.abs(x), f32x4.splat(9.1));
  const e = exp(f32x4.add(a, a));
  const far = v128.or(f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(e, one))), v128.and(x, sign));
  const z = f32x4.mul(x, x);
  let p = madd(f32x4.splat(-5.70498872745e-3), z, f32x4.splat(2.06390887954e-2));
  p = madd(p, z, f32x4.splat(-5.37397155531e-2));
  p = madd(p, z, f32x4.splat(1.33314422036e-1));
  p = madd(p, z, f32x4.splat(-3.33332819422e-1));
  const near = madd(f32x4.mul(x, z), p, x);
  return v128.bitselect(near, far, f32x4.lt(a, f32x4.splat(0.625)));
}

// @ts-ignore: decorator
@inline
export function tanhSlope<T>(y: v128, setting: v128): v128 {
  return v128.sub<T>(v128.splat<T>(1), v128.mul<T>(y, y));
}

// @ts-ignore: decorator
@inline
function expOf<T>(x: v128): v128 {
  if (sizeof<T>() === 4) return exp(x);
  return ofDoubles(x, NativeMath.exp(f64x2.extract_lane(x, 0)), NativeMath.exp(f64x2.extract_lane(x, 1)));
}

/** By the exponential of -|x|, which overflows nowhere. */
// @ts-ignore: decorator
@inline
export function sigmoidValue<T>(x: v128, setting: v128): v128 {
  const one = v128.splat<T>(1), e = expOf<T>(v128.neg<T>(v128.abs<T>(x)));
  return v128.div<T>(v128.bitselect(e, one, v128.lt<T>(x, v128.splat<T>(0))), v128.add<T>(one, e));
}

// @ts-ignore: decorator
@inline
export function sigmoidSlope<T>(y: v128, setting: v128): v128 {
  return v128.mul<T>(y, v128.sub<T>(v128.splat<T>(1), y));
}

// @ts-ignore: decorator
@inline
export function leakyReluValue<T>(x: v128, setting: v128): v128 {
  return v128.bitselect(x, v128.mul<T>(x, setting), v128.gt<T>(x, v128.splat<T>(0)));
}

// @ts-ignore: decorator
@inline
export function leakyReluSlope<T>(y: v128, setting: v128): v128 {
  return v128.bitselect(v128.splat<T>(1), setting, v128.gt<T>(y, v128.splat<T>(0)));
}
