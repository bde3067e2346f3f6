/** The optimizer, the learning rate and its schedule. */
import { boolean, choice, chosen, integer, number, share, type Hyperparameter } from '@/model/hyperparameter';
import { defaultOptimizer, defaultSchedule, optimizerKinds, scheduleKinds } from '@/model/optimizers';
import type { OptimizerKind, OptimizerSpec, RunConfig, ScheduleSpec } from '@/model/runConfig';

interface Part<Value> {
  readonly belongsTo: {
    readonly key: 'optimizer' | 'schedule';
    readonly values: readonly string[];
  };
  readonly read: (config: RunConfig) => Value | undefined;
  readonly write: (config: RunConfig, value: Value) => RunConfig;
}

/** A setting that only some optimizers have. */
function ofOptimizer<Value>(
  values: readonly OptimizerKind[],
  read: (optimizer: OptimizerSpec) => Value | undefined,
  write: (optimizer: OptimizerSpec, value: Value) => OptimizerSpec,
): Part<Value> {
  return {
    belongsTo: { key: 'optimizer', values },
    read: ({ optimizer }) => read(optimizer),
    write: (config, value) => ({ ...config, optimizer: write(config.optimizer, value) }),
  };
}

function ofSchedule<Kind extends ScheduleSpec['kind']>(
  kind: Kind,
  read: (schedule: Extract<ScheduleSpec, { kind: Kind }>) => number,
  write: (schedule: Extract<ScheduleSpec, { kind: Kind }>, value: number) => ScheduleSpec,
): Part<number> {
  const isKind = (schedule: ScheduleSpec): schedule is Extract<ScheduleSpec, { kind: Kind }> =>
    schedule.kind === kind;
  return {
    belongsTo: { key: 'schedule', values: [kind] },
    read: ({ schedule }) => (isKind(schedule) ? read(schedule) : undefined),
    write: (config, value) =>
      isKind(config.schedule) ? { ...config, schedule: write(config.schedule, value) } : config,
  };
}

const optimizerFields: readonly Hyperparameter[] = [
  choice({
    key: 'optimizer',
    group: 'optimizer',
    default: 'SGD',
    choices: optimizerKinds,
    read: (config) => config.optimizer.kind,
    write: (config, value) => {
      const kind = chosen(optimizerKinds, value);
      return kind === undefined ? config : { ...config, optimizer: defaultOptimizer(kind) };
    },
  }),
  number({
    key: 'learningRate',
    group: 'optimizer',
    default: 0.01,
    min: 1e-8,
    max: 10,
    step: 10 ** 0.25,
    scale: 'log',
    inFlight: true,
    read: (config) => config.learningRate,
    write: (config, learningRate) => ({ ...config, learningRate }),
  }),
  number({
    key: 'momentum',
    group: 'optimizer',
    default: 0,
    min: 0,
    max: 0.9999,
    step: 0.05,
    scale: 'linear',
    ...ofOptimizer<number>(
      ['SGD', 'RMSprop'],
      (it) => ('momentum' in it ? it.momentum : undefined),
      (it, momentum) => ('momentum' in it ? { ...it, momentum } : it),
    ),
  }),
  number({
    key: 'dampening',
    group: 'optimizer',
    default: 0,
    ...share,
    ...ofOptimizer<number>(
      ['SGD'],
      (it) => ('dampening' in it ? it.dampening : undefined),
      (it, dampening) => ('dampening' in it ? { ...it, dampening } : it),
    ),
  }),
  boolean({
    key: 'nesterov',
    group: 'optimizer',
    default: false,
    ...ofOptimizer<boolean>(
      ['SGD'],
      (it) => ('nesterov' in it ? it.nesterov : undefined),
      (it, nesterov) => ('nesterov' in it ? { ...it, nesterov } : it),
    ),
  }),
  number({
    key: 'beta1',
    group: 'optimizer',
    default: 0.9,
    min: 0,
    max: 0.9999,
    step: 0.01,
    scale: 'linear',
    ...ofOptimizer<number>(
      ['Adam', 'AdamW'],
      (it) => ('beta1' in it ? it.beta1 : undefined),
      (it, beta1) => ('beta1' in it ? { ...it, beta1 } : it),
    ),
  }),
  number({
    key: 'beta2',
    group: 'optimizer',
    default: 0.999,
    min: 0,
    max: 0.999999,
    step: 0.001,
    scale: 'linear',
    ...ofOptimizer<number>(
      ['Adam', 'AdamW'],
      (it) => ('beta2' in it ? it.beta2 : undefined),
      (it, beta2) => ('beta2' in it ? { ...it, beta2 } : it),
    ),
  }),
  number({
    key: 'alpha',
    group: 'optimizer',
    default: 0.99,
    min: 0,
    max: 0.999999,
    step: 0.01,
    scale: 'linear',
    ...ofOptimizer<number>(
      ['RMSprop'],
      (it) => ('alpha' in it ? it.alpha : undefined),
      (it, alpha) => ('alpha' in it ? { ...it, alpha } : it),
    ),
  }),
  number({
    key: 'eps',
    group: 'optimizer',
    default: 1e-8,
    min: 1e-12,
    max: 1,
    step: 10,
    scale: 'log',
    ...ofOptimizer<number>(
      ['Adam', 'AdamW', 'RMSprop'],
      (it) => ('eps' in it ? it.eps : undefined),
      (it, eps) => ('eps' in it ? { ...it, eps } : it),
    ),
  }),
  boolean({
    key: 'centered',
    group: 'optimizer',
    default: false,
    ...ofOptimizer<boolean>(
      ['RMSprop'],
      (it) => ('centered' in it ? it.centered : undefined),
      (it, centered) => ('centered' in it ? { ...it, centered } : it),
    ),
  }),
  number({
    key: 'weightDecay',
    group: 'optimizer',
    default: 0,
    min: 0,
    max: 1,
    step: 10 ** 0.5,
    scale: 'log',
    read: (config) => config.optimizer.weightDecay,
    write: (config, weightDecay) => ({ ...config, optimizer: { ...config.optimizer, weightDecay } }),
  }),
];

