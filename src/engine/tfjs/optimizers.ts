/** PyTorch's optimizers, one parameter at a time, as torch.optim's single-tensor code does them. */
import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerKind, OptimizerSpec } from '@/model/optimizers';
import { adagradRate } from '@/model/optimizers/adagrad';
import { nadamRates } from '@/model/optimizers/nadam';

/** Slots of one parameter by PyTorch's names; empty before its first update. */
export type Slots = Readonly<Record<string, tf.Tensor>>;

export interface Update {
  readonly parameter: tf.Tensor;
  readonly slots: Slots;
}

export interface UpdateInput {
  readonly parameter: tf.Tensor;
  readonly gradient: tf.Tensor;
  readonly slots: Slots;
  readonly learningRate: number;
  /** The learning rate as a scalar on the device, made once a step. */
  readonly rate: tf.Scalar;
  /** Updates done with these slots, this one included: 1 for the first. */
  readonly updates: number;
}

/** old * decay + (1 - decay) * next; from zeros where there is no old. */
function average(old: tf.Tensor | undefined, next: tf.Tensor, decay: number): tf.Tensor {
  const share = tf.mul(next, 1 - decay);
  return old === undefined ? share : tf.add(tf.mul(old, decay), share);
}

function decayed(parameter: tf.Tensor, gradient: tf.Tensor, weightDecay: number): tf.Tensor {
  return weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay));
}

function sgd(spec: OptimizerSpec<'SGD'>, { parameter, gradient, slots, rate }: UpdateInput): Update {
  const { momentum, dampening, nesterov, weightDecay } = spec;
  let direction = decayed(parameter, gradient, weightDecay);
  if (momentum === 0) return { parameter: tf.sub(parameter, tf.mul(direction, rate)), slots: {} };
  const old = slots['momentum_buffer'];
  // The first step takes the gradient whole: dampening counts from the second on.
  const buffer =
    old === undefined
      ? tf.clone(direction)
      : tf.add(tf.mul(old, momentum), dampening === 0 ? direction : tf.mul(direction, 1 - dampening));
  direction = nesterov ? tf.add(direction, tf.mul(buffer, momentum)) : buffer;
  return {
    parameter: tf.sub(parameter, tf.mul(direction, rate)),
    slots: { momentum_buffer: buffer },
  };
}

function adam(spec: OptimizerSpec<'Adam' | 'AdamW'>, input: UpdateInput): Update {
  const { parameter, gradient, slots, learningRate, updates } = input;
  const { kind, beta1, beta2, eps, weightDecay } = spec;
  const isDecoupled = kind === 'AdamW' && weightDecay !== 0;
  const start = isDecoupled ? tf.mul(parameter, 1 - learningRate * weightDecay) : parameter;
  const direction = kind === 'Adam' ? decayed(parameter, gradient, weightDecay) : gradient;
  const mean = average(slots['exp_avg'], direction, beta1);
  const square = average(slots['exp_avg_sq'], tf.square(direction), beta2);
  const correction1 = 1 - beta1 ** updates;
  const correction2 = 1 - beta2 ** updates;
  const denominator = tf.add(tf.div(tf.sqrt(square), Math.sqrt(correction2)), eps);
  return {
    parameter: tf.sub(start, tf.mul(tf.div(mean, denominator), learningRate / correction1)),
    slots: { exp_avg: mean, exp_avg_sq: square },
  };
}

function rmsprop(spec: OptimizerSpec<'RMSprop'>, { parameter, gradient, slots, rate }: UpdateInput): Update {
  const { alpha, eps, momentum, centered, weightDecay } = spec;
  const direction = decayed(parameter, gradient, weightDecay);
  const square = average(slots['square_avg'], tf.square(direction), alpha);
  const gradientMean = centered ? average(slots['grad_avg'], direction, alpha) : null;
  const variance = gradientMean === null ? square : tf.sub(square, tf.square(gradientMean));
  let change = tf.div(direction, tf.add(tf.sqrt(variance), eps));
  const next: Record<string, tf.Tensor> = { square_avg: square };
  if (gradientMean !== null) next['grad_avg'] = gradientMean;
  if (momentum > 0) {
    const old = slots['momentum_buffer'];
    if (old !== undefined) change = tf.add(tf.mul(old, momentum), change);
    next['momentum_buffer'] = change;
  }
  return { parameter: tf.sub(parameter, tf.mul(change, rate)), slots: next };
}

