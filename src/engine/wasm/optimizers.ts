/**
 * The optimizers of this engine: their kernels' arguments (a part of operations.ts; assembly/optimizer.ts computes them), and what a
 * kind of optimizer gives its kernel.
 */
import { adagradRate } from '@/model/optimizers/adagrad';
import { nadamRates } from '@/model/optimizers/nadam';
import type { OptimizerKind, OptimizerSlot, OptimizerSpec } from '@/model/optimizers';

const u = 'u32';
const f = 'f32';
/** See operations.ts. */
const out = 'written';

/** Of both kinds that keep a mean of gradients and one of their squares. */
const moments = {
  w: out,
  g: out,
  m: out,
  v: out,
  count: u,
  beta1: f,
  rest1: f,
  beta2: f,
  rest2: f,
  eps: f,
  weightDecay: f,
} as const;

/** Every kernel scales the gradient, in place, by scalars.gradientScale, which clipping writes, and holds it within scalars.gradientBound. */
export const optimizerOperations = {
  sgd: { w: out, g: out, velocity: out, count: u, momentum: f, fresh: f, nesterov: u, weightDecay: f },
  adam: { ...moments, decoupled: u },
  rmsprop: {
    w: out,
    g: out,
    square: out,
    mean: out,
    buffer: out,
    count: u,
    alpha: f,
    rest: f,
    eps: f,
    momentum: f,
    weightDecay: f,
  },
  adadelta: {
    w: out,
    g: out,
    square: out,
    changes: out,
    count: u,
    rho: f,
    rest: f,
    eps: f,
    weightDecay: f,
  },
  adagrad: { w: out, g: out, sum: out, count: u, initial: f, eps: f, weightDecay: f },
  nadam: moments,
} as const;

type Operations = typeof optimizerOperations;
type OperationName = keyof Operations;

/** Positions of float64 values in the scalars area of operations.ts that a step's optimizer reads. */
export const optimizerScalars = {
  /** NAdam: what multiplies the gradient. */
  learningRate: 0,
  /** Adam: lr / (1 - beta1^t). NAdam: what multiplies the mean. Adagrad: the decayed learning rate. */
  stepSize: 1,
  /** Adam and NAdam: 1 / sqrt(1 - beta2^t). */
  secondScale: 2,
  /** AdamW: 1 - lr * weight_decay. */
  decay: 3,
  /** 1 on the first step, when momentum buffers take the gradient itself and Adagrad's sum its initial value. */
  firstStep: 4,
} as const;

type Scalars = Readonly<Partial<Record<keyof typeof optimizerScalars, number>>>;

/** A parameter, its gradient and its slots, as buffers of whoever emits. */
interface Place<Buffer> {
  readonly w: Buffer;
  readonly g: Buffer;
  readonly count: number;
  /** 0 where the optimizer does not keep it. */
  readonly slot: (name: OptimizerSlot) => Buffer | 0;
}

interface Call<Name extends OperationName, Buffer> {
  readonly name: Name;
  readonly operands: { readonly [A in keyof Operations[Name]]: number | Buffer };
}

interface Lowering<K extends OptimizerKind, Name extends OperationName> {
  readonly call: <Buffer>(spec: OptimizerSpec<K>, place: Place<Buffer>) => Call<Name, Buffer>;
  /** What changes from step to step, beside learningRate and firstStep; `updates` counts this one. */
  readonly scalars?: (spec: OptimizerSpec<K>, learningRate: number, updates: number) => Scalars;
}

const sgd: Lowering<'SGD', 'sgd'> = {
  call: ({ momentum, dampening, nesterov, weightDecay }, { w, g, count, slot }) => ({
    name: 'sgd',
    operands: {
      w,
      g,
      velocity: slot('momentum_buffer'),
      count,
      momentum,
      fresh: 1 - dampening,
      nesterov: nesterov ? 1 : 0,
      weightDecay,
    },
  }),
};

