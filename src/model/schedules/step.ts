/** StepLR, stepped once an epoch. PyTorch has no default for the step, so every three epochs. */
import { integerField } from '@/model/kindFields';
import { defineSchedule } from '@/model/schedules/definition';
import { gamma } from '@/model/schedules/fields';

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
    gamma,
  },
  dependsOnLength: false,
  factor: ({ gamma: fall, stepEpochs }, moment) =>
    fall ** Math.floor(Math.floor(moment.step / moment.stepsPerEpoch) / stepEpochs),
});
