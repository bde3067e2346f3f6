/**
 * PyTorch's optimizers over flat arrays. `rest` is 1 - beta and `fresh` 1 - dampening, made in double
 * precision: 1 - 0.999 in float32 is off by 1e-5. Weights, gradients and state share one layout, whichever it is.
 */
import { scalars, SCALAR_decay, SCALAR_firstStep, SCALAR_gradientBound, SCALAR_gradientScale, SCALAR_learningRate, SCALAR_secondScale, SCALAR_stepSize } from './build/constants';
import { share } from './simd';

const NORM_CHUNK: i32 = 16384;

// @ts-ignore: decorator
@inline
function scalar<T>(index: i32): T {
  return <T>load<f64>(scalars + <usize>index * 8);
}

/** Tensors are padded to whole vectors, so that no kernel has a tail; the padding holds zeros and stays so. */
// @ts-ignore: decorator
@inline
function vectors<T>(count: i32): i32 {
  const length = 16 / <i32>sizeof<T>();
  return (count + length - 1) / length;
}

export function gradientNorm<T>(gradient: usize, count: i32, partials: usize, offset: i32, thread: i32, threads: i32): void {
  const chunks = (count + NORM_CHUNK - 1) / NORM_CHUNK;
  const from = share(chunks, thread, threads), to = share(chunks, thread + 1, threads);
  for (let chunk = from; chunk < to; chunk++) {
    const first = chunk * NORM_CHUNK, last = min(count, first + NORM_CHUNK);
    let total: f64 = 0;
    for (let i = first; i < last; i++) {
      const g = <f64>load<T>(gradient + <usize>i * sizeof<T>());
      total += g * g;
    }
    store<f64>(partials + <usize>(offset + chunk) * 8, total);
  }
}

export function clip<T>(partials: usize, chunks: i32, maxNorm: f32, thread: i32, threads: i32): void {
  if (thread > 0) return;
  let total: f64 = 0;
  for (let i = 0; i < chunks; i++) total += load<f64>(partials + <usize>i * 8);
  // PyTorch sums in float32: past its range the norm is infinite, and the gradients become 0.
  const norm = total > <f64>f32.MAX_VALUE ? <f64>Infinity : Math.sqrt(total);
  const scale = <f64>maxNorm / (norm + 1e-6);
  // PyTorch clamps by min(scale, 1), which lets NaN through.
  store<f64>(scalars + SCALAR_gradientScale * 8, scale > 1 ? 1 : scale);
}

/** Bytes of a gradient that stay in the level-1 cache between adjust and an optimizer. */
const PART: usize = 8192;

/** Whether gradients are scaled, held within bounds or joined by weight decay in this step. */
// @ts-ignore: decorator
@inline
function adjusts<T>(weightDecay: f32): bool {
  return weightDecay !== 0 || scalar<T>(SCALAR_gradientScale) !== <T>1 || scalar<T>(SCALAR_gradientBound) !== <T>Infinity;
}

/**
 * Scales gradients by their norm's factor, then holds them within the largest value, in place. NaN passes, as in torch.clamp: pmin and
 * pmax, one instruction each, give their first operand unless the other is beyond it. Then comes weight decay, if any: 0 times an infinite
 * weight would be NaN. It is a loop of its own, since with these constants those of Adam are more than the processor's registers.
 */
function adjust<T>(w: usize, g: usize, from: usize, to: usize, weightDecay: f32): void {
  const scale = v128.splat<T>(scalar<T>(SCALAR_gradientScale)), bound = v128.splat<T>(scalar<T>(SCALAR_gradientBound));
  const least = v128.neg<T>(bound), decay = v128.splat<T>(<T>weightDecay);
  for (let i = from; i < to; i += 16) {
    v128.store(g + i, v128.pmax<T>(v128.pmin<T>(v128.mul<T>(v128.load(g + i), scale), bound), least));
  }
  if (weightDecay === 0) return;
  for (let i = from; i < to; i += 16) {
    v128.store(g + i, v128.add<T>(v128.load(g + i), v128.mul<T>(v128.load(w + i), decay)));
  }
}

