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
  // Added to 1.5 * 2^23 a number is rounded to the nearest integer, which its last bits then are.
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504088896341)), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  const r = madd(n, f32x4.splat(2.12194440e-4), madd(n, f32x4.splat(-0.693359375), x));
  let p = madd(f32x4.splat(1.9875691500e-4), r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = madd(p, f32x4.mul(r, r), f32x4.add(r, f32x4.splat(1)));
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(127 << 23));
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

/**
 * Share of the normal distribution below x, of four values, where e = e^(-x^2 / 2). Below -|x| it is e times a polynomial of
 * t = 1 / (1 + p |x|), the form of Abramowitz and Stegun 7.1.26, with six coefficients fitted to an error of 5e-9.
 */
// @ts-ignore: decorator
@inline
function shareBelow(x: v128, e: v128): v128 {
  const one = f32x4.splat(1);
  const t = f32x4.div(one, madd(f32x4.splat(0.275), f32x4.abs(x), one));
  let p = madd(f32x4.splat(-0.11486827265138759), t, f32x4.splat(0.452039401234589));
  p = madd(p, t, f32x4.splat(-0.3310595782237746));
  p = madd(p, t, f32x4.splat(0.3339857424706627));
  p = madd(p, t, f32x4.splat(0.04209004442739803));
  p = madd(p, t, f32x4.splat(0.11781266736798758));
  const tail = f32x4.mul(e, f32x4.mul(t, p));
  return v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, f32x4.splat(0)));
}

/** The same in float64, by the series of src/model/layers/gelu.ts. */
function doubleShareBelow(x: v128, e: v128): v128 {
  const square = f64x2.mul(x, x), one = f64x2.splat(1), half = f64x2.splat(0.5), nine = f64x2.splat(9);
  // Beyond 9 the tail is below the rounding of 1.
  const isFar = f64x2.gt(f64x2.abs(x), nine);
  let term = v128.andnot(x, isFar), sum = term, before = f64x2.splat(0);
  for (let odd: f64 = 3; v128.any_true(f64x2.gt(f64x2.abs(sum), f64x2.abs(before))); odd += 2) {
    before = sum;
    term = f64x2.mul(term, f64x2.div(square, f64x2.splat(odd)));
    sum = f64x2.add(sum, term);
  }
  const near = f64x2.add(half, f64x2.mul(f64x2.mul(e, f64x2.splat(0.3989422804014327)), sum));
  return v128.bitselect(v128.and(one, f64x2.gt(x, f64x2.splat(0))), near, isFar);
}

// @ts-ignore: decorator
@inline
function halfSquareExp<T>(x: v128): v128 {
  return expOf<T>(v128.mul<T>(v128.mul<T>(x, x), v128.splat<T>(-0.5)));
}

// @ts-ignore: decorator
@inline
function shareOf<T>(x: v128, e: v128): v128 {
  return sizeof<T>() === 4 ? shareBelow(x, e) : doubleShareBelow(x, e);
}

// @ts-ignore: decorator
@inline
export function geluValue<T>(x: v128, setting: v128): v128 {
  return v128.mul<T>(x, shareOf<T>(x, halfSquareExp<T>(x)));
}

// @ts-ignore: decorator
@inline
export function geluSlope<T>(x: v128, setting: v128): v128 {
  const e = halfSquareExp<T>(x);
  // e / sqrt(2 pi) is the density.
  return v128.add<T>(shareOf<T>(x, e), v128.mul<T>(x, v128.mul<T>(e, v128.splat<T>(0.3989422804014327))));
}

// @ts-ignore: decorator
@inline
export function siluValue<T>(x: v128, setting: v128): v128 {
  return v128.mul<T>(x, sigmoidValue<T>(x, setting));
}

// @ts-ignore: decorator
@inline
export function siluSlope<T>(x: v128, setting: v128): v128 {
  const one = v128.splat<T>(1), s = sigmoidValue<T>(x, setting);
  return v128.mul<T>(s, v128.add<T>(one, v128.mul<T>(x, v128.sub<T>(one, s))));
}
