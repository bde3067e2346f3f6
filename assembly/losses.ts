/**
 * The losses of src/model/losses, each a function of its kind's name: the loss of the logits in z for class t, its gradient in d, in
 * double precision, since 64 x 10 values cost nothing. `setting` gives the kind's settings in the order of its fields.
 */
import { lossSettings } from './build/constants';

export const CLASSES: i32 = 10;

/** Logits, their softmax, softmax of that, gradient. */
export const z = memory.data(CLASSES * 8, 8);
const p = memory.data(CLASSES * 8, 8);
const q = memory.data(CLASSES * 8, 8);
export const d = memory.data(CLASSES * 8, 8);

// @ts-ignore: decorator
@inline
export function at(base: usize, i: i32): f64 {
  return load<f64>(base + <usize>i * 8);
}

// @ts-ignore: decorator
@inline
function put(base: usize, i: i32, value: f64): void {
  store<f64>(base + <usize>i * 8, value);
}

// @ts-ignore: decorator
@inline
function oneHot(i: i32, t: i32): f64 {
  return i === t ? 1 : 0;
}

/** Class of the logits in z, by the rule of torch.argmax: NaN is larger than any number, and of equals the first is taken. */
export function argmax(): i32 {
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
    put(target, i, e);
    sum += e;
  }
  for (let i = 0; i < CLASSES; i++) put(target, i, at(target, i) / sum);
  return top + Math.log(sum);
}

// @ts-ignore: decorator
@inline
function setting(i: i32): f64 {
  return at(lossSettings, i);
}

/** Label smoothing mixes the target with the uniform distribution. */
function logLoss(t: i32, smoothing: f64): f64 {
  const logSum = softmax(z, p);
  let value: f64 = 0;
  for (let i = 0; i < CLASSES; i++) {
    const target = (i === t ? 1 - smoothing : 0) + smoothing / <f64>CLASSES;
    if (target !== 0) value += target * (logSum - at(z, i));
    put(d, i, at(p, i) - target);
  }
  return value;
}

export function crossEntropy(t: i32): f64 {
  return logLoss(t, setting(0));
}

/** Setting 1 + i is the weight of class i. */
export function crossEntropyWeighted(t: i32): f64 {
  const logSum = softmax(z, p), smoothing = setting(0);
  let value: f64 = 0, total: f64 = 0;
  for (let i = 0; i < CLASSES; i++) {
    const target = setting(1 + i) * ((i === t ? 1 - smoothing : 0) + smoothing / <f64>CLASSES);
    if (target !== 0) value += target * (logSum - at(z, i));
    total += target;
    put(d, i, -target);
  }
  for (let i = 0; i < CLASSES; i++) put(d, i, at(d, i) + total * at(p, i));
  return value;
}

export function nllLogSoftmax(t: i32): f64 {
  return logLoss(t, 0);
}

export function nllLogits(t: i32): f64 {
  for (let i = 0; i < CLASSES; i++) put(d, i, i === t ? -1 : 0);
  return -at(z, t);
}

export function nllSoftmax(t: i32): f64 {
  softmax(z, p);
  const pt = at(p, t);
  for (let i = 0; i < CLASSES; i++) put(d, i, -pt * (oneHot(i, t) - at(p, i)));
  return -pt;
}

export function crossEntropySoftmax(t: i32): f64 {
  softmax(z, p);
  const value = softmax(p, q) - at(p, t);
  let dot: f64 = 0;
  for (let i = 0; i < CLASSES; i++) dot += (at(q, i) - oneHot(i, t)) * at(p, i);
  for (let i = 0; i < CLASSES; i++) put(d, i, at(p, i) * (at(q, i) - oneHot(i, t) - dot));
  return value;
}

export function mse(t: i32): f64 {
  let value: f64 = 0;
  for (let i = 0; i < CLASSES; i++) {
    const error = at(z, i) - oneHot(i, t);
    value += error * error;
    put(d, i, 2 * error / <f64>CLASSES);
  }
  return value / <f64>CLASSES;
}
