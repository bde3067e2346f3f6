/** Functions of single values and their gradients: those of activations.ts by their numbers. */
import { activationSlope, activationValue } from './build/activations';
import { lanes, share } from './simd';

export function activation<T>(x: usize, y: usize, count: i32, kind: i32, thread: i32, threads: i32): void {
  const from = <usize>share(count / 8, thread, threads) * lanes<T>(), to = <usize>share(count / 8, thread + 1, threads) * lanes<T>();
  for (let i = from; i < to; i += 16) v128.store(y + i, activationValue<T>(kind, v128.load(x + i)));
}

export function activationGradient<T>(dy: usize, y: usize, dx: usize, count: i32, kind: i32, thread: i32, threads: i32): void {
  const from = <usize>share(count / 8, thread, threads) * lanes<T>(), to = <usize>share(count / 8, thread + 1, threads) * lanes<T>();
  for (let i = from; i < to; i += 16) {
    v128.store(dx + i, v128.mul<T>(v128.load(dy + i), activationSlope<T>(kind, v128.load(y + i))));
  }
}
