/** torch.optim.RMSprop. */
import { booleanField, numberField } from '@/model/kindFields';
import { decayed, defineOptimizer, slotOf } from '@/model/optimizers/definition';
import { eps, momentum, weightDecay } from '@/model/optimizers/fields';

export const rmsprop = defineOptimizer('RMSprop', {
  fields: {
    momentum,
    alpha: numberField({
      argument: 'alpha',
      default: 0.99,
      min: 0,
      max: 0.999999,
      step: 0.01,
      scale: 'linear',
    }),
    eps,
    centered: booleanField({ argument: 'centered', default: false }),
    weightDecay,
  },
  slots: (spec) => [
    'square_avg',
    ...(spec.momentum === 0 ? [] : (['momentum_buffer'] as const)),
    ...(spec.centered ? (['grad_avg'] as const) : []),
  ],
  dividesByGradient: true,
  update: (spec, { parameter, gradient, slots, learningRate }) => {
    const { alpha, centered, momentum: mu } = spec;
    const squares = slotOf(slots, 'square_avg');
    const means = centered ? slotOf(slots, 'grad_avg') : null;
    const buffer = mu > 0 ? slotOf(slots, 'momentum_buffer') : null;
    for (let i = 0; i < parameter.length; i += 1) {
      const p = parameter[i] ?? 0;
      const direction = decayed(gradient[i] ?? 0, p, spec.weightDecay);
      let variance = alpha * (squares[i] ?? 0) + (1 - alpha) * direction * direction;
      squares[i] = variance;
      if (means !== null) {
        const mean = alpha * (means[i] ?? 0) + (1 - alpha) * direction;
        means[i] = mean;
        variance -= mean * mean;
      }
      let change = direction / (Math.sqrt(variance) + spec.eps);
      if (buffer !== null) {
        change += mu * (buffer[i] ?? 0);
        buffer[i] = change;
      }
      parameter[i] = p - learningRate * change;
    }
  },
});
