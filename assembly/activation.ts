/** Functions of single values and their gradients: those of activations.ts by their numbers. */
import { activationSlopes, activationValues, activationValuesAndSlopes } from './build/activations';
import { lanes, share } from './simd';

export function activation<T>(x: usize, y: usize, count: i32, kind: i32, setting: f32, thread: i32, threads: i32): void {
  const from = <usize>share(count / 8, thread, threads) * lanes<T>(), to = <usize>share(count / 8, thread + 1, threads) * lanes<T>();
  activationValues<T>(kind, x + from, y + from, to - from, v128.splat<T>(<T>setting));
}

export function activationWithSlope<T>(
  x: usize, y: usize, slope: usize, count: i32, kind: i32, setting: f32, thread: i32, threads: i32,
): void {
  const from = <usize>share(count / 8, thread, threads) * lanes<T>(), to = <usize>share(count / 8, thread + 1, threads) * lanes<T>();
  activationValuesAndSlopes<T>(kind, x + from, y + from, slope + from, to - from, v128.splat<T>(<T>setting));
}

export function activationGradient<T>(
  dy: usize, y: usize, dx: usize, count: i32, kind: i32, setting: f32, thread: i32, threads: i32,
): void {
  const from = <usize>share(count / 8, thread, threads) * lanes<T>(), to = <usize>share(count / 8, thread + 1, threads) * lanes<T>();
  activationSlopes<T>(kind, dy + from, y + from, dx + from, to - from, v128.splat<T>(<T>setting));
}
