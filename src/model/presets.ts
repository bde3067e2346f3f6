/** The report's runs as data, with what the report and PyTorch measured; and the configuration a run starts from. */
import { defaultOptimizer } from '@/model/optimizers';
import { defaultLoss, type LossSpec } from '@/model/losses';
import type { InputPipeline, RunConfig } from '@/model/runConfig';
import { standardNetwork } from '@/model/standardNetworks';

/** What the networks that come with the page are fed where they come from; everything else is ToTensor only. */
const inputs: Readonly<Record<string, Partial<InputPipeline>>> = {
  vgg16: { resize: 64 },
  vgg2: { normalize: { mean: 0.5, std: 0.5 } },
  pytorch_mnist: { normalize: { mean: 0.1307, std: 0.3081 } },
  // The paper's -0.1 for the background and 1.175 for the ink.
  lenet_1998: { normalize: { mean: 0.0784, std: 0.7843 } },
};

/** What a network is fed unless told otherwise; an own one is fed the bytes divided by 255. */
export function defaultInput(networkId: string): InputPipeline {
  return { augment: null, resize: null, normalize: null, ...inputs[networkId] };
}

const crossEntropy = defaultLoss('cross_entropy');

/**
 * The report's settings with the right loss: batch 64, SGD 0.01, 10 epochs, no shuffling.
 * @throws RangeError for an unknown network id.
 */
export function defaultConfig(networkId: string): RunConfig {
  return {
    network: standardNetwork(networkId),
    input: defaultInput(networkId),
    loss: crossEntropy,
    optimizer: defaultOptimizer('SGD'),
    learningRate: 0.01,
    schedule: { kind: 'constant' },
    warmupSteps: 0,
    clipGradNorm: null,
    epochs: 10,
    batchSize: 64,
    seed: 1,
    shuffle: false,
    dropLast: false,
    trainingImages: 60_000,
  };
}

/** One measurement on all 10,000 test images. */
export interface Measurement {
  readonly unit: 'epoch' | 'step';
  /** Epochs or steps trained. */
  readonly after: number;
  /** Share classified right. */
  readonly accuracy: number;
  /** Sum of the means of test batches of 64, as the report prints it; null where it is not given. */
  readonly sumOfBatchMeans: number | null;
}

/** Settings that the report leaves out, and what is assumed here; the page has a text for each. */
export type AssumptionCode = 'learning_rate_not_given' | 'opening_layers_not_given';

export type CaveatCode = 'learning_rate_tiny';

export interface PresetFix {
  /** The only change. */
  readonly loss: LossSpec;
  /** What PyTorch measured after the change; empty where it was not run. */
  readonly pytorch: readonly Measurement[];
  readonly caveats: readonly CaveatCode[];
}

export interface Preset {
  readonly id: string;
  readonly config: RunConfig;
  readonly report: Measurement;
  /** The loss that the report's run ended with, where its measurement is of an earlier epoch. */
  readonly reportFinalLoss: number | null;
  /** PyTorch's own figures with seed 0 (fixtures/pytorch/README.md); empty where it was not run. */
  readonly pytorch: readonly Measurement[];
  readonly assumptions: readonly AssumptionCode[];
  /** Null when the report's loss is right. */
  readonly fix: PresetFix | null;
}

const afterEpoch = (after: number, accuracy: number, sumOfBatchMeans: number | null = null): Measurement => ({
  unit: 'epoch',
  after,
  accuracy,
  sumOfBatchMeans,
});
const afterSteps = (after: number, accuracy: number, sumOfBatchMeans: number): Measurement => ({
  unit: 'step',
  after,
  accuracy,
  sumOfBatchMeans,
});

/** In the report's order. */
export const presets: readonly Preset[] = [
  {
    id: 'mynn',
    config: defaultConfig('mynn'),
    report: afterEpoch(10, 0.9672, 16.48),
    reportFinalLoss: null,
    pytorch: [
      afterEpoch(1, 0.7681, 143.0),
      afterEpoch(2, 0.9001, 53.0),
      afterEpoch(3, 0.9258, 38.0),
      afterEpoch(10, 0.967, 16.42),
    ],
    assumptions: [],
    fix: null,
  },
  {
    id: 'vgg16_nll_logits',
    config: { ...defaultConfig('vgg16'), loss: defaultLoss('nll_logits'), learningRate: 1e-6 },
    report: afterEpoch(10, 0.0743, -6.61),
    reportFinalLoss: null,
    pytorch: [],
    assumptions: [],
    // After 9,380 steps of 1e-6 a weight has moved by at most 0.0094 times its gradient: the right loss alone cannot learn fast.
    fix: { loss: crossEntropy, pytorch: [], caveats: ['learning_rate_tiny'] },
  },
  {
    id: 'vgg2',
    config: defaultConfig('vgg2'),
    report: afterEpoch(10, 0.9906, 4.408),
    reportFinalLoss: null,
    pytorch: [afterEpoch(1, 0.955, 25.7)],
    assumptions: ['learning_rate_not_given'],
    fix: null,
  },
  {
    id: 'resnet18_nll_logits',
    config: {
      ...defaultConfig('resnet18'),
      loss: defaultLoss('nll_logits'),
      learningRate: 0.001,
      epochs: 20,
    },
    // The best epoch; afterwards accuracy falls.
    report: afterEpoch(6, 0.6975),
    reportFinalLoss: -10_650_395,
    pytorch: [afterSteps(400, 0.7513, -11_581)],
    assumptions: [],
    fix: { loss: crossEntropy, pytorch: [afterSteps(200, 0.8459, 103.3)], caveats: [] },
  },
  {
    id: 'resnet',
    config: { ...defaultConfig('resnet'), loss: defaultLoss('nll_log_softmax') },
    report: afterEpoch(10, 0.981, 8.72),
    reportFinalLoss: null,
    pytorch: [afterEpoch(1, 0.9359, 31.3), afterEpoch(2, 0.9626, 18.1), afterEpoch(3, 0.9714, 13.6)],
    assumptions: ['learning_rate_not_given'],
    fix: null,
  },
  {
    id: 'lenet_nll_softmax',
    config: { ...defaultConfig('lenet'), loss: defaultLoss('nll_softmax'), epochs: 40 },
    report: afterEpoch(40, 0.6972, -109.2),
    reportFinalLoss: null,
    pytorch: [
      afterEpoch(1, 0.1009, -15.7),
      afterEpoch(2, 0.1009, -15.7),
      afterEpoch(3, 0.1009, -15.8),
      afterEpoch(40, 0.5994, -93.9),
    ],
    assumptions: ['opening_layers_not_given'],
    fix: {
      loss: crossEntropy,
      pytorch: [
        afterEpoch(1, 0.2505, 350.2),
        afterEpoch(2, 0.8848, 58.2),
        afterEpoch(3, 0.9276, 36.5),
        afterEpoch(10, 0.9765, 10.9),
      ],
      caveats: [],
    },
  },
];

/** The preset with this id, or undefined. */
export function presetById(id: string): Preset | undefined {
  return presets.find((preset) => preset.id === id);
}

/** The preset's run with its loss put right and nothing else changed; null when nothing is wrong. */
export function fixedConfig(preset: Preset): RunConfig | null {
  return preset.fix === null ? null : { ...preset.config, loss: preset.fix.loss };
}
