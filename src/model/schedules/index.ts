/** Every learning-rate schedule, each in a file of its own. A new one is a file here and a line of the table. */
import { keysOf, registry, type FieldKeyOf, type ValuesByKind } from '@/model/kindFields';
import { constant } from '@/model/schedules/constant';
import { cosine } from '@/model/schedules/cosine';
import { cosineRestarts } from '@/model/schedules/cosineRestarts';
import type { ScheduleDefinition, ScheduleMoment } from '@/model/schedules/definition';
import { exponential } from '@/model/schedules/exponential';
import { multiStep } from '@/model/schedules/multiStep';
import { oneCycle } from '@/model/schedules/oneCycle';
import { plateau } from '@/model/schedules/plateau';
import { step } from '@/model/schedules/step';

/** In the order of the menu. */
const table = registry({
  constant,
  step,
  multi_step: multiStep,
  exponential,
  cosine,
  cosine_restarts: cosineRestarts,
  one_cycle: oneCycle,
  plateau,
});

type Table = typeof table;
type Values = ValuesByKind<Table>;

export type ScheduleKind = keyof Table;
/** Learning-rate schedules, PyTorch's formulas. */
export type ScheduleSpec<K extends ScheduleKind = ScheduleKind> = {
  [P in K]: { readonly kind: P } & Values[P];
}[K];
export type ScheduleField = FieldKeyOf<Table>;

export const schedules: { readonly [K in ScheduleKind]: ScheduleDefinition<K, Values[K]> } = table;

export const scheduleKinds = keysOf(table);

/** PyTorch's own defaults, and a choice of ours where it has none. */
export function defaultSchedule<K extends ScheduleKind>(kind: K): ScheduleSpec<K> {
  return schedules[kind].defaults;
}

/** What the learning rate is multiplied with, warm-up aside. */
export function factorOf<K extends ScheduleKind>(spec: ScheduleSpec<K>, moment: ScheduleMoment): number {
  return schedules[spec.kind].factor(spec, moment);
}

/** Whether a longer run has other learning rates from its first step on: it cannot be made by going on with a shorter one. */
export function dependsOnLength({ kind }: ScheduleSpec): boolean {
  return schedules[kind].dependsOnLength;
}

/** Whether the learning rate follows from tests, too. */
export function readsTests({ kind }: ScheduleSpec): boolean {
  return schedules[kind].reducedBy !== undefined;
}

/** What the base learning rate has come to, by the losses of the full tests at the ends of the epochs so far. */
export function reducedRate<K extends ScheduleKind>(
  spec: ScheduleSpec<K>,
  learningRate: number,
  testLosses: readonly number[],
): number {
  return schedules[spec.kind].reducedBy?.(spec, learningRate, testLosses) ?? learningRate;
}
