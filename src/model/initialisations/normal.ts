/** A normal distribution of one width for every layer; bias 0. */
import { defineInitialisation, normals, zeros } from '@/model/initialisations/definition';
import { numberField } from '@/model/kindFields';

export const normal = defineInitialisation('normal', {
  pytorch: 'nn.init.normal_(w, 0, std)',
  fields: {
    // torchvision's for the Linear layers of VGG.
    std: numberField({ argument: 'std', default: 0.01, min: 0, max: 10, step: 2, scale: 'log' }),
  },
  draw: ({ std }, tensor) => (tensor.role === 'weight' ? normals(std, tensor) : zeros(tensor)),
});
