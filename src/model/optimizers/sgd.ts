/** torch.optim.SGD. */
import { booleanField, numberField, share } from '@/model/kindFields';
import { decayed, defineOptimizer, slotOf } from '@/model/optimizers/definition';
import { momentum, weightDecay } from '@/model/optimizers/fields';

export const sgd = defineOptimizer('SGD', {
  fields: {
    momentum,
    dampening: numberField({ argument: 'dampening', default: 0, ...share }),
    nesterov: booleanField({ argument: 'nesterov', default: false }),
    weightDecay,
  },
  slots: (spec) => (spec.momentum === 0 ? [] : ['momentum_buffer']),
  dividesByGradient: false,
  update: (spec, { parameter, gradient, slots, learningRate, updates }) => {
    const { momentum: mu, dampening, nesterov } = spec;
    const buffer = mu === 0 ? null : slotOf(slots, 'momentum_buffer');
    // The first step takes the gradient whole: dampening counts from the second on.
    const fresh = updates === 1 ? 1 : 1 - dampening;
    for (let i = 0; i < parameter.length; i += 1) {
      const p = parameter[i] ?? 0;
      let direction = decayed(gradient[i] ?? 0, p, spec.weightDecay);
      if (buffer !== null) {
        const velocity = mu * (buffer[i] ?? 0) + fresh * direction;
        buffer[i] = velocity;
        direction = nesterov ? direction + mu * velocity : velocity;
      }
      parameter[i] = p - learningRate * direction;
    }
  },
  // torch.optim.SGD: "Nesterov momentum requires a momentum and zero dampening".
  problems: (spec) => {
    if (!spec.nesterov) return [];
    const needsMomentum = { code: 'nesterov_needs_momentum', key: 'momentum', value: spec.momentum } as const;
    const noDampening = {
      code: 'nesterov_needs_no_dampening',
      key: 'dampening',
      value: spec.dampening,
    } as const;
    return [...(spec.momentum > 0 ? [] : [needsMomentum]), ...(spec.dampening === 0 ? [] : [noDampening])];
  },
});
