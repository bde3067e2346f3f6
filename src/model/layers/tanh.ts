/** Tanh: the hyperbolic tangent. */
import * as v from 'valibot';
import { elementwise, type ActivationDefinition } from '@/model/layers/elementwise';
import { nameSchema } from '@/model/layers/fields';

const schema = v.strictObject({ kind: v.literal('Tanh'), name: nameSchema });

export type Tanh = Readonly<v.InferOutput<typeof schema>>;

export const tanh: ActivationDefinition<Tanh> = {
  ...elementwise<Tanh>({
    value: Math.tanh,
    slope: (y) => 1 - y ** 2,
    slopeReads: 'output',
    course: 'rising',
  }),
  schema,
  stem: 'tanh',
  create: (name) => ({ kind: 'Tanh', name }),
};
