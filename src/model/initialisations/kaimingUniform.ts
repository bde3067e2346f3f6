/** He's initialisation by what a layer takes in, from a uniform distribution; bias 0. */
import { defineInitialisation, uniformWithin, zeros } from '@/model/initialisations/definition';
import { leakyReluGain, negativeSlope } from '@/model/initialisations/fields';

export const kaimingUniform = defineInitialisation('kaiming_uniform', {
  pytorch: "nn.init.kaiming_uniform_(w, a, mode='fan_in')",
  fields: { a: negativeSlope },
  draw: ({ a }, tensor) =>
    tensor.role === 'weight'
      ? uniformWithin(leakyReluGain(a) * Math.sqrt(3 / tensor.fanIn), tensor)
      : zeros(tensor),
});
