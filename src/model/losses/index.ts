/**
 * Every loss, each in a file of its own; all over the logits of the last Linear, with mean reduction. A new one is a file here and a
 * line of the table; the engines' tables then miss it, and so does the build of assembly/losses.ts.
 */
import { keysOf, registry, type Field, type FieldKeyOf, type ValuesByKind } from '@/model/kindFields';
import { crossEntropy } from '@/model/losses/crossEntropy';
import { crossEntropySoftmax } from '@/model/losses/crossEntropySoftmax';
import { crossEntropyWeighted } from '@/model/losses/crossEntropyWeighted';
import type { LossDefinition } from '@/model/losses/definition';
import { mse } from '@/model/losses/mse';
import { nllLogits } from '@/model/losses/nllLogits';
import { nllLogSoftmax } from '@/model/losses/nllLogSoftmax';
import { nllSoftmax } from '@/model/losses/nllSoftmax';

/** In the order of the menu. */
const table = registry({
  cross_entropy: crossEntropy,
  cross_entropy_weighted: crossEntropyWeighted,
  nll_log_softmax: nllLogSoftmax,
  nll_logits: nllLogits,
  nll_softmax: nllSoftmax,
  cross_entropy_softmax: crossEntropySoftmax,
  mse,
});

type Table = typeof table;
type Values = ValuesByKind<Table>;

export type LossKind = keyof Table;
export type LossSpec<K extends LossKind = LossKind> = { [P in K]: { readonly kind: P } & Values[P] }[K];
export type LossField = FieldKeyOf<Table>;

export const losses: { readonly [K in LossKind]: LossDefinition<K, Values[K]> } = table;

export const lossKinds = keysOf(table);

/** PyTorch's defaults. */
export function defaultLoss<K extends LossKind>(kind: K): LossSpec<K> {
  return losses[kind].defaults;
}

/** Loss of one image from its logits, times its weight, in float64. */
export function exactLoss<K extends LossKind>(
  spec: LossSpec<K>,
  logits: readonly number[],
  label: number,
): number {
  return losses[spec.kind].loss(spec, logits, label);
}

/** d loss / d logits of one image, times its weight, in float64. */
export function exactGradient<K extends LossKind>(
  spec: LossSpec<K>,
  logits: readonly number[],
  label: number,
): readonly number[] {
  return losses[spec.kind].gradient(spec, logits, label);
}

/** What these images count for together: the number by which the sum of their losses is divided; 1 each but with class weights. */
export function weightOf<K extends LossKind>(spec: LossSpec<K>, labels: Iterable<number>): number {
  let sum = 0;
  for (const label of labels) sum += losses[spec.kind].weight(spec, label);
  return sum;
}

/** Settings that a loss may have, since kernels have so many places for them. */
export const lossParameters = 11;

/** The settings as kernels take them: numbers in the order of the fields, 0 where there are fewer. */
export function lossParametersOf(spec: LossSpec): readonly number[] {
  const fields: Readonly<Record<string, Field>> = losses[spec.kind].fields;
  const values = Object.keys(fields).map((key) => Number(Reflect.get(spec, key)));
  return Array.from({ length: lossParameters }, (_, i) => values[i] ?? 0);
}
