/** ReLU: max(x, 0). */
import * as v from 'valibot';
import type { LayerDefinition } from '@/model/layers/definition';
import { nameSchema } from '@/model/layers/fields';
import { elementwise } from '@/model/layers/elementwise';

const schema = v.strictObject({ kind: v.literal('ReLU'), name: nameSchema });

export type ReLU = Readonly<v.InferOutput<typeof schema>>;

export const relu: LayerDefinition<ReLU> = {
  ...elementwise<ReLU>({
    value: (x) => Math.max(0, x),
    // 1 at NaN, as PyTorch's threshold_backward.
    slope: (y) => (y <= 0 ? 0 : 1),
    slopeReads: 'output',
    course: 'rising',
  }),
  schema,
  stem: 'relu',
  create: (name) => ({ kind: 'ReLU', name }),
};