/**
 * What has decayed to next to nothing becomes 0: it moves no weight, and numbers below 1e-38 cost the processor a hundred times as much.
 * NaN stays.
 */
// @ts-ignore: decorator
@inline
function settled<T>(x: v128, least: v128): v128 {
  return sizeof<T>() === 4 ? v128.andnot(x, f32x4.lt(f32x4.abs(x), least)) : x;
}

/** Least mean of gradients, and least momentum. */
const LEAST_MEAN = 1e-30;
/** Least gradient whose square counts beside an eps of 1e-9, in float32. */
const LEAST_SQUARED = 1e-16;

/** LEAST_SQUARED, or 0 where eps does not hide what is less. */
// @ts-ignore: decorator
@inline
function leastSquared<T>(eps: f32): v128 {
  return v128.splat<T>(eps >= 1e-9 ? <T>LEAST_SQUARED : <T>0);
}

/** The mean of squares after one more value; `least` is of leastSquared. */
// @ts-ignore: decorator
@inline
function meanOfSquares<T>(before: v128, keeps: v128, value: v128, takes: v128, least: v128): v128 {
  const x = settled<T>(value, least);
  const mean = v128.add<T>(v128.mul<T>(before, keeps), v128.mul<T>(v128.mul<T>(x, x), takes));
  return settled<T>(mean, v128.mul<T>(least, least));
}

export function sgd<T>(
  w: usize, g: usize, velocity: usize, count: i32, momentum: f32, fresh: f32, nesterov: i32, weightDecay: f32,
  thread: i32, threads: i32,
): void {
  const n = vectors<T>(count);
  const from = <usize>share(n, thread, threads) * 16, to = <usize>share(n, thread + 1, threads) * 16;
  const isAdjusted = adjusts<T>(weightDecay), rate = v128.splat<T>(scalar<T>(SCALAR_learningRate));
  const mu = v128.splat<T>(<T>momentum), first = scalar<T>(SCALAR_firstStep) !== 0;
  const portion = v128.splat<T>(<T>fresh), least = v128.splat<T>(<T>LEAST_MEAN);
  for (let part = from; part < to; part += PART) {
    const end = min(to, part + PART);
    if (isAdjusted) adjust<T>(w, g, part, end, weightDecay);
    for (let i = part; i < end; i += 16) {
      const weight = v128.load(w + i);
      let step = v128.load(g + i);
      if (velocity) {
        const v = first ? step : settled<T>(v128.add<T>(v128.mul<T>(v128.load(velocity + i), mu), v128.mul<T>(step, portion)), least);
        v128.store(velocity + i, v);
        step = nesterov ? v128.add<T>(step, v128.mul<T>(v, mu)) : v;
      }
      v128.store(w + i, v128.sub<T>(weight, v128.mul<T>(step, rate)));
    }
  }
}

