/**
 * The optimizers of optimizers.ts in place, for backends whose tensors the CPU can write: Adam on VGG-16's largest weight
 * would otherwise hold a dozen temporary tensors of 411 MB, more than a WebAssembly heap can grow to.
 */
import { assertNever } from '@/model/layers';
import type { OptimizerSpec } from '@/model/runConfig';

export interface HostUpdate {
  readonly parameter: Float32Array;
  readonly gradient: Float32Array;
  /** By PyTorch's names; zeros before the first update. */
  readonly slots: Readonly<Record<string, Float32Array>>;
  readonly learningRate: number;
  /** Updates done with these slots, this one included: 1 for the first. */
  readonly updates: number;
}

type SpecOf<K extends OptimizerSpec['kind']> = Extract<OptimizerSpec, { readonly kind: K }>;

function slot(slots: HostUpdate['slots'], name: string): Float32Array {
  const values = slots[name];
  if (values === undefined) throw new RangeError(`The optimizer state lacks ${name}.`);
  return values;
}

/** With weight decay, if any: 0 times an infinite weight would be NaN. */
function decayed(gradient: number, parameter: number, weightDecay: number): number {
  return weightDecay === 0 ? gradient : gradient + weightDecay * parameter;
}

function sgd(spec: SpecOf<'SGD'>, update: HostUpdate): void {
  const { momentum, dampening, nesterov, weightDecay } = spec;
  const { parameter, gradient, slots, learningRate, updates } = update;
  const buffer = momentum === 0 ? null : slot(slots, 'momentum_buffer');
  const share = updates === 1 ? 1 : 1 - dampening;
  for (let i = 0; i < parameter.length; i += 1) {
    const p = parameter[i] ?? 0;
    let direction = decayed(gradient[i] ?? 0, p, weightDecay);
    if (buffer !== null) {
      const velocity = momentum * (buffer[i] ?? 0) + share * direction;
      buffer[i] = velocity;
      direction = nesterov ? direction + momentum * velocity : velocity;
    }
    parameter[i] = p - learningRate * direction;
  }
}

function adam(spec: SpecOf<'Adam' | 'AdamW'>, update: HostUpdate): void {
  const { kind, beta1, beta2, eps, weightDecay } = spec;
  const { parameter, gradient, slots, learningRate, updates } = update;
  const means = slot(slots, 'exp_avg');
  const squares = slot(slots, 'exp_avg_sq');
  const rate = learningRate / (1 - beta1 ** updates);
  const rootCorrection = Math.sqrt(1 - beta2 ** updates);
  const gradientDecay = kind === 'Adam' ? weightDecay : 0;
  const keep = kind === 'AdamW' ? 1 - learningRate * weightDecay : 1;
  for (let i = 0; i < parameter.length; i += 1) {
    const p = parameter[i] ?? 0;
    const direction = decayed(gradient[i] ?? 0, p, gradientDecay);
    const mean = beta1 * (means[i] ?? 0) + (1 - beta1) * direction;
    const square = beta2 * (squares[i] ?? 0) + (1 - beta2) * direction * direction;
    means[i] = mean;
    squares[i] = square;
    parameter[i] = p * keep - (rate * mean) / (Math.sqrt(square) / rootCorrection + eps);
  }
}

function rmsprop(spec: SpecOf<'RMSprop'>, update: HostUpdate): void {
  const { alpha, eps, momentum, centered, weightDecay } = spec;
  const { parameter, gradient, slots, learningRate } = update;
  const squares = slot(slots, 'square_avg');
  const means = centered ? slot(slots, 'grad_avg') : null;
  const buffer = momentum > 0 ? slot(slots, 'momentum_buffer') : null;
  for (let i = 0; i < parameter.length; i += 1) {
    const p = parameter[i] ?? 0;
    const direction = decayed(gradient[i] ?? 0, p, weightDecay);
    let variance = alpha * (squares[i] ?? 0) + (1 - alpha) * direction * direction;
    squares[i] = variance;
    if (means !== null) {
      const mean = alpha * (means[i] ?? 0) + (1 - alpha) * direction;
      means[i] = mean;
      variance -= mean * mean;
    }
    let change = direction / (Math.sqrt(variance) + eps);
    if (buffer !== null) {
      change += momentum * (buffer[i] ?? 0);
      buffer[i] = change;
    }
    parameter[i] = p - learningRate * change;
  }
}

/** One update of one parameter and its slots, in float64 between reading and writing. */
export function updateInPlace(spec: OptimizerSpec, update: HostUpdate): void {
  switch (spec.kind) {
    case 'SGD':
      return sgd(spec, update);
    case 'Adam':
    case 'AdamW':
      return adam(spec, update);
    case 'RMSprop':
      return rmsprop(spec, update);
    default:
      return assertNever(spec);
  }
}

/** torch.nn.utils.clip_grad_norm_ in place; its norm is a float32, infinite where the squares are past it. */
export function clipInPlace(gradients: readonly Float32Array[], maxNorm: number): void {
  let squares = 0;
  for (const gradient of gradients) for (const value of gradient) squares += value * value;
  const factor = maxNorm / (Math.sqrt(Math.fround(squares)) + 1e-6);
  // Written so that a NaN norm reaches the gradients, as PyTorch lets it.
  if (factor >= 1) return;
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i += 1) gradient[i] = (gradient[i] ?? 0) * factor;
  }
}
