/** The runs that the doctor's rules are tested on: each fault on purpose, and the six networks as they should be. */
import { defaultConfig, presetById } from '@/model/presets';
import type { LayerSpec, NetworkSpec } from '@/model/layers';
import type { WeightInit } from '@/model/initialisations';
import type { RunConfig } from '@/model/runConfig';

export interface RecordedRun {
  readonly config: RunConfig;
  readonly steps: number;
  /** A test on the first 1,000 images every so many steps, 0 for none; and on all 10,000 at the end of each epoch. */
  readonly quickTestEvery: number;
  readonly fullTests: boolean;
  /** Sorts the training images by label, which the app's own files are not. */
  readonly isSorted?: boolean;
}

const momentum: RunConfig['optimizer'] = {
  kind: 'SGD',
  momentum: 0.9,
  dampening: 0,
  nesterov: false,
  weightDecay: 0,
};
const adam: RunConfig['optimizer'] = { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 };

function preset(id: string): RunConfig {
  const found = presetById(id);
  if (found === undefined) throw new RangeError(`No preset is named ${id}.`);
  return found.config;
}

const lenet = (change: Partial<RunConfig>): RunConfig => ({ ...defaultConfig('lenet'), ...change });

/** Ten plain convolutions in a row, without BatchNorm. */
function deepNetwork(init: WeightInit): NetworkSpec {
  const layers = Array.from({ length: 10 }, (_, i): LayerSpec[] => [
    {
      kind: 'Conv2d',
      name: `conv${i + 1}`,
      inChannels: i === 0 ? 1 : 12,
      outChannels: 12,
      kernelSize: 3,
      stride: i === 0 ? 2 : 1,
      padding: 1,
      bias: true,
      init,
    },
    { kind: 'ReLU', name: `relu${i + 1}` },
  ]).flat();
  return {
    id: 'custom',
    name: 'Ten convolutions',
    outputActivation: 'none',
    layers: [
      ...layers,
      { kind: 'MaxPool2d', name: 'pool', kernelSize: 2, stride: 2, padding: 0 },
      { kind: 'Flatten', name: 'flatten' },
      { kind: 'Linear', name: 'fc', inFeatures: 588, outFeatures: 10, bias: true, init: { kind: 'default' } },
    ],
  };
}

/** Two convolutions with BatchNorm, of which the second sees few values a channel in a small batch. */
const batchNormNetwork: NetworkSpec = {
  id: 'custom',
  name: 'BatchNorm',
  outputActivation: 'none',
  layers: [1, 2, 3].flatMap((n): LayerSpec[] => [
    {
      kind: 'Conv2d',
      name: `conv${n}`,
      inChannels: n === 1 ? 1 : 16,
      outChannels: 16,
      kernelSize: 3,
      stride: 3,
      padding: 1,
      bias: false,
      init: { kind: 'default' },
    },
    { kind: 'BatchNorm2d', name: `bn${n}`, numFeatures: 16, eps: 1e-5, momentum: 0.1 },
    { kind: 'ReLU', name: `relu${n}` },
  ]),
};
const batchNormHead: NetworkSpec = {
  ...batchNormNetwork,
  layers: [
    ...batchNormNetwork.layers,
    { kind: 'AdaptiveAvgPool2d', name: 'pool', outputSize: 1 },
    { kind: 'Flatten', name: 'flatten' },
    { kind: 'Linear', name: 'fc', inFeatures: 16, outFeatures: 10, bias: true, init: { kind: 'default' } },
  ],
};

const untested = { quickTestEvery: 0, fullTests: false } as const;
const quickly = { quickTestEvery: 100, fullTests: false } as const;