function adadelta(
  spec: OptimizerSpec<'Adadelta'>,
  { parameter, gradient, slots, rate }: UpdateInput,
): Update {
  const { rho, eps, weightDecay } = spec;
  const direction = decayed(parameter, gradient, weightDecay);
  const square = average(slots['square_avg'], tf.square(direction), rho);
  const before = slots['acc_delta'] ?? tf.zerosLike(parameter);
  const change = tf.mul(tf.div(tf.sqrt(tf.add(before, eps)), tf.sqrt(tf.add(square, eps))), direction);
  return {
    parameter: tf.sub(parameter, tf.mul(change, rate)),
    slots: { square_avg: square, acc_delta: average(before, tf.square(change), rho) },
  };
}

function adagrad(spec: OptimizerSpec<'Adagrad'>, input: UpdateInput): Update {
  const { parameter, gradient, slots, learningRate, updates } = input;
  const direction = decayed(parameter, gradient, spec.weightDecay);
  const before = slots['sum'] ?? tf.fill(parameter.shape, spec.initialAccumulatorValue);
  const sum = tf.add(before, tf.square(direction));
  const change = tf.div(direction, tf.add(tf.sqrt(sum), spec.eps));
  return {
    parameter: tf.sub(parameter, tf.mul(change, adagradRate(spec, learningRate, updates))),
    slots: { sum },
  };
}

function nadam(spec: OptimizerSpec<'NAdam'>, input: UpdateInput): Update {
  const { parameter, gradient, slots, learningRate, updates } = input;
  const { beta1, beta2, eps, weightDecay } = spec;
  const direction = decayed(parameter, gradient, weightDecay);
  const mean = average(slots['exp_avg'], direction, beta1);
  const square = average(slots['exp_avg_sq'], tf.square(direction), beta2);
  const rates = nadamRates(spec, learningRate, updates);
  const denominator = tf.add(tf.div(tf.sqrt(square), Math.sqrt(1 - beta2 ** updates)), eps);
  const change = tf.add(tf.mul(direction, rates.gradient), tf.mul(mean, rates.mean));
  return {
    parameter: tf.sub(parameter, tf.div(change, denominator)),
    slots: { exp_avg: mean, exp_avg_sq: square },
  };
}

const updates: { readonly [K in OptimizerKind]: (spec: OptimizerSpec<K>, input: UpdateInput) => Update } = {
  SGD: sgd,
  Adam: adam,
  AdamW: adam,
  NAdam: nadam,
  RMSprop: rmsprop,
  Adagrad: adagrad,
  Adadelta: adadelta,
};

/** New values for one parameter; the old tensors are the caller's to free. Call inside tidy and keep the result. */
export function updated<K extends OptimizerKind>(spec: OptimizerSpec<K>, input: UpdateInput): Update {
  return updates[spec.kind](spec, input);
}

/**
 * torch.nn.utils.clip_grad_norm_: all gradients times min(1, maxNorm / (norm + 1e-6)), norm over all of them together. Past float32 it
 * is infinite, which leaves 0 of them.
 */
export function clippedGradients(
  gradients: ReadonlyMap<string, tf.Tensor>,
  maxNorm: number,
): Map<string, tf.Tensor> {
  const squares = [...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)));
  // Not addN: on WebGPU it binds all inputs at once, more than a stage may have.
  const norm = tf.sqrt(tf.sum(tf.stack(squares)));
  const factor = tf.minimum(tf.div(maxNorm, tf.add(norm, 1e-6)), 1);
  return new Map([...gradients].map(([key, gradient]) => [key, tf.mul(gradient, factor)]));
}

/** torch.nn.utils.clip_grad_value_ of one gradient. By comparisons, which NaN passes: it stays, as in PyTorch. */
export function clampedGradient(gradient: tf.Tensor, largest: number): tf.Tensor {
  const bound = tf.fill(gradient.shape, largest);
  const cut = tf.where(tf.greater(gradient, bound), bound, gradient);
  const lowest = tf.neg(bound);
  return tf.where(tf.less(cut, lowest), lowest, cut);
}
