/** preprocess.safetensors: the engine's input pipelines against ToTensor, Normalize and Resize. */
import type { Engine } from '@/engine/engine';
import type { NetworkSpec } from '@/model/layers';
import { inputShape, networkInput } from '@/model/shapes';
import type { TensorData } from '@/model/tensor';
import { compareCheck, distance, type Check } from '../fixtures/compare.ts';
import { floatTensor, imageBatch, inputPipelineOf } from '../fixtures/fixture.ts';
import type { Manifest } from '../fixtures/manifest.ts';
import { inputTolerance } from './rules.ts';

const pipelineOfTensor: Readonly<Record<string, Manifest['preprocess']>> = {
  tensor: 'tensor',
  normalized: 'tensor+norm',
  resized64: 'tensor+resize64',
};

/** The smallest network that takes this input: preprocess needs a compiled run, not its weights. */
function oneLinear(inFeatures: number): NetworkSpec {
  return {
    id: 'linear',
    name: 'Linear',
    outputActivation: 'none',
    layers: [
      { kind: 'Flatten', name: 'flatten' },
      { kind: 'Linear', name: 'fc', inFeatures, outFeatures: 10, bias: true, init: { kind: 'default' } },
    ],
  };
}

export async function preprocessParity(
  engine: Engine,
  tensors: ReadonlyMap<string, TensorData>,
): Promise<Check[]> {
  const { images, labels, count } = imageBatch(tensors);
  await engine.setImages('train', { images, labels, count });
  const checks: Check[] = [];
  for (const [name, preprocess] of Object.entries(pipelineOfTensor)) {
    const input = inputPipelineOf[preprocess];
    await engine.compile({
      network: oneLinear(inputShape(input).reduce((a, b) => a * b, 1)),
      input,
      loss: { kind: 'cross_entropy', labelSmoothing: 0 },
      optimizer: { kind: 'SGD', momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 },
      learningRate: 0.01,
      schedule: { kind: 'constant' },
      warmupSteps: 0,
      clipGradNorm: null,
      epochs: 1,
      batchSize: count,
      seed: 1,
      shuffle: false,
      dropLast: false,
      trainingImages: count,
    });
    const { data: actual = new Float32Array(0) } =
      (await engine.activations(images, count, [networkInput])).get(networkInput) ?? {};
    const expected = floatTensor(tensors, name);
    checks.push(compareCheck(name, name, distance(actual, expected), inputTolerance));
  }
  return checks;
}
