/** BatchNorm2d: every channel to mean 0 and variance 1 over the batch, then scaled and shifted. */
import * as v from 'valibot';
import { batchNorm, batchNormSchemas, usualBatchNorm } from '@/model/layers/batchNorm';
import type { LayerDefinition } from '@/model/layers/definition';
import { channelsOf, expectChannels, expectImage } from '@/model/layers/expectations';
import { channelField, fieldSchema, nameSchema } from '@/model/layers/fields';

const numFeatures = channelField('numFeatures', true);

const schema = v.strictObject({
  kind: v.literal('BatchNorm2d'),
  name: nameSchema,
  numFeatures: fieldSchema(numFeatures),
  ...batchNormSchemas,
});

export type BatchNorm2d = Readonly<v.InferOutput<typeof schema>>;

export const batchNorm2d: LayerDefinition<BatchNorm2d> = {
  ...batchNorm(numFeatures),
  schema,
  create: (name, input) => ({
    kind: 'BatchNorm2d',
    name,
    numFeatures: channelsOf(input),
    ...usualBatchNorm,
  }),
  outputShape: (layer, input) => {
    const [channels] = expectImage(layer, input);
    expectChannels(layer, layer.numFeatures, channels);
    return input;
  },
};
