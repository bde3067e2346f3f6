/** What one hyperparameter is: the form in which the tables beside this file describe every setting of a run. */
import type { NumberRange } from '@/model/numberRange';
import type { RunConfig } from '@/model/runConfig';

export type HyperparameterKey =
  | 'network'
  | 'loss'
  | 'labelSmoothing'
  | 'optimizer'
  | 'learningRate'
  | 'momentum'
  | 'dampening'
  | 'nesterov'
  | 'beta1'
  | 'beta2'
  | 'alpha'
  | 'eps'
  | 'centered'
  | 'weightDecay'
  | 'schedule'
  | 'stepEpochs'
  | 'gamma'
  | 'minLearningRate'
  | 'pctStart'
  | 'divFactor'
  | 'finalDivFactor'
  | 'warmupSteps'
  | 'clipping'
  | 'clipGradNorm'
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
  | 'augmentScale';

export type HyperparameterValue = number | boolean | string;
export type HyperparameterGroup = 'network' | 'training' | 'optimizer' | 'schedule' | 'loss' | 'input';
export type Unit = 'epochs' | 'images' | 'steps' | 'pixels' | 'degrees';

interface Described<Value extends HyperparameterValue> {
  readonly key: HyperparameterKey;
  readonly group: HyperparameterGroup;
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
}
export interface BooleanHyperparameter extends Described<boolean> {
  readonly kind: 'boolean';
}
export interface ChoiceHyperparameter extends Described<string> {
  readonly kind: 'choice';
  readonly choices: readonly string[];
}
export type Hyperparameter = NumberHyperparameter | BooleanHyperparameter | ChoiceHyperparameter;

type Optional = 'inFlight' | 'belongsTo';
type Description<Field extends Hyperparameter, Others extends keyof Field = never> = Omit<
  Field,
  'kind' | Optional | Others
> &
  Partial<Pick<Field, Optional | Others>>;

const always = { inFlight: false, belongsTo: null } as const;

export function number(field: Description<NumberHyperparameter, 'unit'>): NumberHyperparameter {
  return { kind: 'number', unit: null, ...always, ...field };
}
export function integer(field: Description<NumberHyperparameter, 'unit'>): NumberHyperparameter {
  return { kind: 'integer', unit: null, ...always, ...field };
}
export function boolean(field: Description<BooleanHyperparameter>): BooleanHyperparameter {
  return { kind: 'boolean', ...always, ...field };
}
export function choice(field: Description<ChoiceHyperparameter>): ChoiceHyperparameter {
  return { kind: 'choice', ...always, ...field };
}

/** A range such as those of betas and shares. */
export const share = { min: 0, max: 1, step: 0.05, scale: 'linear' } as const;

/** The member of `choices` that equals `value`; links and controls give plain strings. */
export function chosen<Choice extends string>(choices: readonly Choice[], value: string): Choice | undefined {
  return choices.find((item) => item === value);
}
