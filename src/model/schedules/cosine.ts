/** CosineAnnealingLR with T_max = all steps of the run, stepped every step (not every epoch). */
import { cosineAnneal, defineSchedule } from '@/model/schedules/definition';
import { minLearningRate } from '@/model/schedules/fields';

export const cosine = defineSchedule('cosine', {
  pytorch: 'CosineAnnealingLR',
  fields: {
    minLearningRate,
  },
  dependsOnLength: true,
  factor: (spec, { step, total, learningRate }) =>
    learningRate === 0
      ? 0
      : cosineAnneal(1, spec.minLearningRate / learningRate, Math.min(step, total) / total),
});
