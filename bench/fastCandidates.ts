/** What `npm run bench:fast` tries for "To 99% as fast as possible": networks, batch sizes, rates and lengths. */
import { conv, flatten, linear, maxPool, relu } from '@/model/layerBuilders';
import type { NetworkSpec } from '@/model/layers';
import { defaultConfig } from '@/model/presets';
import { defaultSchedule } from '@/model/schedules';
import type { Candidate } from './searchResults.ts';

/** Two convolutions of 5x5, each with a pool of 2, and a hidden layer. */
function twoConvolutions(first: number, second: number, hidden: number): NetworkSpec {
  return {
    id: 'custom',
    name: `conv ${first}, conv ${second}, ${16 * second}-${hidden}-10`,
    outputActivation: 'none',
    layers: [
      conv('conv1', 1, first, 5),
      relu('relu1'),
      maxPool('pool1'),
      conv('conv2', first, second, 5),
      relu('relu2'),
      maxPool('pool2'),
      flatten(),
      linear('fc1', 16 * second, hidden),
      relu('relu3'),
      linear('fc2', hidden, 10),
    ],
  };
}

/** The first convolution takes every other place instead of a pool behind it: a quarter of its work. */
function strided(first: number, second: number, hidden: number): NetworkSpec {
  return {
    id: 'custom',
    name: `conv ${first} of stride 2, conv ${second} of 3x3, ${36 * second}-${hidden}-10`,
    outputActivation: 'none',
    layers: [
      conv('conv1', 1, first, 5, { stride: 2, padding: 2 }),
      relu('relu1'),
      conv('conv2', first, second, 3),
      relu('relu2'),
      maxPool('pool2'),
      flatten(),
      linear('fc1', 36 * second, hidden),
      relu('relu3'),
      linear('fc2', hidden, 10),
    ],
  };
}

const lenet = defaultConfig('lenet').network;

interface Settings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Pixels less MNIST's mean, over its deviation, instead of shares of white. */
  readonly isNormalized?: boolean;
}

function candidate(network: NetworkSpec, settings: Settings): Candidate {
  const { isNormalized = false, ...training } = settings;
  const { epochs, batchSize, learningRate } = training;
  const shown = network === lenet ? 'LeNet' : network.name;
  return {
    name: `${shown}; ${epochs} epochs, batch ${batchSize}, rate ${learningRate}${isNormalized ? ', normalised' : ''}`,
    config: {
      ...defaultConfig('lenet'),
      network,
      input: {
        augment: null,
        resize: null,
        normalize: isNormalized ? { mean: 0.1307, std: 0.3081 } : null,
      },
      optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: true, weightDecay: 5e-4 },
      schedule: defaultSchedule('one_cycle'),
      shuffle: true,
      ...training,
    },
  };
}

const wide = twoConvolutions(8, 32, 64);

/** In the order in which they were thought of; the first two are the beginning. */
export const fastCandidates: readonly Candidate[] = [
  candidate(lenet, { epochs: 3, batchSize: 64, learningRate: 0.1 }),
  candidate(wide, { epochs: 3, batchSize: 64, learningRate: 0.1 }),
  candidate(wide, { epochs: 2, batchSize: 64, learningRate: 0.1 }),
  candidate(wide, { epochs: 2, batchSize: 64, learningRate: 0.1, isNormalized: true }),
  candidate(wide, { epochs: 2, batchSize: 128, learningRate: 0.2 }),
  candidate(wide, { epochs: 2, batchSize: 128, learningRate: 0.2, isNormalized: true }),
  candidate(twoConvolutions(8, 24, 64), { epochs: 2, batchSize: 64, learningRate: 0.1, isNormalized: true }),
  candidate(twoConvolutions(8, 16, 64), { epochs: 2, batchSize: 64, learningRate: 0.1, isNormalized: true }),
  candidate(twoConvolutions(8, 24, 64), { epochs: 2, batchSize: 64, learningRate: 0.1 }),
  candidate(twoConvolutions(8, 16, 64), { epochs: 2, batchSize: 64, learningRate: 0.1 }),
  candidate(twoConvolutions(8, 16, 64), { epochs: 3, batchSize: 64, learningRate: 0.1 }),
  candidate(strided(8, 32, 64), { epochs: 2, batchSize: 64, learningRate: 0.1 }),
  candidate(strided(16, 32, 64), { epochs: 2, batchSize: 64, learningRate: 0.1 }),
  candidate(wide, { epochs: 1, batchSize: 64, learningRate: 0.1 }),
];
