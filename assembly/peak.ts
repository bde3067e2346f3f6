/** The machine's ceiling for these kernels: multiply-adds on registers alone. */
import { madd } from './simd';

/** 12 independent chains of `steps` multiply-adds: 96 * steps floating-point operations. */
export function peak(steps: i32, factor: f32): f32 {
  const x = f32x4.splat(factor), y = f32x4.splat(1e-9);
  let a = x, b = f32x4.add(a, y), c = f32x4.add(b, y), d = f32x4.add(c, y), e = f32x4.add(d, y), f = f32x4.add(e, y);
  let g = f32x4.add(f, y), h = f32x4.add(g, y), i = f32x4.add(h, y), j = f32x4.add(i, y), k = f32x4.add(j, y), l = f32x4.add(k, y);
  for (; steps > 0; steps--) {
    a = madd(a, x, y); b = madd(b, x, y); c = madd(c, x, y); d = madd(d, x, y); e = madd(e, x, y); f = madd(f, x, y);
    g = madd(g, x, y); h = madd(h, x, y); i = madd(i, x, y); j = madd(j, x, y); k = madd(k, x, y); l = madd(l, x, y);
  }
  const s = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(e, f), f32x4.add(f32x4.add(g, h), f32x4.add(f32x4.add(i, j), f32x4.add(k, l)))));
  return f32x4.extract_lane(s, 0);
}
