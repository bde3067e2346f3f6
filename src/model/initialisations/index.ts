/** Every initialisation, each in a file of its own. A new one is a file here and a line of the table. */
import * as v from 'valibot';
import type { Drawn, DrawnTensor, InitialisationDefinition } from '@/model/initialisations/definition';
import { constant } from '@/model/initialisations/constant';
import { kaimingNormalFanIn } from '@/model/initialisations/kaimingNormalFanIn';
import { kaimingNormalFanOut } from '@/model/initialisations/kaimingNormalFanOut';
import { kaimingUniform } from '@/model/initialisations/kaimingUniform';
import { normal } from '@/model/initialisations/normal';
import { orthogonal } from '@/model/initialisations/orthogonal';
import { pytorchDefault } from '@/model/initialisations/pytorchDefault';
import { xavierNormal } from '@/model/initialisations/xavierNormal';
import { xavierUniform } from '@/model/initialisations/xavierUniform';
import { registry, type ValuesByKind } from '@/model/kindFields';

const table = registry({
  default: pytorchDefault,
  xavier_uniform: xavierUniform,
  xavier_normal: xavierNormal,
  kaiming_uniform: kaimingUniform,
  kaiming_normal_fan_in: kaimingNormalFanIn,
  kaiming_normal_fan_out: kaimingNormalFanOut,
  normal,
  orthogonal,
  constant,
});

type Values = ValuesByKind<typeof table>;

export type WeightInitKind = keyof typeof table;
/** How a layer's weights are drawn. */
export type WeightInit<K extends WeightInitKind = WeightInitKind> = {
  [P in K]: { readonly kind: P } & Values[P];
}[K];

export const initialisations: {
  readonly [K in WeightInitKind]: InitialisationDefinition<K, Values[K]>;
} = table;

export const weightInitSchema: v.GenericSchema<unknown, WeightInit> = v.variant(
  'kind',
  Object.values(initialisations).map(({ schema }) => schema),
);

/** Operations that `drawn` makes for a weight beside the drawing of each number. */
export function drawingWork<K extends WeightInitKind>(
  init: WeightInit<K>,
  weight: Pick<DrawnTensor, 'shape' | 'count'>,
): number {
  return initialisations[init.kind].work(weight);
}

/** Starting values of one tensor of a layer with this `init`. */
export function drawn<K extends WeightInitKind>(init: WeightInit<K>, tensor: DrawnTensor): Drawn {
  return initialisations[init.kind].draw(init, tensor);
}
