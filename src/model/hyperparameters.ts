/**
 * Every hyperparameter, described once: validation, controls and links all come from this table. Texts stand in the
 * views' locales as `<key>.label`, `<key>.hint`, `<key>.choices.<value>`, `units.<unit>` and `problems.<code>`.
 */
import { dataOf, mnist, trainingSize } from '@/model/dataSet';
import {
  boolean,
  choice,
  integer,
  number,
  type Hyperparameter,
  type HyperparameterKey,
} from '@/model/hyperparameter';
import { inputHyperparameters } from '@/model/inputHyperparameters';
import { kindHyperparameters } from '@/model/kindHyperparameters';
import { defaultLoss, lossKinds, losses, type LossSpec } from '@/model/losses';
import { optimizerHyperparameters } from '@/model/optimizerHyperparameters';
import { defaultInput } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { standardNetwork, standardNetworks } from '@/model/standardNetworks';

/** The `network` of a config whose layers do not come with the page. */
export const customNetwork = 'custom';
const networkIds = standardNetworks.map((network) => network.id);

const networkAndLoss: readonly Hyperparameter[] = [
  choice({
    key: 'network',
    group: 'network',
    default: 'mynn',
    choices: [...networkIds, customNetwork],
    read: (config) => (networkIds.includes(config.network.id) ? config.network.id : customNetwork),
    // Each network has its own input; `custom` names no layers, so it changes nothing.
    write: (config, id) =>
      networkIds.includes(id) ? { ...config, network: standardNetwork(id), input: defaultInput(id) } : config,
  }),
  ...kindHyperparameters<LossSpec>(
    {
      key: 'loss',
      group: 'loss',
      kinds: lossKinds,
      fieldsOf: (kind) => losses[kind].fields,
      defaultOf: defaultLoss,
      nameOf: (kind) => losses[kind].pytorch,
      read: (config) => config.loss,
      write: (config, loss) => ({ ...config, loss }),
    },
    'cross_entropy',
  ),
];

function withClippedValues(config: RunConfig, largest: number | null): RunConfig {
  const { clipGradValue: _, ...others } = config;
  return largest === null ? others : { ...others, clipGradValue: largest };
}

const training: readonly Hyperparameter[] = [
  boolean({
    key: 'clipping',
    group: 'optimizer',
    default: false,
    read: (config) => config.clipGradNorm !== null,
    write: (config, on) => ({ ...config, clipGradNorm: on ? 1 : null }),
  }),
  number({
    key: 'clipGradNorm',
    group: 'optimizer',
    default: 1,
    min: 1e-4,
    max: 1e4,
    step: 10 ** 0.5,
    scale: 'log',
    belongsTo: { key: 'clipping', values: [true] },
    read: (config) => config.clipGradNorm ?? undefined,
    write: (config, clipGradNorm) => (config.clipGradNorm === null ? config : { ...config, clipGradNorm }),
  }),
  boolean({
    key: 'clippingValue',
    group: 'optimizer',
    default: false,
    read: (config) => config.clipGradValue !== undefined,
    write: (config, on) => withClippedValues(config, on ? 0.1 : null),
  }),
  number({
    key: 'clipGradValue',
    group: 'optimizer',
    default: 0.1,
    min: 1e-4,
    max: 1e4,
    step: 10 ** 0.5,
    scale: 'log',
    belongsTo: { key: 'clippingValue', values: [true] },
    read: (config) => config.clipGradValue,
    write: (config, largest) =>
      config.clipGradValue === undefined ? config : withClippedValues(config, largest),
  }),
  integer({
    key: 'epochs',
    group: 'training',
    default: 10,
    min: 1,
    max: 1000,
    step: 1,
    scale: 'linear',
    unit: 'epochs',
    read: (config) => config.epochs,
    write: (config, epochs) => ({ ...config, epochs }),
  }),
  integer({
    key: 'batchSize',
    group: 'training',
    default: 64,
    min: 1,
    max: 4096,
    step: 2,
    scale: 'log',
    unit: 'images',
    read: (config) => config.batchSize,
    write: (config, batchSize) => ({ ...config, batchSize }),
  }),
  integer({
    key: 'trainingImages',
    group: 'training',
    default: mnist.trainingImages,
    min: 1,
    max: mnist.trainingImages,
    maxOf: (config) => trainingSize(dataOf(config)),
    step: 1000,
    scale: 'linear',
    unit: 'images',
    read: (config) => config.trainingImages,
    write: (config, trainingImages) => ({ ...config, trainingImages }),
  }),
  boolean({
    key: 'shuffle',
    group: 'training',
    default: false,
    read: (config) => config.shuffle,
    write: (config, shuffle) => ({ ...config, shuffle }),
  }),
  boolean({
    key: 'dropLast',
    group: 'training',
    default: false,
    read: (config) => config.dropLast,
    write: (config, dropLast) => ({ ...config, dropLast }),
  }),
  integer({
    key: 'seed',
    group: 'training',
    default: 1,
    min: 0,
    // Random numbers are keyed by 32 bits.
    max: 2 ** 32 - 1,
    step: 1,
    scale: 'linear',
    read: (config) => config.seed,
    write: (config, seed) => ({ ...config, seed }),
  }),
];

/** All of them; one that belongs to another stands after it. */
export const hyperparameters: readonly Hyperparameter[] = [
  ...networkAndLoss,
  ...optimizerHyperparameters,
  ...training,
  ...inputHyperparameters,
];

const byKey = new Map(hyperparameters.map((field) => [field.key, field]));

/** The description of one hyperparameter. */
export function hyperparameter(key: HyperparameterKey): Hyperparameter {
  const field = byKey.get(key);
  if (field === undefined) throw new RangeError(`Hyperparameter "${key}" is not described.`);
  return field;
}

/** Whether it exists in this config: what it belongs to has the right value. */
export function applies(field: Hyperparameter, config: RunConfig): boolean {
  return field.read(config) !== undefined;
}
