/** SiLU, also called swish: x times its sigmoid. */
import * as v from 'valibot';
import { elementwise, type ActivationDefinition } from '@/model/layers/elementwise';
import { nameSchema } from '@/model/layers/fields';
import { sigmoidOf } from '@/model/layers/sigmoid';

const schema = v.strictObject({ kind: v.literal('SiLU'), name: nameSchema });

export type SiLU = Readonly<v.InferOutput<typeof schema>>;

export const silu: ActivationDefinition<SiLU> = {
  ...elementwise<SiLU>({
    value: (x) => x * sigmoidOf(x),
    slope: (x) => sigmoidOf(x) * (1 + x * (1 - sigmoidOf(x))),
    slopeReads: 'input',
    course: 'valley',
  }),
  schema,
  stem: 'silu',
  create: (name) => ({ kind: 'SiLU', name }),
};