const momentOperands = <Buffer>(
  { beta1, beta2, eps, weightDecay }: OptimizerSpec<'Adam' | 'AdamW' | 'NAdam'>,
  { w, g, count, slot }: Place<Buffer>,
) => ({
  w,
  g,
  m: slot('exp_avg'),
  v: slot('exp_avg_sq'),
  count,
  beta1,
  rest1: 1 - beta1,
  beta2,
  rest2: 1 - beta2,
  eps,
  weightDecay,
});

const adam: Lowering<'Adam' | 'AdamW', 'adam'> = {
  call: (spec, place) => ({
    name: 'adam',
    operands: { ...momentOperands(spec, place), decoupled: spec.kind === 'AdamW' ? 1 : 0 },
  }),
  scalars: ({ beta1, beta2, weightDecay }, learningRate, updates) => ({
    stepSize: learningRate / (1 - beta1 ** updates),
    secondScale: 1 / Math.sqrt(1 - beta2 ** updates),
    decay: 1 - learningRate * weightDecay,
  }),
};

const rmsprop: Lowering<'RMSprop', 'rmsprop'> = {
  call: ({ alpha, eps, momentum, weightDecay }, { w, g, count, slot }) => ({
    name: 'rmsprop',
    operands: {
      w,
      g,
      square: slot('square_avg'),
      mean: slot('grad_avg'),
      buffer: slot('momentum_buffer'),
      count,
      alpha,
      rest: 1 - alpha,
      eps,
      momentum,
      weightDecay,
    },
  }),
};

const adadelta: Lowering<'Adadelta', 'adadelta'> = {
  call: ({ rho, eps, weightDecay }, { w, g, count, slot }) => ({
    name: 'adadelta',
    operands: {
      w,
      g,
      square: slot('square_avg'),
      changes: slot('acc_delta'),
      count,
      rho,
      rest: 1 - rho,
      eps,
      weightDecay,
    },
  }),
};

const adagrad: Lowering<'Adagrad', 'adagrad'> = {
  call: ({ initialAccumulatorValue, eps, weightDecay }, { w, g, count, slot }) => ({
    name: 'adagrad',
    operands: { w, g, sum: slot('sum'), count, initial: initialAccumulatorValue, eps, weightDecay },
  }),
  scalars: (spec, learningRate, updates) => ({ stepSize: adagradRate(spec, learningRate, updates) }),
};

const nadam: Lowering<'NAdam', 'nadam'> = {
  call: (spec, place) => ({ name: 'nadam', operands: momentOperands(spec, place) }),
  scalars: (spec, learningRate, updates) => {
    const { gradient, mean } = nadamRates(spec, learningRate, updates);
    return {
      learningRate: gradient,
      stepSize: mean,
      secondScale: 1 / Math.sqrt(1 - spec.beta2 ** updates),
    };
  },
};

const lowerings: { readonly [K in OptimizerKind]: Lowering<K, OperationName> } = {
  SGD: sgd,
  Adam: adam,
  AdamW: adam,
  NAdam: nadam,
  RMSprop: rmsprop,
  Adagrad: adagrad,
  Adadelta: adadelta,
};

/** The kernel that updates one parameter, and its arguments. */
export function optimizerCall<K extends OptimizerKind, Buffer>(
  spec: OptimizerSpec<K>,
  place: Place<Buffer>,
): Call<OperationName, Buffer> {
  return lowerings[spec.kind].call(spec, place);
}

/** Values of the scalars area for one step; `updates` counts this one. */
export function optimizerScalarsAt<K extends OptimizerKind>(
  spec: OptimizerSpec<K>,
  learningRate: number,
  updates: number,
): Scalars {
  const own = lowerings[spec.kind].scalars?.(spec, learningRate, updates);
  return { learningRate, firstStep: updates === 1 ? 1 : 0, ...own };
}
