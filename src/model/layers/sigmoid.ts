/** Sigmoid: 1 / (1 + e^-x). */
import * as v from 'valibot';
import { elementwise, type ActivationDefinition } from '@/model/layers/elementwise';
import { nameSchema } from '@/model/layers/fields';

const schema = v.strictObject({ kind: v.literal('Sigmoid'), name: nameSchema });

export type Sigmoid = Readonly<v.InferOutput<typeof schema>>;

export function sigmoidOf(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export const sigmoid: ActivationDefinition<Sigmoid> = {
  ...elementwise<Sigmoid>({
    value: sigmoidOf,
    slope: (y) => y * (1 - y),
    slopeReads: 'output',
    course: 'rising',
  }),
  schema,
  stem: 'sigmoid',
  create: (name) => ({ kind: 'Sigmoid', name }),
};
