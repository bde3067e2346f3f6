/**
 * CosineAnnealingWarmRestarts, stepped every step by the fraction of the epoch, as PyTorch's documentation does it. Restarts come
 * exactly where a cycle ends; PyTorch finds them by a logarithm, which rounds some of them (T_mult = 3, the fifth) to one step later.
 */
import { integerField } from '@/model/kindFields';
import { cosineAnneal, defineSchedule } from '@/model/schedules/definition';
import { minLearningRate } from '@/model/schedules/fields';

export const cosineRestarts = defineSchedule('cosine_restarts', {
  pytorch: 'CosineAnnealingWarmRestarts',
  fields: {
    // PyTorch has no default.
    cycleEpochs: integerField({
      argument: 'T_0',
      default: 2,
      min: 1,
      max: 1000,
      step: 1,
      scale: 'linear',
      unit: 'epochs',
    }),
    cycleFactor: integerField({
      argument: 'T_mult',
      default: 1,
      min: 1,
      max: 10,
      step: 1,
      scale: 'linear',
    }),
    minLearningRate,
  },
  dependsOnLength: false,
  factor: (spec, { step, stepsPerEpoch, learningRate }) => {
    if (learningRate === 0) return 0;
    let length = spec.cycleEpochs * stepsPerEpoch;
    let at = step;
    if (spec.cycleFactor === 1) at %= length;
    while (at >= length) {
      at -= length;
      length *= spec.cycleFactor;
    }
    return cosineAnneal(1, spec.minLearningRate / learningRate, at / length);
  },
});