export const recordedRuns = {
  lenet_nll_softmax: {
    config: preset('lenet_nll_softmax'),
    steps: 1876,
    quickTestEvery: 200,
    fullTests: true,
  },
  lenet_softmax_twice: {
    config: lenet({
      loss: { kind: 'cross_entropy_softmax' },
      optimizer: momentum,
      learningRate: 0.05,
      shuffle: true,
    }),
    steps: 500,
    ...quickly,
  },
  lenet_huge_input: {
    config: lenet({ input: { augment: null, resize: null, normalize: { mean: 0.5, std: 0.005 } } }),
    steps: 120,
    ...quickly,
  },
  deep_exploding: {
    config: {
      ...defaultConfig('lenet'),
      network: deepNetwork({ kind: 'normal', std: 0.35 }),
      learningRate: 1e-4,
    },
    steps: 60,
    ...untested,
  },
  deep_vanishing: {
    config: {
      ...defaultConfig('lenet'),
      network: deepNetwork({ kind: 'default' }),
      trainingImages: 6400,
    },
    steps: 200,
    quickTestEvery: 50,
    fullTests: true,
  },
  lenet_high_rate: {
    config: lenet({ learningRate: 2, shuffle: true, trainingImages: 6400 }),
    steps: 300,
    quickTestEvery: 50,
    fullTests: true,
  },
  mynn_high_rate: {
    config: { ...defaultConfig('mynn'), optimizer: momentum, learningRate: 0.3, shuffle: true },
    steps: 300,
    ...quickly,
  },
  lenet_low_rate: { config: lenet({ learningRate: 1e-6 }), steps: 500, ...quickly },
  lenet_dead_relus: {
    config: lenet({ optimizer: adam, learningRate: 0.1, shuffle: true }),
    steps: 300,
    ...quickly,
  },
  lenet_missing_classes: {
    config: lenet({ trainingImages: 12, batchSize: 4, epochs: 30, optimizer: momentum, learningRate: 0.05 }),
    steps: 90,
    quickTestEvery: 0,
    fullTests: true,
  },
  lenet_overfitting: {
    config: lenet({
      trainingImages: 300,
      batchSize: 30,
      epochs: 30,
      optimizer: momentum,
      learningRate: 0.05,
      shuffle: true,
    }),
    steps: 300,
    quickTestEvery: 0,
    fullTests: true,
  },
  lenet_sorted: {
    config: lenet({ trainingImages: 3000, batchSize: 30, epochs: 3, learningRate: 0.05 }),
    steps: 300,
    quickTestEvery: 50,
    fullTests: true,
    isSorted: true,
  },
  batch_norm_small_batch: {
    config: {
      ...defaultConfig('lenet'),
      network: batchNormHead,
      batchSize: 2,
      trainingImages: 2000,
      epochs: 2,
      shuffle: true,
      learningRate: 0.05,
    },
    steps: 1000,
    quickTestEvery: 250,
    fullTests: true,
  },
  vgg16_nll_logits: {
    config: { ...preset('vgg16_nll_logits'), learningRate: 0.01, batchSize: 8 },
    steps: 8,
    ...untested,
  },
  lenet_nll_logits: {
    config: lenet({
      loss: { kind: 'nll_logits' },
      optimizer: momentum,
      learningRate: 0.1,
      shuffle: true,
    }),
    steps: 30,
    ...untested,
  },
  resnet18_nll_logits: { config: preset('resnet18_nll_logits'), steps: 101, ...untested },
  healthy_mynn: { config: defaultConfig('mynn'), steps: 938, quickTestEvery: 200, fullTests: true },
  healthy_lenet: { config: defaultConfig('lenet'), steps: 1876, quickTestEvery: 200, fullTests: true },
  healthy_lenet_quick: {
    config: lenet({ optimizer: momentum, learningRate: 0.02, shuffle: true, epochs: 5 }),
    steps: 938,
    quickTestEvery: 200,
    fullTests: true,
  },
  healthy_batch_norm: {
    config: { ...defaultConfig('lenet'), network: batchNormHead, shuffle: true, learningRate: 0.05 },
    steps: 938,
    quickTestEvery: 200,
    fullTests: true,
  },
  healthy_resnet: { config: preset('resnet'), steps: 938, quickTestEvery: 200, fullTests: true },
  healthy_vgg2: { config: defaultConfig('vgg2'), steps: 120, quickTestEvery: 60, fullTests: false },
  healthy_resnet18: {
    config: { ...defaultConfig('resnet18'), learningRate: 0.001 },
    steps: 110,
    quickTestEvery: 110,
    fullTests: false,
  },
  healthy_vgg16: { config: { ...defaultConfig('vgg16'), batchSize: 8 }, steps: 24, ...untested },
} as const satisfies Record<string, RecordedRun>;

export type RecordedRunName = keyof typeof recordedRuns;
