/** A training step whose statistics are known: every engine's are compared with the same step in float64. */
import type { ImageSet } from '@/data/imageSet';
import type { EngineState } from '@/engine/engine';
import { sequencePass } from '@/model/reference';
import type { Gradients64, Tensor64 } from '@/model/layers/reference';
import { initialState } from '@/model/initialise';
import type { LayerSpec, NetworkSpec } from '@/model/layers';
import {
  weightedLayers,
  type LayerStatistics,
  type StepStatistics,
  type TensorStatistics,
} from '@/model/layerStatistics';
import { randomBits } from '@/model/random';
import type { RunConfig } from '@/model/runConfig';
import type { TensorData } from '@/model/tensor';

/** Not a multiple of eight, which some kernels compute side by side. */
const count = 13;
const maxNorm = 0.5;
const learningRate = 0.2;

export const statisticsImages: ImageSet = {
  images: Uint8Array.from({ length: count * 784 }, (_, i) =>
    randomBits(1, i >> 3) % 3 === 0 ? randomBits(2, i) & 255 : 0,
  ),
  labels: Uint8Array.from({ length: count }, (_, i) => randomBits(3, i) % 10),
  count,
};

const conv = { kind: 'Conv2d', kernelSize: 3, init: { kind: 'default' } } as const;
const layers: readonly LayerSpec[] = [
  { ...conv, name: 'first', inChannels: 1, outChannels: 4, stride: 2, padding: 1, bias: true },
  { kind: 'ReLU', name: 'relu1' },
  { kind: 'MaxPool2d', name: 'pool', kernelSize: 2, stride: 2, padding: 0 },
  { ...conv, name: 'second', inChannels: 4, outChannels: 6, stride: 1, padding: 0, bias: false },
  { kind: 'BatchNorm2d', name: 'norm', numFeatures: 6, eps: 1e-5, momentum: 0.1 },
  { kind: 'ReLU', name: 'relu2' },
  { kind: 'Flatten', name: 'flatten' },
  { kind: 'Linear', name: 'last', inFeatures: 150, outFeatures: 10, bias: true, init: { kind: 'default' } },
];
const network: NetworkSpec = { id: 'custom', name: 'custom', layers, outputActivation: 'none' };

export const statisticsConfig: RunConfig = {
  network,
  input: { augment: null, resize: null, normalize: null },
  loss: { kind: 'cross_entropy', labelSmoothing: 0 },
  optimizer: { kind: 'SGD', momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 },
  learningRate,
  schedule: { kind: 'constant' },
  warmupSteps: 0,
  // Below the gradient's norm, so that clipping matters.
  clipGradNorm: maxNorm,
  epochs: 100,
  batchSize: count,
  seed: 3,
  shuffle: false,
  dropLast: false,
  trainingImages: count,
};

function floats(tensor: TensorData | undefined): Float32Array<ArrayBuffer> {
  if (tensor?.dtype !== 'F32') throw new TypeError('Expected F32.');
  return tensor.data;
}

/** Fresh parameters with a channel of `first` that never fires, a few zeros, and where asked a weight that is not finite. */
export function statisticsState(hasInfinity: boolean): EngineState {
  const parameters = new Map(initialState(network, statisticsConfig.seed));
  const change = (key: string, at: readonly number[], value: number): void => {
    const tensor = parameters.get(key);
    const data = floats(tensor).slice();
    for (const i of at) data[i] = value;
    parameters.set(key, { dtype: 'F32', shape: tensor?.shape ?? [], data });
  };
  change('first.bias', [2], -100);
  change('second.weight', [0, 17, 40], 0);
  if (hasInfinity) {
    change('last.weight', [5], Number.POSITIVE_INFINITY);
    change('norm.running_var', [1, 4], Number.POSITIVE_INFINITY);
    change('norm.running_mean', [2], Number.NaN);
  }
  return { step: 0, parameters, optimizer: {} };
}

