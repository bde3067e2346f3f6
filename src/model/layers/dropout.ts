/** Dropout: drops single values with probability p while training; survivors are multiplied by 1 / (1 - p). */
import * as v from 'valibot';
import type { AnyLayer, LayerDefinition } from '@/model/layers/definition';
import { dropoutField, fieldSchema, nameSchema } from '@/model/layers/fields';
import type { Pass, ReferenceContext, Tensor64 } from '@/model/layers/reference';

const schema = v.strictObject({ kind: v.literal('Dropout'), name: nameSchema, p: fieldSchema(dropoutField) });

export type Dropout = Readonly<v.InferOutput<typeof schema>>;

/** `unit`: values that are dropped together. */
export function dropoutReference(
  { name, p }: AnyLayer & { readonly p: number },
  x: Tensor64,
  { keeps }: ReferenceContext,
  unit: number,
): Pass {
  const masked = (data: Float64Array): Float64Array =>
    data.map((value, i) => (keeps(name, Math.floor(i / unit), p) ? value / (1 - p) : 0));
  return { y: { shape: x.shape, data: masked(x.data) }, backward: masked };
}

export const dropout: LayerDefinition<Dropout> = {
  schema,
  group: 'dropout',
  stem: 'dropout',
  fields: [dropoutField],
  switches: [],
  create: (name) => ({ kind: 'Dropout', name, p: 0.5 }),
  outputShape: (_, input) => input,
  reads: (_, output) => output,
  state: () => [],
  flops: () => 0,
  isView: false,
  seesBatch: false,
  detail: ({ p }) => [`p ${p}`],
  reference: (layer, x, context) => dropoutReference(layer, x, context, 1),
};
