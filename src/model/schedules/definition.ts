/** What a kind of learning-rate schedule is. */
import { describedBy, type Field, type Fields, type KindSchema, type SpecOf } from '@/model/kindFields';

/** Where in a run a factor is asked for. */
export interface ScheduleMoment {
  /** 0 is the first. */
  readonly step: number;
  /** Steps of the whole run, and of one epoch. */
  readonly total: number;
  readonly stepsPerEpoch: number;
  /** What the factor is multiplied with. */
  readonly learningRate: number;
}

export interface ScheduleDefinition<Kind extends string, Settings> {
  readonly kind: Kind;
  /** The class of torch.optim.lr_scheduler that it is, or null; where the locales do not name the kind, it does. */
  readonly pytorch: string | null;
  /** In the order in which they are shown. */
  readonly fields: { readonly [K in keyof Settings]: Field };
  readonly defaults: { readonly kind: Kind } & Settings;
  readonly schema: KindSchema<{ readonly kind: Kind } & Settings>;
  /** Whether a longer run has other learning rates from its first step on: it cannot be made by going on with a shorter one. */
  readonly dependsOnLength: boolean;
  /** What the learning rate is multiplied with: PyTorch's formula in closed form, of the step alone. Finite at any step. */
  readonly factor: (spec: { readonly kind: Kind } & Settings, moment: ScheduleMoment) => number;
  /** Of a kind that looks at results: what the rate has come to, from the loss of the full test at the end of each epoch so far. */
  readonly reducedBy?: ReducedBy<{ readonly kind: Kind } & Settings>;
}

type ReducedBy<Spec> = (spec: Spec, learningRate: number, testLosses: readonly number[]) => number;

interface Parts<Spec, F extends Fields> {
  readonly pytorch: string | null;
  readonly fields: F;
  readonly dependsOnLength: boolean;
  readonly factor: (spec: Spec, moment: ScheduleMoment) => number;
  readonly reducedBy?: ReducedBy<Spec>;
}

/** Gives a definition its types, its defaults and its schema. */
export function defineSchedule<const Kind extends string, F extends Fields>(
  kind: Kind,
  parts: Parts<SpecOf<Kind, F>, F>,
) {
  return { ...parts, kind, ...describedBy(kind, parts.fields) };
}

/** From `start` at progress 0 along a half cosine to `end` at 1. */
export function cosineAnneal(start: number, end: number, progress: number): number {
  return end + ((start - end) / 2) * (1 + Math.cos(Math.PI * progress));
}
