/** torch.optim.Adam, and what AdamW has of it. */
import { numberField } from '@/model/kindFields';
import { decayed, defineOptimizer, slotOf, type ParameterUpdate } from '@/model/optimizers/definition';
import { eps, weightDecay } from '@/model/optimizers/fields';

const beta1 = numberField({
  argument: 'betas[0]',
  default: 0.9,
  min: 0,
  max: 0.9999,
  step: 0.01,
  scale: 'linear',
});
const beta2 = numberField({
  argument: 'betas[1]',
  default: 0.999,
  min: 0,
  max: 0.999999,
  step: 0.001,
  scale: 'linear',
});

export const adamFields = { beta1, beta2, eps, weightDecay };
export const adamSlots = (): readonly ('exp_avg' | 'exp_avg_sq')[] => ['exp_avg', 'exp_avg_sq'];

interface AdamSpec {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
}

/** `isDecoupled`: weight decay shrinks the weights by themselves instead of joining the gradient. */
export function updateAdam(spec: AdamSpec, update: ParameterUpdate, isDecoupled: boolean): void {
  const { parameter, gradient, slots, learningRate, updates } = update;
  const means = slotOf(slots, 'exp_avg');
  const squares = slotOf(slots, 'exp_avg_sq');
  const rate = learningRate / (1 - spec.beta1 ** updates);
  const rootCorrection = Math.sqrt(1 - spec.beta2 ** updates);
  const gradientDecay = isDecoupled ? 0 : spec.weightDecay;
  const keep = isDecoupled ? 1 - learningRate * spec.weightDecay : 1;
  for (let i = 0; i < parameter.length; i += 1) {
    const p = parameter[i] ?? 0;
    const direction = decayed(gradient[i] ?? 0, p, gradientDecay);
    const mean = spec.beta1 * (means[i] ?? 0) + (1 - spec.beta1) * direction;
    const square = spec.beta2 * (squares[i] ?? 0) + (1 - spec.beta2) * direction * direction;
    means[i] = mean;
    squares[i] = square;
    parameter[i] = p * keep - (rate * mean) / (Math.sqrt(square) / rootCorrection + spec.eps);
  }
}

export const adam = defineOptimizer('Adam', {
  fields: adamFields,
  slots: adamSlots,
  dividesByGradient: true,
  update: (spec, update) => updateAdam(spec, update, false),
});
