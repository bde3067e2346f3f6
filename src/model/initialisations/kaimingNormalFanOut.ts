/** He's initialisation, for layers before a ReLU; bias 0. */
import { defineInitialisation, normals, zeros } from '@/model/initialisations/definition';

export const kaimingNormalFanOut = defineInitialisation('kaiming_normal_fan_out', {
  pytorch: "nn.init.kaiming_normal_(w, mode='fan_out', nonlinearity='relu')",
  fields: {},
  draw: (_, tensor) =>
    tensor.role === 'weight' ? normals(Math.sqrt(2 / tensor.fanOut), tensor) : zeros(tensor),
});
