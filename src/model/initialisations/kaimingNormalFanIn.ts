/** He's initialisation by what a layer takes in, which keeps the size of activations; bias 0. */
import { defineInitialisation, normals, zeros } from '@/model/initialisations/definition';
import { leakyReluGain, negativeSlope } from '@/model/initialisations/fields';

export const kaimingNormalFanIn = defineInitialisation('kaiming_normal_fan_in', {
  pytorch: "nn.init.kaiming_normal_(w, a, mode='fan_in')",
  fields: { a: negativeSlope },
  draw: ({ a }, tensor) =>
    tensor.role === 'weight' ? normals(leakyReluGain(a) / Math.sqrt(tensor.fanIn), tensor) : zeros(tensor),
});
