/** Glorot's initialisation, by both fans, from a uniform distribution; bias 0. */
import { defineInitialisation, uniformWithin, zeros } from '@/model/initialisations/definition';
import { gain } from '@/model/initialisations/fields';

export const xavierUniform = defineInitialisation('xavier_uniform', {
  pytorch: 'nn.init.xavier_uniform_(w, gain)',
  fields: { gain },
  draw: (spec, tensor) =>
    tensor.role === 'weight'
      ? uniformWithin(spec.gain * Math.sqrt(6 / (tensor.fanIn + tensor.fanOut)), tensor)
      : zeros(tensor),
});
