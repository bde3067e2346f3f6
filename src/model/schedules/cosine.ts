/** CosineAnnealingLR with T_max = all steps of the run, stepped every step (not every epoch). */
import { numberField } from '@/model/kindFields';
import { cosineAnneal, defineSchedule } from '@/model/schedules/definition';

export const cosine = defineSchedule('cosine', {
  pytorch: 'CosineAnnealingLR',
  fields: {
    minLearningRate: numberField({
      argument: 'eta_min',
      default: 0,
      min: 0,
      max: 10,
      step: 10 ** 0.25,
      scale: 'log',
    }),
  },
  dependsOnLength: true,
  factor: ({ minLearningRate }, { step, total, learningRate }) =>
    learningRate === 0 ? 0 : cosineAnneal(1, minLearningRate / learningRate, Math.min(step, total) / total),
});
