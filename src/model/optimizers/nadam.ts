/** torch.optim.NAdam: Adam with Nesterov's look ahead, whose momentum grows in the first steps; as PyTorch 2 has it and 1.13's foreach. */
import { numberField } from '@/model/kindFields';
import { adamFields, adamSlots } from '@/model/optimizers/adam';
import { decayed, defineOptimizer, slotOf } from '@/model/optimizers/definition';

interface Momentum {
  readonly beta1: number;
  readonly momentumDecay: number;
}

/** The momentum of update number `update`. */
function momentumAt({ beta1, momentumDecay }: Momentum, update: number): number {
  return beta1 * (1 - 0.5 * 0.96 ** (update * momentumDecay));
}

/** PyTorch's mu_product, which depends on the number of updates alone and so is no state here; below 2^-60 it no longer counts. */
function momentumProduct(spec: Momentum, updates: number): number {
  let product = 1;
  for (let update = 1; update <= updates && product > 2 ** -60; update += 1)
    product *= momentumAt(spec, update);
  return product;
}

/** What update number `updates` multiplies the gradient and its mean with, before both are divided by the root mean square. */
export function nadamRates(
  spec: Momentum,
  learningRate: number,
  updates: number,
): { readonly gradient: number; readonly mean: number } {
  const now = momentumAt(spec, updates);
  const next = momentumAt(spec, updates + 1);
  const product = momentumProduct(spec, updates);
  return {
    gradient: (learningRate * (1 - now)) / (1 - product),
    mean: (learningRate * next) / (1 - product * next),
  };
}

export const nadam = defineOptimizer('NAdam', {
  fields: {
    ...adamFields,
    momentumDecay: numberField({
      argument: 'momentum_decay',
      default: 0.004,
      min: 0,
      max: 1,
      step: 10 ** 0.5,
      scale: 'log',
    }),
  },
  slots: adamSlots,
  dividesByGradient: true,
  update: (spec, { parameter, gradient, slots, learningRate, updates }) => {
    const means = slotOf(slots, 'exp_avg');
    const squares = slotOf(slots, 'exp_avg_sq');
    const rates = nadamRates(spec, learningRate, updates);
    const correction = 1 - spec.beta2 ** updates;
    for (let i = 0; i < parameter.length; i += 1) {
      const p = parameter[i] ?? 0;
      const direction = decayed(gradient[i] ?? 0, p, spec.weightDecay);
      const mean = spec.beta1 * (means[i] ?? 0) + (1 - spec.beta1) * direction;
      const square = spec.beta2 * (squares[i] ?? 0) + (1 - spec.beta2) * direction * direction;
      means[i] = mean;
      squares[i] = square;
      const divisor = Math.sqrt(square / correction) + spec.eps;
      parameter[i] = p - (rates.gradient * direction + rates.mean * mean) / divisor;
    }
  },
});
