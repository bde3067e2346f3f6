/** Networks as courses, papers and the editor's users build them, for npm run bench -- --suite; none was tuned for. */
import { knownNetworks } from '@/model/knownNetworks';
import { batchNorm, conv, flatten, linear, maxPool, relu } from '@/model/layerBuilders';
import type { LayerSpec, NetworkSpec } from '@/model/layers';
import type { OptimizerKind } from '@/model/optimizers';
import type { Shape } from '@/model/shape';
import { outputShape } from '@/model/shapes';
import { sizeOf } from '@/model/tensor';
import type { BenchTask } from './row.ts';

type Named = (name: string) => LayerSpec | readonly LayerSpec[];

const average: Named = (name) => ({ kind: 'AdaptiveAvgPool2d', name, outputSize: 1 });
const pool: Named = (name) => maxPool(name);
const activated = (
  inChannels: number,
  outChannels: number,
  kernel: number,
  stride = 1,
  padding = 0,
): Named => {
  return (name) => [conv(name, inChannels, outChannels, kernel, { stride, padding }), relu(`${name}_relu`)];
};
const normalised = (
  inChannels: number,
  outChannels: number,
  kernel: number,
  stride = 1,
  groups = 1,
): Named => {
  return (name) => [
    {
      ...conv(name, inChannels, outChannels, kernel, { stride, padding: (kernel - 1) / 2, bias: false }),
      ...(groups === 1 ? {} : { groups }),
    },
    batchNorm(`${name}_bn`, outChannels),
    relu(`${name}_relu`),
  ];
};
/** MobileNet's block (Howard et al. 2017). */
const separable = (inChannels: number, outChannels: number, stride: number): Named => {
  return (name) =>
    [
      normalised(inChannels, inChannels, 3, stride, inChannels)(`${name}_depthwise`),
      normalised(inChannels, outChannels, 1)(`${name}_pointwise`),
    ].flat();
};
const bottleneck = (channels: number, inner: number): Named => {
  return (name) =>
    [
      normalised(channels, inner, 1)(`${name}_reduce`),
      normalised(inner, inner, 3)(`${name}_conv`),
      normalised(inner, channels, 1)(`${name}_expand`),
    ].flat();
};

/** Layers, and Linear layers of these sizes on what they give, with ReLUs between. */
function network(id: string, parts: readonly Named[], ...sizes: readonly number[]): NetworkSpec {
  const layers = parts.flatMap((part, i) => part(`layer${i + 1}`));
  const features = [...layers, flatten()];
  const shape = features.reduce<Shape>((input, layer) => outputShape(layer, input), [1, 28, 28]);
  const outputs = [...sizes, 10];
  let inFeatures = sizeOf(shape);
  const linears = outputs.flatMap((outFeatures, i) => {
    const layer = linear(`fc${i + 1}`, inFeatures, outFeatures);
    inFeatures = outFeatures;
    return i + 1 < outputs.length ? [layer, relu(`fc${i + 1}_relu`)] : [layer];
  });
  return { id: 'custom', name: id, outputActivation: 'none', layers: [...features, ...linears] };
}

const times = (count: number, part: Named): readonly Named[] => Array<Named>(count).fill(part);

const suite: readonly NetworkSpec[] = [
  network('MLP 128', [], 128),
  network('MLP 512-256', [], 512, 256),
  network('MLP 1024-1024', [], 1024, 1024),
  network("Caffe's LeNet, 5x5", [activated(1, 20, 5), pool, activated(20, 50, 5), pool], 500),
  network('conv 32, 64 of 3x3', [activated(1, 32, 3), activated(32, 64, 3), pool], 128),
  network(
    'VGG-like',
    [
      activated(1, 16, 3, 1, 1),
      activated(16, 16, 3, 1, 1),
      pool,
      activated(16, 32, 3, 1, 1),
      activated(32, 32, 3, 1, 1),
      pool,
    ],
    128,
  ),
  network('conv and BatchNorm', [
    normalised(1, 32, 3),
    pool,
    normalised(32, 64, 3),
    pool,
    normalised(64, 128, 3),
    average,
  ]),
  network('stride 2 throughout', [
    activated(1, 16, 3, 2, 1),
    activated(16, 32, 3, 2, 1),
    activated(32, 64, 3, 2, 1),
    average,
  ]),
  network('7x7', [activated(1, 16, 7, 1, 3), pool, activated(16, 32, 7, 1, 3), pool], 64),
  network('bottlenecks', [normalised(1, 64, 3, 2), ...times(3, bottleneck(64, 16)), average]),
  network('depthwise-separable', [
    normalised(1, 16, 3, 2),
    separable(16, 32, 1),
    separable(32, 64, 2),
    separable(64, 64, 1),
    average,
  ]),
  network('nine of 16 channels', [
    activated(1, 16, 3, 1, 1),
    ...times(8, activated(16, 16, 3, 1, 1)),
    average,
  ]),
  network('odd channels', [activated(1, 7, 3), activated(7, 13, 5), activated(13, 29, 3, 2)], 51),
  ...knownNetworks.filter(({ id }) => id === 'lenet_1998'),
];

/** Those that are measured at other batch sizes, too. */
const inBatches = ['MLP 512-256', 'VGG-like', 'conv and BatchNorm', "Caffe's LeNet, 5x5"];
const otherBatchSizes = [1, 8, 256, 1024];

export const suiteOptimizers = ['SGD', 'Adam'] as const satisfies readonly OptimizerKind[];

/** What of the suite is measured; all of it where nothing is said. */
interface SuiteChoice {
  /** `NETWORK`, or `NETWORK@BATCH`. */
  readonly pairs?: readonly string[];
  /** Of every network, instead of its usual ones. */
  readonly batchSizes?: readonly number[];
  readonly optimizers?: readonly OptimizerKind[];
}

const usualSizes = (name: string): readonly number[] =>
  inBatches.includes(name) ? [64, ...otherBatchSizes] : [64];

function pairOf(text: string): { readonly name: string; readonly batchSize: number | null } {
  const [name = '', batch] = text.split('@');
  if (!suite.some((network) => network.name === name)) {
    throw new RangeError(`--pair takes one of: ${suite.map((network) => network.name).join('; ')}.`);
  }
  const batchSize = batch === undefined ? null : Number(batch);
  if (batchSize !== null && (!Number.isInteger(batchSize) || batchSize < 1)) {
    throw new RangeError(`${text}: the batch is a whole number from 1.`);
  }
  return { name, batchSize };
}

/**
 * Every network at batch 64 and some at others, under both optimizers, or what of it is chosen.
 * @throws RangeError for a network that the suite does not have
 */
export function suiteTasks({
  pairs,
  batchSizes,
  optimizers = suiteOptimizers,
}: SuiteChoice = {}): BenchTask[] {
  const chosen = pairs?.map(pairOf) ?? suite.map(({ name }) => ({ name, batchSize: null }));
  return suite.flatMap(({ name, layers }) => {
    const sizes = chosen
      .filter((pair) => pair.name === name)
      .flatMap(({ batchSize }) => (batchSize === null ? (batchSizes ?? usualSizes(name)) : [batchSize]));
    return [...new Set(sizes)].flatMap((batchSize) =>
      optimizers.map((optimizer) => ({ network: name, layers, batchSize, optimizer })),
    );
  });
}
