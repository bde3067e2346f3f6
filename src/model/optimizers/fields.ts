/** Settings that several optimizers share; where one has another default it says so. */
import { numberField, type NumberField } from '@/model/kindFields';

export const momentum: NumberField = numberField({
  argument: 'momentum',
  default: 0,
  min: 0,
  max: 0.9999,
  step: 0.05,
  scale: 'linear',
});

export const eps: NumberField = numberField({
  argument: 'eps',
  default: 1e-8,
  min: 1e-12,
  max: 1,
  step: 10,
  scale: 'log',
});

export const weightDecay: NumberField = numberField({
  argument: 'weight_decay',
  default: 0,
  min: 0,
  max: 1,
  step: 10 ** 0.5,
  scale: 'log',
});
