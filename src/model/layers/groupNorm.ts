/**
 * GroupNorm: in each image every group of channels to mean 0 and variance 1, then each channel scaled and shifted. One group is
 * LayerNorm over [C, H, W], one a channel InstanceNorm2d.
 */
import * as v from 'valibot';
import { epsField } from '@/model/layers/batchNorm';
import type { LayerDefinition, ParameterProblem } from '@/model/layers/definition';
import { expectChannels } from '@/model/layers/expectations';
import { featureField, fieldSchema, nameSchema } from '@/model/layers/fields';
import { addAt, imageSizes, valueAt } from '@/model/layers/reference';
import { sizeOf } from '@/model/tensor';
import { wholeRegion } from '@/model/layers/region';

const numGroups = featureField('numGroups');
// A row of values is as many channels, as for PyTorch.
const numChannels = featureField('numChannels', true);

const schema = v.strictObject({
  kind: v.literal('GroupNorm'),
  name: nameSchema,
  numGroups: fieldSchema(numGroups),
  numChannels: fieldSchema(numChannels),
  eps: fieldSchema(epsField),
});

export type GroupNorm = Readonly<v.InferOutput<typeof schema>>;

/** The largest number up to `most` that divides `count`. */
function divisorUpTo(most: number, count: number): number {
  let divisor = Math.min(most, count);
  while (count % divisor !== 0) divisor -= 1;
  return divisor;
}

/** PyTorch: "num_channels must be divisible by num_groups". */
function groupsProblem({ numGroups: value, numChannels: divided }: GroupNorm): ParameterProblem | null {
  if (divided % value === 0) return null;
  return { field: 'numGroups', value, min: 1, max: divisorUpTo(value, divided), isInteger: true, divided };
}

const usualGroups = 4;

export const groupNorm: LayerDefinition<GroupNorm> = {
  schema,
  group: 'normalization',
  stem: 'gn',
  fields: [numGroups, numChannels, epsField],
  switches: [],
  parameterProblem: groupsProblem,
  create: (name, input) => {
    const [channels = 1] = input ?? [];
    return {
      kind: 'GroupNorm',
      name,
      numGroups: divisorUpTo(usualGroups, channels),
      numChannels: channels,
      eps: 1e-5,
    };
  },
  outputShape: (layer, input) => {
    expectChannels(layer, layer.numChannels, input[0] ?? 0);
    return input;
  },
  // Its mean is taken over the whole plane; a row of values is as many channels of one place.
  reads: (_, __, input) => wholeRegion(input),
  state: ({ numChannels: channels }) => {
    const tensor = { shape: [channels], dtype: 'F32', role: 'parameter' } as const;
    return [
      { ...tensor, suffix: 'weight', start: 'ones' },
      { ...tensor, suffix: 'bias', start: 'zeros' },
    ];
  },
  // A value is added, its distance to the mean squared and added; then it is scaled to variance 1, and by weight and bias.
  flops: (_, __, output) => 8 * sizeOf(output),
  isView: false,
  seesBatch: false,
  detail: (layer) => [String(layer.numChannels), { key: 'groups', value: layer.numGroups }],
  reference: (layer, x, { weights }) => {
    const [, channels, h, w] = imageSizes(x);
    const channel = (i: number): number => Math.floor(i / (h * w)) % channels;
    // Channels of a group lie side by side.
    const count = (channels / layer.numGroups) * h * w;
    const group = (i: number): number => Math.floor(i / count);
    const sums = (size: number, place: (i: number) => number, value: (i: number) => number): Float64Array => {
      const total = new Float64Array(size);
      x.data.forEach((_, i) => addAt(total, place(i), value(i)));
      return total;
    };
    const means = (value: (i: number) => number): Float64Array =>
      sums(x.data.length / count, group, value).map((sum) => sum / count);
    const mean = means((i) => valueAt(x.data, i));
    const variance = means((i) => (valueAt(x.data, i) - valueAt(mean, group(i))) ** 2);
    const inverse = variance.map((value) => 1 / Math.sqrt(value + layer.eps));
    const normal = x.data.map((value, i) => (value - valueAt(mean, group(i))) * valueAt(inverse, group(i)));
    const weight = (i: number): number => valueAt(weights.get(`${layer.name}.weight`), channel(i));
    const bias = (i: number): number => valueAt(weights.get(`${layer.name}.bias`), channel(i));
    return {
      y: { shape: x.shape, data: normal.map((value, i) => value * weight(i) + bias(i)) },
      backward: (dy, gradients) => {
        const own = (i: number): number => valueAt(dy, i);
        gradients.set(
          `${layer.name}.weight`,
          sums(channels, channel, (i) => own(i) * valueAt(normal, i)),
        );
        gradients.set(`${layer.name}.bias`, sums(channels, channel, own));
        const shift = means((i) => own(i) * weight(i));
        const slope = means((i) => own(i) * weight(i) * valueAt(normal, i));
        return dy.map((g, i) => {
          const k = group(i);
          const centred = g * weight(i) - valueAt(shift, k) - valueAt(normal, i) * valueAt(slope, k);
          return centred * valueAt(inverse, k);
        });
      },
    };
  },
};
