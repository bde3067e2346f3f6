/** One value for every weight: units of a layer that start alike stay alike; bias 0. */
import { defineInitialisation, zeros } from '@/model/initialisations/definition';
import { numberField } from '@/model/kindFields';

export const constant = defineInitialisation('constant', {
  pytorch: 'nn.init.constant_(w, val)',
  fields: {
    value: numberField({ argument: 'val', default: 0, min: -100, max: 100, step: 0.01, scale: 'linear' }),
  },
  draw: ({ value }, tensor) =>
    tensor.role === 'weight' ? new Float32Array(tensor.count).fill(value) : zeros(tensor),
});