function statistics64(values: ArrayLike<number>): TensorStatistics {
  const list = Array.from(values);
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
  return {
    mean,
    std: Math.sqrt(variance),
    maxAbs: Math.max(...list.map(Math.abs)),
    zeroShare: list.filter((value) => value === 0).length / list.length,
    nonFinite: 0,
  };
}

function deadShare64({ shape, data }: Tensor64): number {
  const [n = 0, channels = 0] = shape;
  const area = data.length / (n * channels);
  const isDead = Array.from({ length: channels }, (_, channel) =>
    data.every((value, i) => Math.floor(i / area) % channels !== channel || value === 0),
  );
  return isDead.filter(Boolean).length / channels;
}

const norm = (values: Float64Array): number => Math.hypot(...values);

/** Gradient of mean cross entropy with respect to the logits. */
function logitsGradient(logits: Float64Array): Float64Array {
  return logits.map((value, i) => {
    const image = Math.floor(i / 10);
    const row = logits.slice(image * 10, image * 10 + 10);
    const p = Math.exp(value) / row.reduce((sum, z) => sum + Math.exp(z), 0);
    return (p - (statisticsImages.labels[image] === i % 10 ? 1 : 0)) / count;
  });
}

/** The first step from statisticsState(false), in float64. */
export function expectedStatistics(): StepStatistics {
  const weights = new Map(
    [...statisticsState(false).parameters].flatMap(([key, tensor]) =>
      tensor.dtype === 'F32' ? [[key, Float64Array.from(tensor.data)] as const] : [],
    ),
  );
  const image: Tensor64 = {
    shape: [count, 1, 28, 28],
    data: Float64Array.from(statisticsImages.images, (byte) => byte / 255),
  };
  const gradients: Gradients64 = new Map();
  const whole = sequencePass(layers, image, weights);
  whole.backward(logitsGradient(whole.y.data), gradients);
  const total = Math.hypot(...[...gradients.values()].map(norm));
  const factor = Math.min(1, maxNorm / (total + 1e-6));
  return {
    step: 0,
    running: [{ name: 'norm', nonFinite: 0 }],
    layers: weightedLayers(layers).map((layer): LayerStatistics => {
      const weight = weights.get(`${layer.name}.weight`) ?? new Float64Array(0);
      const gradient = gradients.get(`${layer.name}.weight`) ?? new Float64Array(0);
      const { y } = sequencePass(layers.slice(0, layers.indexOf(layer)), image, weights);
      return {
        name: layer.name,
        weight: statistics64(weight),
        gradient: statistics64(gradient),
        input: statistics64(y.data),
        deadShare: deadShare64(y),
        updateRatio: (learningRate * factor * norm(gradient)) / norm(weight),
      };
    }),
  };
}

/**
 * Largest deviation of the figures, in units of what float32 may lose. A mean is measured by the spread, the update, a small
 * difference of large weights, by a hundredth of a percent.
 */
export function largestDeviation(actual: StepStatistics | undefined, expected: StepStatistics): number {
  const deviations = expected.layers.flatMap((layer, i) => {
    const found = actual?.layers[i];
    if (found?.name !== layer.name) return [Number.POSITIVE_INFINITY];
    const tensors = (['weight', 'gradient', 'input'] as const).flatMap((name) => {
      const [a, b] = [found[name], layer[name]];
      const scale = 1e-5 * (b.std + Math.abs(b.mean));
      return [
        Math.abs(a.mean - b.mean) / scale,
        Math.abs(a.std - b.std) / scale,
        Math.abs(a.maxAbs - b.maxAbs) / (1e-5 * b.maxAbs),
        Math.abs(a.zeroShare - b.zeroShare) / 1e-6,
        Math.abs(a.nonFinite - b.nonFinite) / 0.5,
      ];
    });
    const ratio = Math.abs(found.updateRatio - layer.updateRatio) / (1e-4 * layer.updateRatio);
    return [...tensors, ratio, Math.abs(found.deadShare - layer.deadShare) / 1e-6];
  });
  if (JSON.stringify(actual?.running) !== JSON.stringify(expected.running)) return Number.POSITIVE_INFINITY;
  // A NaN is as bad as can be.
  return Math.max(...deviations.map((value) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value)));
}
