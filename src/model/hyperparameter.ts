/** What one hyperparameter is: the form in which the tables beside this file describe every setting of a run. */
import type { Unit } from '@/model/kindFields';
import type { LossField } from '@/model/losses';
import type { NumberRange } from '@/model/numberRange';
import type { OptimizerField } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';
import type { ScheduleField } from '@/model/schedules';

export type HyperparameterKey =
  | 'network'
  | 'loss'
  | 'optimizer'
  | 'learningRate'
  | 'schedule'
  | 'warmupSteps'
  | 'clipping'
  | 'clipGradNorm'
  | 'clippingValue'
  | 'clipGradValue'
  | 'epochs'
  | 'batchSize'
  | 'trainingImages'
  | 'shuffle'
  | 'dropLast'
  | 'seed'
  | 'resizing'
  | 'resize'
  | 'normalizing'
  | 'normalizeMean'
  | 'normalizeStd'
  | 'augmenting'
  | 'augmentShift'
  | 'augmentRotate'
  | 'augmentScale'
  | LossField
  | OptimizerField
  | ScheduleField;

export type HyperparameterValue = number | boolean | string;
export type HyperparameterGroup = 'network' | 'training' | 'optimizer' | 'schedule' | 'loss' | 'input';

interface Described<Value extends HyperparameterValue> {
  readonly key: HyperparameterKey;
  readonly group: HyperparameterGroup;
  /** PyTorch's name of the argument, where it has one: shown where the locales have no label for the key. */
  readonly argument: string | null;
  /** The key whose hint tells what it is: its own, or that of a setting of the same sense. */
  readonly hintOf: string | null;
  /** What the report used, else PyTorch's default. */
  readonly default: Value;
  /** Whether a change takes effect on a run that trains; the others need a new run. */
  readonly inFlight: boolean;
  /** It exists only while that other hyperparameter has one of these values. */
  readonly belongsTo: {
    readonly key: HyperparameterKey;
    readonly values: readonly HyperparameterValue[];
  } | null;
  /** Undefined while it does not exist. */
  readonly read: (config: RunConfig) => Value | undefined;
  /** The config with the value set; unchanged while it does not exist. Not validated. */
  readonly write: (config: RunConfig, value: Value) => RunConfig;
}

export interface NumberHyperparameter extends Described<number>, NumberRange {
  readonly unit: Unit | null;
  /** The largest value where that hangs on other settings; `max` is then the usual one. */
  readonly maxOf?: (config: RunConfig) => number;
}
export interface BooleanHyperparameter extends Described<boolean> {
  readonly kind: 'boolean';
}
export interface ChoiceHyperparameter extends Described<string> {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  /** PyTorch's names by choice; shown where the locales have none. */
  readonly names: Readonly<Record<string, string>>;
}
export type Hyperparameter = NumberHyperparameter | BooleanHyperparameter | ChoiceHyperparameter;

type Optional = 'inFlight' | 'belongsTo' | 'argument' | 'hintOf';
type Description<Field extends Hyperparameter, Others extends keyof Field = never> = Omit<
  Field,
  'kind' | Optional | Others
> &
  Partial<Pick<Field, Optional | Others>>;

const always = { inFlight: false, belongsTo: null, argument: null, hintOf: null } as const;

export function number(field: Description<NumberHyperparameter, 'unit'>): NumberHyperparameter {
  return { kind: 'number', unit: null, ...always, ...field };
}
export function integer(field: Description<NumberHyperparameter, 'unit'>): NumberHyperparameter {
  return { kind: 'integer', unit: null, ...always, ...field };
}
export function boolean(field: Description<BooleanHyperparameter>): BooleanHyperparameter {
  return { kind: 'boolean', ...always, ...field };
}
export function choice(field: Description<ChoiceHyperparameter, 'names'>): ChoiceHyperparameter {
  return { kind: 'choice', names: {}, ...always, ...field };
}

/** The values that a setting takes in this configuration. */
export function rangeOf(field: NumberHyperparameter, config: RunConfig): NumberHyperparameter {
  return field.maxOf === undefined ? field : { ...field, max: field.maxOf(config) };
}

/** The member of `choices` that equals `value`; links and controls give plain strings. */
export function chosen<Choice extends string>(choices: readonly Choice[], value: string): Choice | undefined {
  return choices.find((item) => item === value);
}
