/**
 * The register tiles of build/tiles.ts with float64 sums, for networks that magnify rounding (src/engine/wasm/programs.ts says
 * which). Products of floats are exact in float64, so a value is rounded once, when it is stored.
 */
import { dot, high, low, narrowed, total } from './simd';

/** A third flag beside ACCUMULATE and RELU of build/tiles.ts, which imports this file. */
export const EXACT: i32 = 4;

export function exactProduct(
  r: i32, a: usize, b: usize, out: usize, count: i32, bStep: usize, outStep: usize, rows: i32, aRow: usize, bRow: usize,
  cols: i32, aCol: usize, bCol: usize, run: i32, bias: usize, accumulate: bool, relu: bool,
): void {
  const step = <usize>r * 4;
  const least = relu ? f32x4.splat(0) : f32x4.splat(-Infinity);
  for (let i = 0; i < count; i++) {
    for (let o: usize = 0; o < <usize>r; o++) {
      let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
      let ra = a + o * 4, rb = b;
      for (let row = rows; row > 0; row--) {
        let ca = ra, cb = rb;
        for (let col = cols; col > 0; col--) {
          let pa = ca, pb = cb;
          for (let k = run; k > 0; k--) {
            const w = f64x2.splat(<f64>load<f32>(pa));
            const v0 = v128.load(pb), v1 = v128.load(pb, 16);
            s0 = f64x2.add(s0, f64x2.mul(low(v0), w));
            s1 = f64x2.add(s1, f64x2.mul(high(v0), w));
            s2 = f64x2.add(s2, f64x2.mul(low(v1), w));
            s3 = f64x2.add(s3, f64x2.mul(high(v1), w));
            pa += step; pb += 32;
          }
          ca += aCol; cb += bCol;
        }
        ra += aRow; rb += bRow;
      }
      const target = out + o * 32;
      if (accumulate) {
        const t0 = v128.load(target), t1 = v128.load(target, 16);
        s0 = f64x2.add(s0, low(t0)); s1 = f64x2.add(s1, high(t0));
        s2 = f64x2.add(s2, low(t1)); s3 = f64x2.add(s3, high(t1));
      }
      if (bias) {
        const shift = f64x2.splat(<f64>load<f32>(bias + o * 4));
        s0 = f64x2.add(s0, shift); s1 = f64x2.add(s1, shift);
        s2 = f64x2.add(s2, shift); s3 = f64x2.add(s3, shift);
      }
      v128.store(target, f32x4.pmax(narrowed(s0, s1), least));
      v128.store(target, f32x4.pmax(narrowed(s2, s3), least), 16);
    }
    b += bStep; out += outStep;
  }
}

export function exactGradient(
  r: i32, inputs: i32, dy: usize, x: usize, dw: usize, rows: i32, dyRow: usize, xRow: usize, cols: i32, dyCol: usize,
  xCol: usize, accumulate: bool,
): void {
  for (let j = 0; j < inputs; j++) {
    for (let o: usize = 0; o < <usize>r; o++) {
      let sum = f64x2.splat(0);
      let rd = dy + o * 32, rx = x;
      for (let row = rows; row > 0; row--) {
        let pd = rd, px = rx;
        for (let col = cols; col > 0; col--) {
          sum = f64x2.add(sum, dot(v128.load(pd), v128.load(pd, 16), v128.load(px), v128.load(px, 16)));
          pd += dyCol; px += xCol;
        }
        rd += dyRow; rx += xRow;
      }
      const value = total(sum);
      store<f32>(dw, <f32>(accumulate ? <f64>load<f32>(dw) + value : value));
      dw += 4;
    }
    x += 32;
  }
}
