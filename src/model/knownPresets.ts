/** Runs that people know from courses and papers, each with its source, what was published, and what it came to here. */
import { defaultLoss } from '@/model/losses';
import { defaultOptimizer } from '@/model/optimizers';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { defaultSchedule } from '@/model/schedules';

/** A run to its end with seed 1; docs/presets.json has it in full. */
export interface MeasuredHere {
  /** Share of the 10,000 test images read right after the last epoch. */
  readonly accuracy: number;
  /** Processor time of training and tests, on one thread of WebAssembly. */
  readonly seconds: number;
}

/** The page shows both as text. */
export interface Source {
  readonly title: string;
  readonly url: string;
}

export interface KnownPreset {
  readonly id: 'pytorch_mnist' | 'lenet_1998' | 'mlp_512' | 'mobilenet_small' | 'five_minute_cnn';
  readonly config: RunConfig;
  /** Where settings and figure stand; none of what was found here. */
  readonly sources: readonly Source[];
  /** Share of the test images read right that the source reports for its own run; null where it names none. */
  readonly published: number | null;
  /** Null until it was run here. */
  readonly measured: MeasuredHere | null;
}

export const knownPresets: readonly KnownPreset[] = [
  {
    id: 'pytorch_mnist',
    config: {
      ...defaultConfig('pytorch_mnist'),
      loss: defaultLoss('nll_log_softmax'),
      optimizer: defaultOptimizer('Adadelta'),
      learningRate: 1,
      schedule: { kind: 'step', stepEpochs: 1, gamma: 0.7 },
      epochs: 14,
      shuffle: true,
    },
    sources: [
      {
        title: 'pytorch/examples, mnist/main.py',
        url: 'https://github.com/pytorch/examples/tree/main/mnist',
      },
    ],
    published: null,
    measured: { accuracy: 0.991, seconds: 1063 },
  },
  {
    id: 'lenet_1998',
    config: {
      ...defaultConfig('lenet_1998'),
      optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: false, weightDecay: 0 },
      learningRate: 0.02,
      schedule: defaultSchedule('cosine'),
      epochs: 20,
      shuffle: true,
    },
    sources: [
      {
        title:
          'LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition (1998)',
        url: 'http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf',
      },
    ],
    published: 0.9905,
    measured: { accuracy: 0.9909, seconds: 166 },
  },
  {
    id: 'mlp_512',
    config: {
      ...defaultConfig('mlp_512'),
      optimizer: { ...defaultOptimizer('RMSprop'), alpha: 0.9, eps: 1e-7 },
      learningRate: 0.001,
      epochs: 5,
      batchSize: 128,
      shuffle: true,
    },
    sources: [
      {
        title: 'Chollet: Deep Learning with Python, 2nd edition, section 2.1',
        url: 'https://github.com/fchollet/deep-learning-with-python-notebooks',
      },
    ],
    published: 0.9785,
    measured: { accuracy: 0.9793, seconds: 26 },
  },
  {
    id: 'mobilenet_small',
    config: {
      ...defaultConfig('mobilenet_small'),
      optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: false, weightDecay: 1e-4 },
      learningRate: 0.05,
      schedule: defaultSchedule('cosine'),
      shuffle: true,
    },
    sources: [
      {
        title:
          'Howard et al.: MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications (2017)',
        url: 'https://arxiv.org/abs/1704.04861',
      },
    ],
    published: null,
    measured: { accuracy: 0.9912, seconds: 144 },
  },
  {
    id: 'five_minute_cnn',
    config: {
      ...defaultConfig('five_minute_cnn'),
      input: { augment: { shift: 2, rotate: 10, scale: 0.1 }, resize: null, normalize: null },
      optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: true, weightDecay: 5e-4 },
      learningRate: 0.1,
      schedule: defaultSchedule('one_cycle'),
      epochs: 23,
      shuffle: true,
    },
    sources: [],
    published: null,
    measured: { accuracy: 0.9966, seconds: 304 },
  },
];
