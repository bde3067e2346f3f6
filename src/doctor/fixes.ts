/** The doctor's remedies: each changes one field of the configuration. */
import { gainsBeforeSaturation } from '@/doctor/activations';
import type { Fix } from '@/doctor/finding';
import { dataOf, trainingSize } from '@/model/dataSet';
import { defaultLoss } from '@/model/losses';
import { mapLayers } from '@/model/layers';
import type { RunConfig } from '@/model/runConfig';
import { validateConfig } from '@/model/validate';

/** Mean and standard deviation of MNIST's training pixels, 0 to 1. */
const mnistPixels = { mean: 0.1307, std: 0.3081 };

export function crossEntropy(config: RunConfig): Fix {
  return { kind: 'cross_entropy', field: 'loss', config: { ...config, loss: defaultLoss('cross_entropy') } };
}

/** The learning rate times `factor`, to one digit: 0.03, not 0.0316. */
export function scaledLearningRate(config: RunConfig, factor: number): Fix {
  const learningRate = Number((config.learningRate * factor).toPrecision(1));
  return { kind: 'learning_rate', field: 'learningRate', config: { ...config, learningRate } };
}

export function clippedGradients(config: RunConfig): Fix {
  return { kind: 'clip_gradients', field: 'clipGradNorm', config: { ...config, clipGradNorm: 1 } };
}

export function normalizedInput(config: RunConfig): Fix {
  return {
    kind: 'normalize',
    field: 'input',
    config: { ...config, input: { ...config.input, normalize: mnistPixels } },
  };
}

/**
 * Weights whose size suits the activations: Glorot's initialisation before those that are flat on both sides; else, as for ReLU, He's for
 * convolutions and PyTorch's own for Linear layers.
 */
export function initialisedWeights(config: RunConfig): Fix {
  const gains = gainsBeforeSaturation(config.network.layers);
  const layers = mapLayers(config.network.layers, (layer) => {
    const gain = gains.get(layer.name);
    if ('init' in layer && gain !== undefined) return { ...layer, init: { kind: 'xavier_normal', gain } };
    if (layer.kind === 'Conv2d') return { ...layer, init: { kind: 'kaiming_normal_fan_out' } };
    return layer.kind === 'Linear' ? { ...layer, init: { kind: 'default' } } : layer;
  });
  return {
    kind: 'initialise',
    field: 'network',
    config: { ...config, network: { ...config.network, layers } },
  };
}

export function shuffledImages(config: RunConfig): Fix {
  return { kind: 'shuffle', field: 'shuffle', config: { ...config, shuffle: true } };
}

/** Larger than those that make a BatchNorm unsteady; the first that leaves no batch which cannot be trained on. */
const largerBatches = [64, 96, 128] as const;

export function largerBatch(config: RunConfig): Fix {
  const batchSize =
    largerBatches.find((size) => validateConfig({ ...config, batchSize: size }).length === 0) ?? 64;
  return { kind: 'batch_size', field: 'batchSize', config: { ...config, batchSize } };
}

/** How many training images there are. */
export const allImagesOf = (config: RunConfig): number => trainingSize(dataOf(config));

export function allImages(config: RunConfig): Fix {
  return {
    kind: 'all_images',
    field: 'trainingImages',
    config: { ...config, trainingImages: allImagesOf(config) },
  };
}

export function augmentedImages(config: RunConfig): Fix {
  const augment = { shift: 2, rotate: 10, scale: 0.1 };
  return { kind: 'augment', field: 'input', config: { ...config, input: { ...config.input, augment } } };
}

export function moreEpochs(config: RunConfig): Fix {
  return { kind: 'more_epochs', field: 'epochs', config: { ...config, epochs: 2 * config.epochs } };
}

export function decayedWeights(config: RunConfig): Fix {
  const optimizer = { ...config.optimizer, weightDecay: 5e-4 };
  return { kind: 'weight_decay', field: 'optimizer', config: { ...config, optimizer } };
}