export function adam<T>(
  w: usize, g: usize, m: usize, v: usize, count: i32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, eps: f32, weightDecay: f32, decoupled: i32,
  thread: i32, threads: i32,
): void {
  const n = vectors<T>(count);
  const from = <usize>share(n, thread, threads) * 16, to = <usize>share(n, thread + 1, threads) * 16;
  // AdamW's weights shrink by themselves.
  const decay: f32 = decoupled ? 0 : weightDecay, isAdjusted = adjusts<T>(decay);
  const shrink = v128.splat<T>(decoupled ? scalar<T>(SCALAR_decay) : <T>1);
  const b1 = v128.splat<T>(<T>beta1), c1 = v128.splat<T>(<T>rest1), b2 = v128.splat<T>(<T>beta2), c2 = v128.splat<T>(<T>rest2);
  const stepSize = v128.splat<T>(scalar<T>(SCALAR_stepSize)), second = v128.splat<T>(scalar<T>(SCALAR_secondScale)), tiny = v128.splat<T>(<T>eps);
  const least = v128.splat<T>(<T>LEAST_MEAN), small = leastSquared<T>(eps);
  for (let part = from; part < to; part += PART) {
    const end = min(to, part + PART);
    if (isAdjusted) adjust<T>(w, g, part, end, decay);
    for (let i = part; i < end; i += 16) {
      const weight = v128.mul<T>(v128.load(w + i), shrink);
      const gradient = v128.load(g + i);
      const first = settled<T>(v128.add<T>(v128.mul<T>(v128.load(m + i), b1), v128.mul<T>(gradient, c1)), least);
      const square = meanOfSquares<T>(v128.load(v + i), b2, gradient, c2, small);
      v128.store(m + i, first);
      v128.store(v + i, square);
      const denominator = v128.add<T>(v128.mul<T>(v128.sqrt<T>(square), second), tiny);
      v128.store(w + i, v128.sub<T>(weight, v128.div<T>(v128.mul<T>(first, stepSize), denominator)));
    }
  }
}

/** `mean` is 0 unless centered, `buffer` is 0 without momentum. */
export function rmsprop<T>(
  w: usize, g: usize, square: usize, mean: usize, buffer: usize, count: i32, alpha: f32, rest: f32, eps: f32, momentum: f32,
  weightDecay: f32, thread: i32, threads: i32,
): void {
  const n = vectors<T>(count);
  const from = <usize>share(n, thread, threads) * 16, to = <usize>share(n, thread + 1, threads) * 16;
  const isAdjusted = adjusts<T>(weightDecay), rate = v128.splat<T>(scalar<T>(SCALAR_learningRate));
  const a = v128.splat<T>(<T>alpha), b = v128.splat<T>(<T>rest), tiny = v128.splat<T>(<T>eps), mu = v128.splat<T>(<T>momentum);
  const least = v128.splat<T>(<T>LEAST_MEAN), small = leastSquared<T>(eps);
  for (let part = from; part < to; part += PART) {
    const end = min(to, part + PART);
    if (isAdjusted) adjust<T>(w, g, part, end, weightDecay);
    for (let i = part; i < end; i += 16) {
      const weight = v128.load(w + i);
      const gradient = v128.load(g + i);
      const s = meanOfSquares<T>(v128.load(square + i), a, gradient, b, small);
      v128.store(square + i, s);
      let variance = s;
      if (mean) {
        const average = settled<T>(v128.add<T>(v128.mul<T>(v128.load(mean + i), a), v128.mul<T>(gradient, b)), small);
        v128.store(mean + i, average);
        variance = v128.sub<T>(s, v128.mul<T>(average, average));
      }
      let step = v128.div<T>(gradient, v128.add<T>(v128.sqrt<T>(variance), tiny));
      if (buffer) {
        step = settled<T>(v128.add<T>(v128.mul<T>(v128.load(buffer + i), mu), step), least);
        v128.store(buffer + i, step);
      }
      v128.store(w + i, v128.sub<T>(weight, v128.mul<T>(step, rate)));
    }
  }
}

export function adadelta<T>(
  w: usize, g: usize, square: usize, changes: usize, count: i32, rho: f32, rest: f32, eps: f32, weightDecay: f32,
  thread: i32, threads: i32,
): void {
  const n = vectors<T>(count);
  const from = <usize>share(n, thread, threads) * 16, to = <usize>share(n, thread + 1, threads) * 16;
  const isAdjusted = adjusts<T>(weightDecay), rate = v128.splat<T>(scalar<T>(SCALAR_learningRate));
  const a = v128.splat<T>(<T>rho), b = v128.splat<T>(<T>rest), tiny = v128.splat<T>(<T>eps);
  const small = leastSquared<T>(eps);
  for (let part = from; part < to; part += PART) {
    const end = min(to, part + PART);
    if (isAdjusted) adjust<T>(w, g, part, end, weightDecay);
    for (let i = part; i < end; i += 16) {
      const weight = v128.load(w + i), before = v128.load(changes + i);
      const gradient = v128.load(g + i);
      const s = meanOfSquares<T>(v128.load(square + i), a, gradient, b, small);
      const ratio = v128.div<T>(v128.sqrt<T>(v128.add<T>(before, tiny)), v128.sqrt<T>(v128.add<T>(s, tiny)));
      const change = v128.mul<T>(ratio, gradient);
      v128.store(square + i, s);
      v128.store(changes + i, meanOfSquares<T>(before, a, change, b, small));
      v128.store(w + i, v128.sub<T>(weight, v128.mul<T>(change, rate)));
    }
  }
}

