/** Flatten: [C, H, W] -> [C*H*W], channel-major as PyTorch flattens. */
import * as v from 'valibot';
import type { LayerDefinition } from '@/model/layers/definition';
import { nameSchema } from '@/model/layers/fields';
import { sizeOf } from '@/model/tensor';
import { imageRegion } from '@/model/layers/region';

const schema = v.strictObject({ kind: v.literal('Flatten'), name: nameSchema });

export type Flatten = Readonly<v.InferOutput<typeof schema>>;

export const flatten: LayerDefinition<Flatten> = {
  schema,
  group: 'shape',
  stem: 'flatten',
  fields: [],
  switches: [],
  create: (name) => ({ kind: 'Flatten', name }),
  outputShape: (_, input) => [sizeOf(input)],
  // A row of values stays one.
  reads: (_, output, input) => (input.length === 1 ? output : imageRegion(output[0] ?? [], input)),
  state: () => [],
  flops: () => 0,
  isView: true,
  seesBatch: false,
  detail: () => [],
  reference: (_, { shape: [n = 0, ...shape], data }) => ({
    y: { shape: [n, sizeOf(shape)], data },
    backward: (dy) => dy,
  }),
};
