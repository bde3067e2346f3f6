/** reset_parameters of Linear and Conv2d: weight and bias U(-1/sqrt(fan_in), 1/sqrt(fan_in)). */
import { defineInitialisation, uniformWithin } from '@/model/initialisations/definition';

export const pytorchDefault = defineInitialisation('default', {
  pytorch: 'reset_parameters()',
  fields: {},
  draw: (_, tensor) => uniformWithin(1 / Math.sqrt(tensor.fanIn), tensor),
});