export function adagrad<T>(
  w: usize, g: usize, sum: usize, count: i32, initial: f32, eps: f32, weightDecay: f32, thread: i32, threads: i32,
): void {
  const n = vectors<T>(count);
  const from = <usize>share(n, thread, threads) * 16, to = <usize>share(n, thread + 1, threads) * 16;
  const isAdjusted = adjusts<T>(weightDecay), rate = v128.splat<T>(scalar<T>(SCALAR_stepSize));
  const tiny = v128.splat<T>(<T>eps);
  const begin = v128.splat<T>(scalar<T>(SCALAR_firstStep) !== 0 ? <T>initial : <T>0);
  for (let part = from; part < to; part += PART) {
    const end = min(to, part + PART);
    if (isAdjusted) adjust<T>(w, g, part, end, weightDecay);
    for (let i = part; i < end; i += 16) {
      const weight = v128.load(w + i);
      const gradient = v128.load(g + i);
      const s = v128.add<T>(v128.add<T>(v128.load(sum + i), begin), v128.mul<T>(gradient, gradient));
      v128.store(sum + i, s);
      v128.store(w + i, v128.sub<T>(weight, v128.div<T>(v128.mul<T>(gradient, rate), v128.add<T>(v128.sqrt<T>(s), tiny))));
    }
  }
}

export function nadam<T>(
  w: usize, g: usize, m: usize, v: usize, count: i32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, eps: f32, weightDecay: f32,
  thread: i32, threads: i32,
): void {
  const n = vectors<T>(count);
  const from = <usize>share(n, thread, threads) * 16, to = <usize>share(n, thread + 1, threads) * 16;
  const isAdjusted = adjusts<T>(weightDecay);
  const b1 = v128.splat<T>(<T>beta1), c1 = v128.splat<T>(<T>rest1), b2 = v128.splat<T>(<T>beta2), c2 = v128.splat<T>(<T>rest2);
  const ofGradient = v128.splat<T>(scalar<T>(SCALAR_learningRate)), ofMean = v128.splat<T>(scalar<T>(SCALAR_stepSize));
  const second = v128.splat<T>(scalar<T>(SCALAR_secondScale)), tiny = v128.splat<T>(<T>eps);
  const least = v128.splat<T>(<T>LEAST_MEAN), small = leastSquared<T>(eps);
  for (let part = from; part < to; part += PART) {
    const end = min(to, part + PART);
    if (isAdjusted) adjust<T>(w, g, part, end, weightDecay);
    for (let i = part; i < end; i += 16) {
      const weight = v128.load(w + i);
      const gradient = v128.load(g + i);
      const first = settled<T>(v128.add<T>(v128.mul<T>(v128.load(m + i), b1), v128.mul<T>(gradient, c1)), least);
      const square = meanOfSquares<T>(v128.load(v + i), b2, gradient, c2, small);
      v128.store(m + i, first);
      v128.store(v + i, square);
      const denominator = v128.add<T>(v128.mul<T>(v128.sqrt<T>(square), second), tiny);
      const change = v128.add<T>(v128.mul<T>(gradient, ofGradient), v128.mul<T>(first, ofMean));
      v128.store(w + i, v128.sub<T>(weight, v128.div<T>(change, denominator)));
    }
  }
}
