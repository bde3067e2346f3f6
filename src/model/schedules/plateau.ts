/**
 * ReduceLROnPlateau in mode 'min', on the loss of the full test that ends an epoch. What it has reduced the rate to follows from the
 * losses so far: PyTorch's best, num_bad_epochs and cooldown_counter are computed anew from the first, so that nothing else is kept.
 */
import { booleanField, integerField, numberField } from '@/model/kindFields';
import { defineSchedule } from '@/model/schedules/definition';
import { gamma, minLearningRate } from '@/model/schedules/fields';

const epochs = { min: 0, max: 1000, step: 1, scale: 'linear', unit: 'epochs' } as const;

export const plateau = defineSchedule('plateau', {
  pytorch: 'ReduceLROnPlateau',
  fields: {
    // PyTorch refuses 1.
    factor: { ...gamma, argument: 'factor', max: 0.99 },
    patience: integerField({ argument: 'patience', default: 10, ...epochs }),
    threshold: numberField({ argument: 'threshold', default: 1e-4, min: 0, max: 1, step: 10, scale: 'log' }),
    relativeThreshold: booleanField({ argument: "threshold_mode 'rel'", default: true }),
    cooldown: integerField({ argument: 'cooldown', default: 0, ...epochs }),
    minLearningRate: { ...minLearningRate, argument: 'min_lr' },
    smallestChange: numberField({ argument: 'eps', default: 1e-8, min: 0, max: 1, step: 10, scale: 'log' }),
  },
  dependsOnLength: false,
  factor: () => 1,
  reducedBy: (spec, learningRate, testLosses) => {
    const { factor, patience, threshold, relativeThreshold, cooldown, smallestChange } = spec;
    let rate = learningRate;
    let best = Infinity;
    let badEpochs = 0;
    let resting = 0;
    for (const loss of testLosses) {
      const isBetter = loss < (relativeThreshold ? best * (1 - threshold) : best - threshold);
      if (isBetter) best = loss;
      badEpochs = isBetter ? 0 : badEpochs + 1;
      if (resting > 0) {
        resting -= 1;
        badEpochs = 0;
      }
      if (badEpochs <= patience) continue;
      const reduced = Math.max(rate * factor, spec.minLearningRate);
      if (rate - reduced > smallestChange) rate = reduced;
      resting = cooldown;
      badEpochs = 0;
    }
    return rate;
  },
});