const scheduleFields: readonly Hyperparameter[] = [
  choice({
    key: 'schedule',
    group: 'schedule',
    default: 'constant',
    choices: scheduleKinds,
    read: (config) => config.schedule.kind,
    write: (config, value) => {
      const kind = chosen(scheduleKinds, value);
      return kind === undefined ? config : { ...config, schedule: defaultSchedule(kind) };
    },
  }),
  integer({
    key: 'stepEpochs',
    group: 'schedule',
    default: 3,
    min: 1,
    max: 1000,
    step: 1,
    scale: 'linear',
    unit: 'epochs',
    ...ofSchedule(
      'step',
      (it) => it.stepEpochs,
      (it, stepEpochs) => ({ ...it, stepEpochs }),
    ),
  }),
  number({
    key: 'gamma',
    group: 'schedule',
    default: 0.1,
    min: 0.001,
    max: 1,
    step: 0.05,
    scale: 'linear',
    ...ofSchedule(
      'step',
      (it) => it.gamma,
      (it, gamma) => ({ ...it, gamma }),
    ),
  }),
  number({
    key: 'minLearningRate',
    group: 'schedule',
    default: 0,
    min: 0,
    max: 10,
    step: 10 ** 0.25,
    scale: 'log',
    ...ofSchedule(
      'cosine',
      (it) => it.minLearningRate,
      (it, minLearningRate) => ({ ...it, minLearningRate }),
    ),
  }),
  number({
    key: 'pctStart',
    group: 'schedule',
    default: 0.3,
    ...share,
    ...ofSchedule(
      'one_cycle',
      (it) => it.pctStart,
      (it, pctStart) => ({ ...it, pctStart }),
    ),
  }),
  number({
    key: 'divFactor',
    group: 'schedule',
    default: 25,
    min: 1,
    max: 1e6,
    step: 2,
    scale: 'log',
    ...ofSchedule(
      'one_cycle',
      (it) => it.divFactor,
      (it, divFactor) => ({ ...it, divFactor }),
    ),
  }),
  number({
    key: 'finalDivFactor',
    group: 'schedule',
    default: 1e4,
    min: 1,
    max: 1e8,
    step: 10,
    scale: 'log',
    ...ofSchedule(
      'one_cycle',
      (it) => it.finalDivFactor,
      (it, finalDivFactor) => ({ ...it, finalDivFactor }),
    ),
  }),
  integer({
    key: 'warmupSteps',
    group: 'schedule',
    default: 0,
    min: 0,
    max: 100_000,
    step: 100,
    scale: 'linear',
    unit: 'steps',
    read: (config) => config.warmupSteps,
    write: (config, warmupSteps) => ({ ...config, warmupSteps }),
  }),
];

export const optimizerHyperparameters: readonly Hyperparameter[] = [...optimizerFields, ...scheduleFields];
