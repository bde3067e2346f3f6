/**
 * Max pooling of what an activation makes of a convolution, where it falls and then rises (src/model/layers: `course`). The largest of
 * its values over a window is that of the window's largest or smallest, so two are computed instead of four, and mostly none.
 */
import { valleyValue } from './build/activations';
import { biasAt, minus, tapMark, wins } from './pool';
import { lanes, share } from './simd';

/** All such functions rise from here on. */
const RISES: f64 = -0.75;

/**
 * As maximaOfRows, by the values of the activation of number `kind`. y gets what such a value is computed from: the activation follows,
 * on what is left.
 */
export function valleyMaximaOfRows<T>(
  upper: usize, lower: usize, y: usize, index: usize, count: i32, size: usize, from: usize, to: usize, bias: usize, kind: i32,
): void {
  const zero = v128.splat<T>(0), rises = v128.splat<T>(<T>RISES);
  // NaN where any value is, as in maximaOfRows.
  let all = zero;
  for (let i: usize = 0; i < <usize>count; i++) {
    const at = 2 * i * from, out = i * to;
    for (let c: usize = 0; c < size; c += 16) {
      const a = v128.load(upper + at + c), b = v128.load(upper + at + from + c);
      const d = v128.load(lower + at + c), e = v128.load(lower + at + from + c);
      const shift = bias ? biasAt<T>(bias, c) : zero;
      const most = v128.pmax<T>(v128.pmax<T>(a, b), v128.pmax<T>(d, e));
      const least = v128.pmin<T>(v128.pmin<T>(a, b), v128.pmin<T>(d, e));
      let best = most;
      const right = v128.add<T>(most, shift), left = v128.add<T>(least, shift);
      // At 0 and above the values are the largest, and no value lies left of the valley's ground where all are above it.
      const isOpen = v128.and(v128.lt<T>(right, zero), v128.lt<T>(left, rises));
      if (v128.any_true(isOpen)) {
        const isLeft = v128.gt<T>(valleyValue<T>(kind, left), valleyValue<T>(kind, right));
        best = v128.bitselect(least, most, v128.and(isOpen, isLeft));
      }
      v128.store(y + out + c, v128.add<T>(best, shift));
      all = v128.add<T>(all, v128.add<T>(v128.add<T>(a, b), v128.add<T>(d, e)));
      if (index) {
        const w = v128.ne<T>(a, best), v = v128.and(w, v128.ne<T>(b, best)), u = v128.and(v, v128.ne<T>(d, best));
        v128.store(index + out + c, minus<T>(minus<T>(minus<T>(zero, w), v), u));
      }
    }
  }
  if (v128.any_true(v128.ne<T>(all, all))) valleyMaximaWithNaN<T>(upper, lower, y, index, count, size, from, to, bias, kind);
}

/** As valleyMaximaOfRows, for rows with NaN in them: every value is computed. */
function valleyMaximaWithNaN<T>(
  upper: usize, lower: usize, y: usize, index: usize, count: i32, size: usize, from: usize, to: usize, bias: usize, kind: i32,
): void {
  for (let i = 0; i < count; i++) {
    for (let c: usize = 0; c < size; c += 16) {
      const shift = bias ? biasAt<T>(bias, c) : v128.splat<T>(0);
      let best = v128.add<T>(v128.load(upper + c), shift), value = valleyValue<T>(kind, best), which = tapMark<T>(0);
      for (let tap = 1; tap < 4; tap++) {
        const x = v128.add<T>(v128.load((tap < 2 ? upper : lower) + <usize>(tap & 1) * from + c), shift);
        const other = valleyValue<T>(kind, x), w = wins<T>(other, value);
        best = v128.bitselect(x, best, w);
        value = v128.bitselect(other, value, w);
        which = v128.bitselect(tapMark<T>(tap), which, w);
      }
      v128.store(y + c, best);
      if (index) v128.store(index + c, which);
    }
    upper += 2 * from; lower += 2 * from; y += to;
    if (index) index += to;
  }
}

/** The 2 x 2 windows of whole images. */
export function valleyPool<T>(
  x: usize, y: usize, index: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32, kind: i32,
  thread: i32, threads: i32,
): void {
  const to = share(blocks * outHeight, thread + 1, threads), pixel = <usize>channels * lanes<T>(), row = <usize>width * pixel;
  for (let unit = share(blocks * outHeight, thread, threads); unit < to; unit++) {
    const block = unit / outHeight, out = <usize>(unit * outWidth) * pixel;
    const upper = x + <usize>(block * height + (unit - block * outHeight) * 2) * row;
    valleyMaximaOfRows<T>(upper, upper + row, y + out, index ? index + out : 0, outWidth, pixel, pixel, pixel, 0, kind);
  }
}
