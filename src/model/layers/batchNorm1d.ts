/** BatchNorm1d behind a Linear or Flatten: every value to mean 0 and variance 1 over the batch, then scaled and shifted. */
import * as v from 'valibot';
import { batchNorm, batchNormSchemas, usualBatchNorm } from '@/model/layers/batchNorm';
import type { LayerDefinition } from '@/model/layers/definition';
import { expectVector } from '@/model/layers/expectations';
import { featureField, fieldSchema, nameSchema } from '@/model/layers/fields';
import { sizeOf } from '@/model/tensor';

const numFeatures = featureField('numFeatures', true);

const schema = v.strictObject({
  kind: v.literal('BatchNorm1d'),
  name: nameSchema,
  numFeatures: fieldSchema(numFeatures),
  ...batchNormSchemas,
});

export type BatchNorm1d = Readonly<v.InferOutput<typeof schema>>;

export const batchNorm1d: LayerDefinition<BatchNorm1d> = {
  ...batchNorm(numFeatures),
  schema,
  create: (name, input) => ({
    kind: 'BatchNorm1d',
    name,
    numFeatures: input === null ? 128 : sizeOf(input),
    ...usualBatchNorm,
  }),
  outputShape: (layer, input) => {
    expectVector(layer, layer.numFeatures, input);
    return input;
  },
};
