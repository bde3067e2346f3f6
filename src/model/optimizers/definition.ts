/** What a kind of optimizer is, but for how the engines compute it. */
import { describedBy, type Field, type Fields, type KindSchema, type SpecOf } from '@/model/kindFields';

/** float32 of a run, or float64 of the reference. */
type Values = Float32Array | Float64Array;

/** One parameter before its update; the update writes parameter and slots in place. */
export interface ParameterUpdate {
  readonly parameter: Values;
  /** Clipped already, where a run clips. */
  readonly gradient: Values;
  /** By PyTorch's names, each as long as the parameter; zeros before the first update. */
  readonly slots: Readonly<Record<string, Values>>;
  readonly learningRate: number;
  /** Updates done with these slots, this one included: 1 for the first. */
  readonly updates: number;
}

/** Settings that PyTorch refuses together; the page words the code. */
export interface SettingProblem<Code extends string = string, Key extends string = string> {
  readonly code: Code;
  readonly key: Key;
  readonly value: number;
}

export interface OptimizerDefinition<
  Kind extends string,
  Settings,
  Slot extends string = string,
  Code extends string = string,
  Key extends string = string,
> {
  /** The class of torch.optim. */
  readonly kind: Kind;
  /** In the order in which they are shown; the learning rate stands beside them, since schedules change it. */
  readonly fields: { readonly [K in keyof Settings]: Field };
  readonly defaults: { readonly kind: Kind } & Settings;
  readonly schema: KindSchema<{ readonly kind: Kind } & Settings>;
  /** The state_dict slots that it keeps for every parameter, each as large as the parameter, in PyTorch's order. */
  readonly slots: (spec: { readonly kind: Kind } & Settings) => readonly Slot[];
  /** Whether it divides by the size of gradients, so that their rounding counts however small they are. */
  readonly dividesByGradient: boolean;
  /** torch.optim's single-tensor formula, in float64 between reading and writing. */
  readonly update: (spec: { readonly kind: Kind } & Settings, update: ParameterUpdate) => void;
  readonly problems: (spec: { readonly kind: Kind } & Settings) => readonly SettingProblem<Code, Key>[];
}

interface Parts<Spec, F extends Fields, Slot extends string, Code extends string> {
  readonly fields: F;
  readonly slots: (spec: Spec) => readonly Slot[];
  readonly dividesByGradient: boolean;
  readonly update: (spec: Spec, update: ParameterUpdate) => void;
  readonly problems?: (spec: Spec) => readonly SettingProblem<Code, keyof F & string>[];
}

/** Gives a definition its types, its defaults and its schema. */
export function defineOptimizer<
  const Kind extends string,
  F extends Fields,
  Slot extends string,
  Code extends string = never,
>(kind: Kind, parts: Parts<SpecOf<Kind, F>, F, Slot, Code>) {
  return { problems: () => [], ...parts, kind, ...describedBy(kind, parts.fields) };
}

/** A slot's values. @throws RangeError where the state lacks it */
export function slotOf(slots: ParameterUpdate['slots'], name: string): Values {
  const values = slots[name];
  if (values === undefined) throw new RangeError(`The optimizer state lacks ${name}.`);
  return values;
}

/** With weight decay, if any: 0 times an infinite weight would be NaN. */
export function decayed(gradient: number, parameter: number, weightDecay: number): number {
  return weightDecay === 0 ? gradient : gradient + weightDecay * parameter;
}
