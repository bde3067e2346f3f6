/** What `npm run bench:best` tries for the best single network that trains in about five minutes on one thread. */
import { batchNorm, conv, dropout, flatten, linear, maxPool, relu } from '@/model/layerBuilders';
import type { LayerSpec, NetworkSpec } from '@/model/layers';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { defaultSchedule } from '@/model/schedules';
import type { Candidate } from './searchResults.ts';

/** A convolution of 3x3 that keeps the size, with BatchNorm and ReLU. */
const block = (name: string, inChannels: number, outChannels: number): LayerSpec[] => [
  conv(`conv${name}`, inChannels, outChannels, 3, { padding: 1, bias: false }),
  batchNorm(`bn${name}`, outChannels),
  relu(`relu${name}`),
];

/**
 * One convolution of 5x5 on the whole image, then 3x3 ones with BatchNorm at 12 x 12 and 6 x 6, where they cost little.
 * @param middle channels of the ones at 12 x 12
 * @param last channels of the one at 6 x 6
 */
function normalized(first: number, middle: readonly number[], last: number): NetworkSpec {
  const widths = [first, ...middle];
  return {
    id: 'custom',
    name: `conv ${first} of 5x5, pool, ${middle.join(', ')} of 3x3, pool, ${last} of 3x3, pool, ${9 * last}-10`,
    outputActivation: 'none',
    layers: [
      conv('conv1', 1, first, 5),
      relu('relu1'),
      maxPool('pool1'),
      ...middle.flatMap((width, k) => block(String(k + 2), widths[k] ?? first, width)),
      maxPool('pool2'),
      ...block(String(middle.length + 2), middle.at(-1) ?? first, last),
      maxPool('pool3'),
      flatten(),
      dropout('dropout', 0.25),
      linear('fc', 9 * last, 10),
    ],
  };
}

interface Settings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly labelSmoothing?: number;
  readonly augment: NonNullable<RunConfig['input']['augment']>;
}

function candidate(network: NetworkSpec, settings: Settings): Candidate {
  const { labelSmoothing = 0, augment, ...training } = settings;
  const { epochs, batchSize, learningRate } = training;
  const { shift, rotate, scale } = augment;
  const smoothed = labelSmoothing === 0 ? '' : `, labels smoothed by ${labelSmoothing}`;
  return {
    name: `${network.name}; ${epochs} epochs, batch ${batchSize}, rate ${learningRate}, shifted by ${shift}, rotated by ${rotate}°, scaled by ${scale}${smoothed}`,
    config: {
      ...defaultConfig('lenet'),
      network,
      input: { augment, resize: null, normalize: null },
      loss: { kind: 'cross_entropy', labelSmoothing },
      optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: true, weightDecay: 5e-4 },
      schedule: defaultSchedule('one_cycle'),
      shuffle: true,
      ...training,
    },
  };
}

const augment = { shift: 2, rotate: 10, scale: 0.1 };

/** As many epochs as about five minutes of one thread of the machine of bench/results take. */
export const bestCandidates: readonly Candidate[] = [
  candidate(normalized(16, [32, 32], 64), { epochs: 23, batchSize: 64, learningRate: 0.1, augment }),
  candidate(normalized(16, [48], 96), { epochs: 20, batchSize: 64, learningRate: 0.1, augment }),
];
