/** LeakyReLU: x, and below 0 a small multiple of it. */
import * as v from 'valibot';
import { elementwise, type ActivationDefinition } from '@/model/layers/elementwise';
import { fieldSchema, nameSchema, realField } from '@/model/layers/fields';

/** With a slope from 0 to 1 the sign of the output is the input's. */
const negativeSlope = realField('negativeSlope', { min: 0, max: 1 }, { step: 0.01, scale: 'linear' });

const schema = v.strictObject({
  kind: v.literal('LeakyReLU'),
  name: nameSchema,
  negativeSlope: fieldSchema(negativeSlope),
});

export type LeakyReLU = Readonly<v.InferOutput<typeof schema>>;

export const leakyRelu: ActivationDefinition<LeakyReLU> = {
  ...elementwise<LeakyReLU>({
    value: (x, layer) => (x > 0 ? x : x * layer.negativeSlope),
    slope: (y, layer) => (y > 0 ? 1 : layer.negativeSlope),
    slopeReads: 'output',
    course: 'rising',
  }),
  schema,
  stem: 'leaky_relu',
  fields: [negativeSlope],
  create: (name) => ({ kind: 'LeakyReLU', name, negativeSlope: 0.01 }),
  detail: (layer) => [`slope ${layer.negativeSlope}`],
  setting: (layer) => layer.negativeSlope,
};
