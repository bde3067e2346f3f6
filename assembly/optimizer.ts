/**
 * PyTorch's optimizers over flat arrays. `rest` is 1 - beta and `fresh` 1 - dampening, made in double
 * precision: 1 - 0.999 in float32 is off by 1e-5. Weights, gradients and state share one layout, whichever it is.
 */
import { scalars, SCALAR_decay, SCALAR_firstStep, SCALAR_gradientScale, SCALAR_learningRate, SCALAR_secondScale, SCALAR_stepSize } from './build/constants';
import { share } from './simd';

const NORM_CHUNK: i32 = 16384;

// @ts-ignore: decorator
@inline
function scalar(index: i32): f32 {
  return load<f32>(scalars + <usize>index * 4);
}

/** Tensors are padded to whole vectors, so that no kernel has a tail; the padding holds zeros and stays so. */
// @ts-ignore: decorator
@inline
function vectors(count: i32): i32 {
  return (count + 3) / 4;
}

export function gradientNorm(gradient: usize, count: i32, partials: usize, thread: i32, threads: i32): void {
  const chunks = (count + NORM_CHUNK - 1) / NORM_CHUNK;
  const from = share(chunks, thread, threads), to = share(chunks, thread + 1, threads);
  for (let chunk = from; chunk < to; chunk++) {
    const first = chunk * NORM_CHUNK, last = min(count, first + NORM_CHUNK);
    let total: f64 = 0;
    for (let i = first; i < last; i++) {
      const g = <f64>load<f32>(gradient + <usize>i * 4);
      total += g * g;
    }
    store<f64>(partials + <usize>chunk * 8, total);
  }
}

export function clip(partials: usize, chunks: i32, maxNorm: f32, thread: i32, threads: i32): void {
  if (thread > 0) return;
  let total: f64 = 0;
  for (let i = 0; i < chunks; i++) total += load<f64>(partials + <usize>i * 8);
  const scale = <f64>maxNorm / (Math.sqrt(total) + 1e-6);
  // PyTorch clamps by min(scale, 1), which lets NaN through.
  store<f32>(scalars + SCALAR_gradientScale * 4, <f32>(scale > 1 ? 1 : scale));
}

export function sgd(
  w: usize, g: usize, velocity: usize, count: i32, momentum: f32, fresh: f32, nesterov: i32, weightDecay: f32,
  thread: i32, threads: i32,
): void {
  const n = vectors(count);
  const from = <usize>share(n, thread, threads) * 16, to = <usize>share(n, thread + 1, threads) * 16;
  const scale = f32x4.splat(scalar(SCALAR_gradientScale)), decay = f32x4.splat(weightDecay), rate = f32x4.splat(scalar(SCALAR_learningRate));
  const mu = f32x4.splat(momentum);
  const first = scalar(SCALAR_firstStep) !== 0;
  const portion = f32x4.splat(fresh);
  for (let i = from; i < to; i += 16) {
    const weight = v128.load(w + i);
    let step = f32x4.add(f32x4.mul(v128.load(g + i), scale), f32x4.mul(weight, decay));
    if (velocity) {
      const v = first ? step : f32x4.add(f32x4.mul(v128.load(velocity + i), mu), f32x4.mul(step, portion));
      v128.store(velocity + i, v);
      step = nesterov ? f32x4.add(step, f32x4.mul(v, mu)) : v;
    }
    v128.store(w + i, f32x4.sub(weight, f32x4.mul(step, rate)));
  }
}

export function adam(
  w: usize, g: usize, m: usize, v: usize, count: i32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, eps: f32, weightDecay: f32, decoupled: i32,
  thread: i32, threads: i32,
): void {
  const n = vectors(count);
  const from = <usize>share(n, thread, threads) * 16, to = <usize>share(n, thread + 1, threads) * 16;
  const scale = f32x4.splat(scalar(SCALAR_gradientScale));
  const decay = f32x4.splat(decoupled ? 0 : weightDecay), shrink = f32x4.splat(decoupled ? scalar(SCALAR_decay) : 1);
  const b1 = f32x4.splat(beta1), c1 = f32x4.splat(rest1), b2 = f32x4.splat(beta2), c2 = f32x4.splat(rest2);
  const stepSize = f32x4.splat(scalar(SCALAR_stepSize)), second = f32x4.splat(scalar(SCALAR_secondScale)), tiny = f32x4.splat(eps);
  for (let i = from; i < to; i += 16) {
    const weight = f32x4.mul(v128.load(w + i), shrink);
    const gradient = f32x4.add(f32x4.mul(v128.load(g + i), scale), f32x4.mul(weight, decay));
    const first = f32x4.add(f32x4.mul(v128.load(m + i), b1), f32x4.mul(gradient, c1));
    const square = f32x4.add(f32x4.mul(v128.load(v + i), b2), f32x4.mul(f32x4.mul(gradient, gradient), c2));
    v128.store(m + i, first);
    v128.store(v + i, square);
    const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(square), second), tiny);
    v128.store(w + i, f32x4.sub(weight, f32x4.div(f32x4.mul(first, stepSize), denominator)));
  }
}

/** `mean` is 0 unless centered, `buffer` is 0 without momentum. */
export function rmsprop(
  w: usize, g: usize, square: usize, mean: usize, buffer: usize, count: i32, alpha: f32, rest: f32, eps: f32, momentum: f32,
  weightDecay: f32, thread: i32, threads: i32,
): void {
  const n = vectors(count);
  const from = <usize>share(n, thread, threads) * 16, to = <usize>share(n, thread + 1, threads) * 16;
  const scale = f32x4.splat(scalar(SCALAR_gradientScale)), decay = f32x4.splat(weightDecay), rate = f32x4.splat(scalar(SCALAR_learningRate));
  const a = f32x4.splat(alpha), b = f32x4.splat(rest), tiny = f32x4.splat(eps), mu = f32x4.splat(momentum);
  for (let i = from; i < to; i += 16) {
    const weight = v128.load(w + i);
    const gradient = f32x4.add(f32x4.mul(v128.load(g + i), scale), f32x4.mul(weight, decay));
    const s = f32x4.add(f32x4.mul(v128.load(square + i), a), f32x4.mul(f32x4.mul(gradient, gradient), b));
    v128.store(square + i, s);
    let variance = s;
    if (mean) {
      const average = f32x4.add(f32x4.mul(v128.load(mean + i), a), f32x4.mul(gradient, b));
      v128.store(mean + i, average);
      variance = f32x4.sub(s, f32x4.mul(average, average));
    }
    let step = f32x4.div(gradient, f32x4.add(f32x4.sqrt(variance), tiny));
    if (buffer) {
      step = f32x4.add(f32x4.mul(v128.load(buffer + i), mu), step);
      v128.store(buffer + i, step);
    }
    v128.store(w + i, f32x4.sub(weight, f32x4.mul(step, rate)));
  }
}
