/** Settings that several schedules share. */
import { numberField } from '@/model/kindFields';

/** PyTorch's default, where it has one. */
export const gamma = numberField({
  argument: 'gamma',
  default: 0.1,
  min: 0.001,
  max: 1,
  step: 0.05,
  scale: 'linear',
});

export const minLearningRate = numberField({
  argument: 'eta_min',
  default: 0,
  min: 0,
  max: 10,
  step: 10 ** 0.25,
  scale: 'log',
});
