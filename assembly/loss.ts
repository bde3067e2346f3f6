/** Mean loss over ten logits, its gradient and the classes read; which loss it is, build/losses.ts knows. */
import { SCALAR_lossWeight, scalars } from './build/constants';
import { lossOf } from './build/losses';
import { argmax, at, CLASSES, d, z } from './losses';
import { lanes } from './simd';

export function loss<T>(
  logits: usize, labels: usize, gradient: usize, result: usize, predictions: usize, images: i32, blocks: i32, kind: i32,
  thread: i32, threads: i32,
): void {
  if (thread > 0) return;
  const weight = load<f64>(scalars + SCALAR_lossWeight * 8);
  let total: f64 = 0;
  let right = 0;
  for (let n = 0; n < blocks * 8; n++) {
    const place = <usize>((n >> 3) * CLASSES * 8 + (n & 7)) * sizeof<T>();
    if (n >= images) {
      if (gradient) for (let i = 0; i < CLASSES; i++) store<T>(gradient + place + <usize>i * lanes<T>(), 0);
      continue;
    }
    for (let i = 0; i < CLASSES; i++) store<f64>(z + <usize>i * 8, <f64>load<T>(logits + place + <usize>i * lanes<T>()));
    const best = argmax();
    const t = <i32>load<u8>(labels + n);
    total += lossOf(kind, t);
    if (best === t) right++;
    store<u8>(predictions + n, best);
    if (gradient) for (let i = 0; i < CLASSES; i++) store<T>(gradient + place + <usize>i * lanes<T>(), <T>(at(d, i) / weight));
  }
  store<f64>(result, total);
  store<i32>(result + 8, right);
}
