/** torch.optim.Adadelta, whose steps are as large as the last ones were; PyTorch's own learning rate for it is 1. */
import { numberField } from '@/model/kindFields';
import { decayed, defineOptimizer, slotOf } from '@/model/optimizers/definition';
import { eps, weightDecay } from '@/model/optimizers/fields';

export const adadelta = defineOptimizer('Adadelta', {
  fields: {
    rho: numberField({
      argument: 'rho',
      hintOf: 'alpha',
      default: 0.9,
      min: 0,
      max: 0.999999,
      step: 0.01,
      scale: 'linear',
    }),
    eps: { ...eps, default: 1e-6 },
    weightDecay,
  },
  slots: () => ['square_avg', 'acc_delta'],
  dividesByGradient: true,
  update: (spec, { parameter, gradient, slots, learningRate }) => {
    const squares = slotOf(slots, 'square_avg');
    const changes = slotOf(slots, 'acc_delta');
    for (let i = 0; i < parameter.length; i += 1) {
      const p = parameter[i] ?? 0;
      const direction = decayed(gradient[i] ?? 0, p, spec.weightDecay);
      const square = spec.rho * (squares[i] ?? 0) + (1 - spec.rho) * direction * direction;
      const before = changes[i] ?? 0;
      const change = (Math.sqrt(before + spec.eps) / Math.sqrt(square + spec.eps)) * direction;
      squares[i] = square;
      changes[i] = spec.rho * before + (1 - spec.rho) * change * change;
      parameter[i] = p - learningRate * change;
    }
  },
});
