/** Loss over ten logits and its gradient, in double precision: 64 x 10 values cost nothing. Kinds as in model/runConfig.ts. */
import { lanes } from './simd';

const CLASSES: i32 = 10;
const CROSS_ENTROPY: i32 = 0;
const NLL_LOGITS: i32 = 2;
const NLL_SOFTMAX: i32 = 3;
const CROSS_ENTROPY_SOFTMAX: i32 = 4;

const z = memory.data(CLASSES * 8, 8);
const p = memory.data(CLASSES * 8, 8);
const q = memory.data(CLASSES * 8, 8);
const d = memory.data(CLASSES * 8, 8);

// @ts-ignore: decorator
@inline
function at(base: usize, i: i32): f64 {
  return load<f64>(base + <usize>i * 8);
}

/** Class of the logits in z, by the rule of torch.argmax: NaN is larger than any number, and of equals the first is taken. */
function argmax(): i32 {
  let best = 0;
  for (let i = 0; i < CLASSES; i++) {
    if (isNaN(at(z, i))) return i;
    if (at(z, i) > at(z, best)) best = i;
  }
  return best;
}

/** target = softmax(source); gives log of the sum of exponentials. */
function softmax(source: usize, target: usize): f64 {
  let top = at(source, 0), sum: f64 = 0;
  for (let i = 1; i < CLASSES; i++) top = Math.max(top, at(source, i));
  for (let i = 0; i < CLASSES; i++) {
    const e = Math.exp(at(source, i) - top);
    store<f64>(target + <usize>i * 8, e);
    sum += e;
  }
  for (let i = 0; i < CLASSES; i++) store<f64>(target + <usize>i * 8, at(target, i) / sum);
  return top + Math.log(sum);
}

/** Loss of the logits in z for class t, its gradient in d. */
function lossOf(kind: i32, t: i32, smoothing: f64): f64 {
  const logSum = softmax(z, p);
  let value: f64 = 0;
  if (kind === NLL_LOGITS) {
    for (let i = 0; i < CLASSES; i++) store<f64>(d + <usize>i * 8, i === t ? -1 : 0);
    return -at(z, t);
  }
  if (kind === NLL_SOFTMAX) {
    const pt = at(p, t);
    for (let i = 0; i < CLASSES; i++) store<f64>(d + <usize>i * 8, -pt * ((i === t ? <f64>1 : 0) - at(p, i)));
    return -pt;
  }
  if (kind === CROSS_ENTROPY_SOFTMAX) {
    value = softmax(p, q) - at(p, t);
    let dot: f64 = 0;
    for (let i = 0; i < CLASSES; i++) dot += (at(q, i) - (i === t ? <f64>1 : 0)) * at(p, i);
    for (let i = 0; i < CLASSES; i++) store<f64>(d + <usize>i * 8, at(p, i) * (at(q, i) - (i === t ? <f64>1 : 0) - dot));
    return value;
  }
  // Cross entropy; label smoothing mixes the target with the uniform distribution.
  const s = kind === CROSS_ENTROPY ? smoothing : 0;
  for (let i = 0; i < CLASSES; i++) {
    const target = (i === t ? 1 - s : 0) + s / <f64>CLASSES;
    if (target !== 0) value += target * (logSum - at(z, i));
    store<f64>(d + <usize>i * 8, at(p, i) - target);
  }
  return value;
}

export function loss<T>(
  logits: usize, labels: usize, gradient: usize, result: usize, predictions: usize, images: i32, blocks: i32, kind: i32,
  smoothing: f32, thread: i32, threads: i32,
): void {
  if (thread > 0) return;
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
    total += lossOf(kind, t, <f64>smoothing);
    if (best === t) right++;
    store<u8>(predictions + n, best);
    if (gradient) for (let i = 0; i < CLASSES; i++) store<T>(gradient + place + <usize>i * lanes<T>(), <T>(at(d, i) / <f64>images));
  }
  store<f64>(result, total);
  store<i32>(result + 8, right);
}
