/** ExponentialLR, stepped once an epoch. PyTorch has no default for the factor. */
import { defineSchedule } from '@/model/schedules/definition';
import { gamma } from '@/model/schedules/fields';

export const exponential = defineSchedule('exponential', {
  pytorch: 'ExponentialLR',
  fields: { gamma: { ...gamma, default: 0.9 } },
  dependsOnLength: false,
  factor: (spec, { step, stepsPerEpoch }) => spec.gamma ** Math.floor(step / stepsPerEpoch),
});
