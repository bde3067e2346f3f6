/** Whether numbers are finite, before they pass through sums that would make NaN of an infinity. */
import { madd } from './simd';

/** Of `bytes` bytes of float32 values. 0 times what is not finite is NaN, which a sum keeps. */
export function isFinite(at: usize, bytes: usize): bool {
  const zero = f32x4.splat(0);
  let a = zero, b = zero, c = zero, d = zero;
  const end = at + bytes;
  for (; at + 64 <= end; at += 64) {
    a = madd(v128.load(at), zero, a);
    b = madd(v128.load(at, 16), zero, b);
    c = madd(v128.load(at, 32), zero, c);
    d = madd(v128.load(at, 48), zero, d);
  }
  for (; at < end; at += 4) a = madd(v128.load32_zero(at), zero, a);
  const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  return v128.all_true<i32>(f32x4.eq(sum, sum));
}

/** Whether a thread found what is not finite. */
export function anyFound(found: usize, threads: i32): bool {
  for (let i = 0; i < threads; i++) if (load<i32>(found + <usize>i * 4)) return true;
  return false;
}
