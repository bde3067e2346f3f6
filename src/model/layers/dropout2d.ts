/** Dropout2d: drops whole channels of an image with probability p while training. */
import * as v from 'valibot';
import type { LayerDefinition } from '@/model/layers/definition';
import { dropoutReference } from '@/model/layers/dropout';
import { expectImage } from '@/model/layers/expectations';
import { dropoutField, fieldSchema, nameSchema } from '@/model/layers/fields';
import { imageSizes } from '@/model/layers/reference';

const schema = v.strictObject({
  kind: v.literal('Dropout2d'),
  name: nameSchema,
  p: fieldSchema(dropoutField),
});

export type Dropout2d = Readonly<v.InferOutput<typeof schema>>;

export const dropout2d: LayerDefinition<Dropout2d> = {
  schema,
  group: 'dropout',
  stem: 'dropout',
  fields: [dropoutField],
  switches: [],
  create: (name) => ({ kind: 'Dropout2d', name, p: 0.5 }),
  outputShape: (layer, input) => {
    expectImage(layer, input);
    return input;
  },
  reads: (_, output) => output,
  state: () => [],
  flops: () => 0,
  isView: false,
  seesBatch: false,
  detail: ({ p }) => [`p ${p}`],
  reference: (layer, x, context) => {
    const [, , height, width] = imageSizes(x);
    return dropoutReference(layer, x, context, height * width);
  },
};
