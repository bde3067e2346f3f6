/** The optimizer, the learning rate and its schedule; what belongs to one kind comes out of the registries. */
import { integer, number, type Hyperparameter } from '@/model/hyperparameter';
import { kindHyperparameters } from '@/model/kindHyperparameters';
import { defaultOptimizer, optimizerKinds, optimizers, type OptimizerSpec } from '@/model/optimizers';
import { defaultSchedule, scheduleKinds, schedules, type ScheduleSpec } from '@/model/schedules';

const [optimizer, ...optimizerSettings] = kindHyperparameters<OptimizerSpec>(
  {
    key: 'optimizer',
    group: 'optimizer',
    kinds: optimizerKinds,
    fieldsOf: (kind) => optimizers[kind].fields,
    defaultOf: defaultOptimizer,
    nameOf: (kind) => kind,
    read: (config) => config.optimizer,
    write: (config, spec) => ({ ...config, optimizer: spec }),
  },
  'SGD',
);

const learningRate = number({
  key: 'learningRate',
  group: 'optimizer',
  default: 0.01,
  min: 1e-8,
  max: 10,
  step: 10 ** 0.25,
  scale: 'log',
  inFlight: true,
  read: (config) => config.learningRate,
  write: (config, value) => ({ ...config, learningRate: value }),
});

const scheduleFields = kindHyperparameters<ScheduleSpec>(
  {
    key: 'schedule',
    group: 'schedule',
    kinds: scheduleKinds,
    fieldsOf: (kind) => schedules[kind].fields,
    defaultOf: defaultSchedule,
    nameOf: (kind) => schedules[kind].pytorch,
    read: (config) => config.schedule,
    write: (config, spec) => ({ ...config, schedule: spec }),
  },
  'constant',
);

const warmupSteps = integer({
  key: 'warmupSteps',
  group: 'schedule',
  default: 0,
  min: 0,
  max: 100_000,
  step: 100,
  scale: 'linear',
  unit: 'steps',
  read: (config) => config.warmupSteps,
  write: (config, value) => ({ ...config, warmupSteps: value }),
});

export const optimizerHyperparameters: readonly Hyperparameter[] = [
  optimizer,
  learningRate,
  ...optimizerSettings,
  ...scheduleFields,
  warmupSteps,
];
