/** Linear: every output is a weighted sum of all inputs. */
import * as v from 'valibot';
import { conv2dReference, weightAndBias } from '@/model/layers/conv2d';
import type { LayerDefinition } from '@/model/layers/definition';
import { expectVector } from '@/model/layers/expectations';
import { featureField, fieldSchema, nameSchema } from '@/model/layers/fields';
import { sizeOf } from '@/model/tensor';
import { weightInitSchema } from '@/model/initialisations';
import { wholeRegion } from '@/model/layers/region';

const inFeatures = featureField('inFeatures', true);
const outFeatures = featureField('outFeatures');

const schema = v.strictObject({
  kind: v.literal('Linear'),
  name: nameSchema,
  inFeatures: fieldSchema(inFeatures),
  outFeatures: fieldSchema(outFeatures),
  bias: v.boolean(),
  init: weightInitSchema,
});

export type Linear = Readonly<v.InferOutput<typeof schema>>;

export const linear: LayerDefinition<Linear> = {
  schema,
  group: 'weights',
  stem: 'fc',
  fields: [inFeatures, outFeatures],
  switches: ['bias'],
  create: (name, input) => ({
    kind: 'Linear',
    name,
    inFeatures: input === null ? 128 : sizeOf(input),
    outFeatures: 128,
    bias: true,
    init: { kind: 'default' },
  }),
  outputShape: (layer, input) => {
    expectVector(layer, layer.inFeatures, input);
    return [layer.outFeatures];
  },
  reads: (_, __, input) => wholeRegion(input),
  state: (layer) => weightAndBias([layer.outFeatures, layer.inFeatures], layer),
  flops: (layer, _, output) => sizeOf(output) * (2 * layer.inFeatures + (layer.bias ? 1 : 0)),
  isView: false,
  seesBatch: false,
  detail: (layer) => [`${layer.inFeatures}→${layer.outFeatures}`],
  reference: (
    { name, inFeatures: inputs, outFeatures: outputs, bias, init },
    { shape: [n = 0], data },
    { weights },
  ) => {
    const window = { kernelSize: 1, stride: 1, padding: 0 };
    const pass = conv2dReference(
      { kind: 'Conv2d', name, inChannels: inputs, outChannels: outputs, ...window, bias, init },
      { shape: [n, inputs, 1, 1], data },
      weights,
    );
    return { ...pass, y: { shape: [n, outputs], data: pass.y.data } };
  },
};
