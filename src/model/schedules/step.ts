/** StepLR, stepped once an epoch. PyTorch has no default for the step, so every three epochs. */
import { integerField, numberField } from '@/model/kindFields';
import { defineSchedule } from '@/model/schedules/definition';

export const step = defineSchedule('step', {
  pytorch: 'StepLR',
  fields: {
    stepEpochs: integerField({
      argument: 'step_size',
      default: 3,
      min: 1,
      max: 1000,
      step: 1,
      scale: 'linear',
      unit: 'epochs',
    }),
    gamma: numberField({ argument: 'gamma', default: 0.1, min: 0.001, max: 1, step: 0.05, scale: 'linear' }),
  },
  dependsOnLength: false,
  factor: ({ gamma, stepEpochs }, moment) =>
    gamma ** Math.floor(Math.floor(moment.step / moment.stepsPerEpoch) / stepEpochs),
});
