/** Runs and networks that several tests share. */
import { decodeSheet } from '@/data/sprites';
import type { ImageSet } from '@/data/imageSet';
import type { Engine } from '@/engine/engine';
import type { Conv2d, LayerSpec, NetworkSpec } from '@/model/layers';
import type { RunConfig } from '@/model/runConfig';

export const plainSgd: RunConfig['optimizer'] = {
  kind: 'SGD',
  momentum: 0,
  dampening: 0,
  nesterov: false,
  weightDecay: 0,
};

/** The first of the real training digits, from the files that `npm run data` makes: train-0.png and train-labels.bin. */
export function firstDigits(
  sheet: Uint8Array<ArrayBuffer>,
  labels: Uint8Array<ArrayBuffer>,
  count: number,
): ImageSet {
  const images = new Uint8Array(10_000 * 784);
  decodeSheet('train-0.png', sheet, images);
  return { images: images.slice(0, count * 784), labels: labels.slice(0, count), count };
}

/** The report's settings with changes: cross entropy, SGD 0.01, batch 64, files' order. */
export function runConfig(network: NetworkSpec, changes: Partial<RunConfig> = {}): RunConfig {
  return {
    network,
    input: { augment: null, resize: null, normalize: null },
    loss: { kind: 'cross_entropy', labelSmoothing: 0 },
    optimizer: plainSgd,
    learningRate: 0.01,
    schedule: { kind: 'constant' },
    warmupSteps: 0,
    clipGradNorm: null,
    epochs: 1,
    batchSize: 64,
    seed: 7,
    shuffle: false,
    dropLast: false,
    trainingImages: 640,
    ...changes,
  };
}

/** Losses of the first steps of a fresh run. */
export async function firstLosses(engine: Engine, config: RunConfig, steps: number): Promise<number[]> {
  await engine.compile(config);
  await engine.step(steps);
  return [...(await engine.readMetrics()).loss];
}

/** Largest |a - b| / |b| of two lists of losses. */
export function relativeDifference(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Math.max(...expected.map((b, i) => Math.abs((actual[i] ?? NaN) - b) / Math.abs(b)));
}

const conv = (
  name: string,
  inChannels: number,
  outChannels: number,
  window: Pick<Conv2d, 'kernelSize' | 'stride' | 'padding' | 'bias'>,
): Conv2d => ({ kind: 'Conv2d', name, inChannels, outChannels, ...window, init: { kind: 'default' } });
const batchNorm = (name: string, numFeatures: number): LayerSpec => ({
  kind: 'BatchNorm2d',
  name,
  numFeatures,
  eps: 1e-5,
  momentum: 0.1,
});

/**
 * What the six networks do not have: strides that do not divide, a strided convolution with a bias, overlapping adaptive
 * windows, a projection with a bias. The same as `Network` in fixtures/pytorch/training_parts.py.
 */
export const oddNetwork: NetworkSpec = {
  id: 'custom',
  name: 'Odd',
  outputActivation: 'none',
  layers: [
    conv('conv', 1, 4, { kernelSize: 4, stride: 3, padding: 2, bias: true }),
    batchNorm('bn', 4),
    { kind: 'ReLU', name: 'relu1' },
    { kind: 'MaxPool2d', name: 'pool', kernelSize: 3, stride: 2, padding: 1 },
    {
      kind: 'Residual',
      name: 'block',
      body: [
        conv('block.conv', 4, 6, { kernelSize: 3, stride: 2, padding: 1, bias: false }),
        batchNorm('block.bn', 6),
      ],
      shortcut: [conv('block.downsample', 4, 6, { kernelSize: 1, stride: 2, padding: 0, bias: true })],
    },
    { kind: 'ReLU', name: 'relu2' },
    { kind: 'AdaptiveAvgPool2d', name: 'average', outputSize: 2 },
    { kind: 'Flatten', name: 'flatten' },
    { kind: 'Linear', name: 'fc', inFeatures: 24, outFeatures: 10, bias: true, init: { kind: 'default' } },
  ],
};
