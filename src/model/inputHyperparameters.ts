/** From bytes to the network's input: resize, normalise, augment; each has a switch, and its numbers belong to it. */
import { boolean, integer, number, type Hyperparameter } from '@/model/hyperparameter';
import type { AugmentSpec, InputPipeline, RunConfig } from '@/model/runConfig';

/** torchvision's usual sizes of VGG-16 here; (0.5, 0.5) as the report's VGG-2; mild changes that keep digits readable. */
const whenOn = {
  resize: 64,
  normalize: { mean: 0.5, std: 0.5 },
  augment: { shift: 2, rotate: 10, scale: 0.1 },
} as const;

function withInput(config: RunConfig, change: Partial<InputPipeline>): RunConfig {
  return { ...config, input: { ...config.input, ...change } };
}

function withAugment(config: RunConfig, change: Partial<AugmentSpec>): RunConfig {
  const { augment } = config.input;
  return augment === null ? config : withInput(config, { augment: { ...augment, ...change } });
}

export const inputHyperparameters: readonly Hyperparameter[] = [
  boolean({
    key: 'resizing',
    group: 'input',
    default: false,
    read: (config) => config.input.resize !== null,
    write: (config, on) => withInput(config, { resize: on ? whenOn.resize : null }),
  }),
  integer({
    key: 'resize',
    group: 'input',
    default: whenOn.resize,
    min: 8,
    max: 224,
    step: 4,
    scale: 'linear',
    unit: 'pixels',
    belongsTo: { key: 'resizing', values: [true] },
    read: (config) => config.input.resize ?? undefined,
    write: (config, resize) => (config.input.resize === null ? config : withInput(config, { resize })),
  }),
  boolean({
    key: 'normalizing',
    group: 'input',
    default: false,
    read: (config) => config.input.normalize !== null,
    write: (config, on) => withInput(config, { normalize: on ? whenOn.normalize : null }),
  }),
  number({
    key: 'normalizeMean',
    group: 'input',
    default: whenOn.normalize.mean,
    min: -1,
    max: 1,
    step: 0.05,
    scale: 'linear',
    belongsTo: { key: 'normalizing', values: [true] },
    read: (config) => config.input.normalize?.mean,
    write: (config, mean) => {
      const { normalize } = config.input;
      return normalize === null ? config : withInput(config, { normalize: { ...normalize, mean } });
    },
  }),
  number({
    key: 'normalizeStd',
    group: 'input',
    default: whenOn.normalize.std,
    min: 0.01,
    max: 10,
    step: 0.05,
    scale: 'linear',
    belongsTo: { key: 'normalizing', values: [true] },
    read: (config) => config.input.normalize?.std,
    write: (config, std) => {
      const { normalize } = config.input;
      return normalize === null ? config : withInput(config, { normalize: { ...normalize, std } });
    },
  }),
  boolean({
    key: 'augmenting',
    group: 'input',
    default: false,
    read: (config) => config.input.augment !== null,
    write: (config, on) => withInput(config, { augment: on ? whenOn.augment : null }),
  }),
  number({
    key: 'augmentShift',
    group: 'input',
    default: whenOn.augment.shift,
    min: 0,
    max: 14,
    step: 0.5,
    scale: 'linear',
    unit: 'pixels',
    belongsTo: { key: 'augmenting', values: [true] },
    read: (config) => config.input.augment?.shift,
    write: (config, shift) => withAugment(config, { shift }),
  }),
  number({
    key: 'augmentRotate',
    group: 'input',
    default: whenOn.augment.rotate,
    min: 0,
    max: 180,
    step: 1,
    scale: 'linear',
    unit: 'degrees',
    belongsTo: { key: 'augmenting', values: [true] },
    read: (config) => config.input.augment?.rotate,
    write: (config, rotate) => withAugment(config, { rotate }),
  }),
  number({
    key: 'augmentScale',
    group: 'input',
    default: whenOn.augment.scale,
    min: 0,
    max: 0.5,
    step: 0.01,
    scale: 'linear',
    belongsTo: { key: 'augmenting', values: [true] },
    read: (config) => config.input.augment?.scale,
    write: (config, scale) => withAugment(config, { scale }),
  }),
];
