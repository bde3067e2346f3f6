/** The data and the run that every row trains on. */
import type { LayerSpec, NetworkSpec } from '@/model/layers';
import { defaultOptimizer } from '@/model/optimizers';
import { defaultConfig } from '@/model/presets';
import { randomBits } from '@/model/random';
import type { RunConfig } from '@/model/runConfig';
import type { ImageSet } from '@/data/imageSet';
import { activated } from './activated.ts';
import type { BenchTask } from './row.ts';
import { widened } from './widened.ts';

const imageBytes = 784;
/** Batches of images that are resident. */
const batches = 8;

const pixelAt = (i: number): number => {
  const bits = randomBits(1, i);
  return bits % 5 === 0 ? (bits >>> 8) & 255 : 0;
};
const labelAt = (i: number): number => randomBits(2, i) % 10;

/** Deterministic bytes of which four in five are 0, as in MNIST: kernels that skip zeros must not be flattered. */
export function benchImages({ batchSize }: BenchTask): ImageSet {
  const count = batchSize * batches;
  return {
    images: Uint8Array.from({ length: count * imageBytes }, (_, i) => pixelAt(i)),
    labels: Uint8Array.from({ length: count }, (_, i) => labelAt(i)),
    count,
  };
}

/** Batch `batch` of the same images as floats in [0, 1], and its labels as rows with a single 1. */
export function benchBatch(
  batch: number,
  batchSize: number,
): { readonly pixels: Float32Array<ArrayBuffer>; readonly target: Float32Array<ArrayBuffer> } {
  const first = batch * batchSize;
  return {
    pixels: Float32Array.from(
      { length: batchSize * imageBytes },
      (_, i) => pixelAt(first * imageBytes + i) / 255,
    ),
    target: Float32Array.from({ length: batchSize * 10 }, (_, i) =>
      labelAt(first + Math.floor(i / 10)) === i % 10 ? 1 : 0,
    ),
  };
}

function customConfig(name: string, layers: readonly LayerSpec[]): RunConfig {
  const network: NetworkSpec = { id: 'custom', name, outputActivation: 'none', layers };
  return { ...defaultConfig('lenet'), network, input: { augment: null, resize: null, normalize: null } };
}

/** The report's settings, without shuffling. */
export function benchConfig(task: BenchTask): RunConfig {
  const { network, layers, batchSize, optimizer = 'SGD', width = 1, activation = 'ReLU' } = task;
  const config = layers === undefined ? defaultConfig(network) : customConfig(network, layers);
  return {
    ...config,
    optimizer: defaultOptimizer(optimizer),
    network: activated(widened(config.network, width), activation),
    loss: { kind: 'cross_entropy', labelSmoothing: 0 },
    // The report's ResNet-18 and VGG-16 settings diverge or stand still; the arithmetic is the same at any rate.
    learningRate: 1e-4,
    batchSize,
    trainingImages: batchSize * batches,
    epochs: 1000,
  };
}
