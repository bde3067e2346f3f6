/** Glorot's initialisation, by both fans, from a normal distribution; bias 0. */
import { defineInitialisation, normals, zeros } from '@/model/initialisations/definition';
import { gain } from '@/model/initialisations/fields';

export const xavierNormal = defineInitialisation('xavier_normal', {
  pytorch: 'nn.init.xavier_normal_(w, gain)',
  fields: { gain },
  draw: (spec, tensor) =>
    tensor.role === 'weight'
      ? normals(spec.gain * Math.sqrt(2 / (tensor.fanIn + tensor.fanOut)), tensor)
      : zeros(tensor),
});
