/** MultiStepLR, stepped once an epoch, of at most three milestones; two of one epoch count twice, as in PyTorch. */
import { integerField, type NumberField } from '@/model/kindFields';
import { defineSchedule } from '@/model/schedules/definition';
import { gamma } from '@/model/schedules/fields';

/** 0 is none. PyTorch has no default. */
const milestone = (place: number, epoch: number): NumberField =>
  integerField({
    argument: `milestones[${place}]`,
    default: epoch,
    min: 0,
    max: 1000,
    step: 1,
    scale: 'linear',
    unit: 'epochs',
  });

export const multiStep = defineSchedule('multi_step', {
  pytorch: 'MultiStepLR',
  fields: { milestone1: milestone(0, 5), milestone2: milestone(1, 8), milestone3: milestone(2, 0), gamma },
  dependsOnLength: false,
  factor: ({ milestone1, milestone2, milestone3, gamma: fall }, { step, stepsPerEpoch }) => {
    const epoch = Math.floor(step / stepsPerEpoch);
    return fall ** [milestone1, milestone2, milestone3].filter((one) => one > 0 && one <= epoch).length;
  },
});
