/** Tanh: the hyperbolic tangent. */
import * as v from 'valibot';
import type { LayerDefinition } from '@/model/layers/definition';
import { elementwise } from '@/model/layers/elementwise';
import { nameSchema } from '@/model/layers/fields';

const schema = v.strictObject({ kind: v.literal('Tanh'), name: nameSchema });

export type Tanh = Readonly<v.InferOutput<typeof schema>>;

export const tanh: LayerDefinition<Tanh> = {
  ...elementwise('activation', Math.tanh, (_, y) => 1 - y ** 2),
  schema,
  stem: 'tanh',
  create: (name) => ({ kind: 'Tanh', name }),
};
