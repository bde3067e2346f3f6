/** torch.optim.Adagrad, whose steps get smaller as squared gradients add up; PyTorch's own learning rate for it is 0.01. */
import { numberField } from '@/model/kindFields';
import { decayed, defineOptimizer, slotOf } from '@/model/optimizers/definition';
import { eps, weightDecay } from '@/model/optimizers/fields';

interface Decaying {
  readonly lrDecay: number;
}

/** The learning rate of update number `updates`, 1 for the first. */
export function adagradRate({ lrDecay }: Decaying, learningRate: number, updates: number): number {
  return learningRate / (1 + (updates - 1) * lrDecay);
}

export const adagrad = defineOptimizer('Adagrad', {
  fields: {
    lrDecay: numberField({ argument: 'lr_decay', default: 0, min: 0, max: 1, step: 10 ** 0.5, scale: 'log' }),
    initialAccumulatorValue: numberField({
      argument: 'initial_accumulator_value',
      default: 0,
      min: 0,
      max: 1000,
      step: 10 ** 0.5,
      scale: 'log',
    }),
    eps: { ...eps, default: 1e-10 },
    weightDecay,
  },
  slots: () => ['sum'],
  dividesByGradient: true,
  update: (spec, { parameter, gradient, slots, learningRate, updates }) => {
    const sums = slotOf(slots, 'sum');
    const rate = adagradRate(spec, learningRate, updates);
    // Slots begin as zeros: what PyTorch fills them with joins at the first update.
    const initial = updates === 1 ? spec.initialAccumulatorValue : 0;
    for (let i = 0; i < parameter.length; i += 1) {
      const p = parameter[i] ?? 0;
      const direction = decayed(gradient[i] ?? 0, p, spec.weightDecay);
      const sum = (sums[i] ?? 0) + initial + direction * direction;
      sums[i] = sum;
      parameter[i] = p - (rate * direction) / (Math.sqrt(sum) + spec.eps);
    }
  },
});
