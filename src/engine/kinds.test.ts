// Every kind of the registries on the engines of the CPU, against the definitions in float64.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { worstLayerError, steadyBatch, worstNetworkError } from '@/engine/testing/layerCase';
import { randomNetwork } from '@/engine/testing/randomNetwork';
import { worstLossError } from '@/engine/testing/lossCase';
import { caseName, toleranceOf, worstFromPytorch, type LayerFile } from '@/engine/testing/pytorchLayerCase';
import { definitionOf, flattenLayers, layerKinds } from '@/model/layers';
import { looseRun, optimizerCases, worstRatio, worstRunRatio } from '@/engine/testing/optimizerCase';
import { distanceFromPytorch, type OptimizerFile } from '@/engine/testing/pytorchOptimizerCase';
import { updated, type Slots } from '@/engine/tfjs/optimizers';
import { lossKinds } from '@/model/losses';
import { optimizerKinds } from '@/model/optimizers';
import text from '../../fixtures/pytorch/optimizers.json?raw';
import layersText from '../../fixtures/pytorch/layers.json?raw';
import { engines } from '../../scripts/parity/engines.ts';

const pytorch = JSON.parse(text) as OptimizerFile;

describe.each(['wasm', 'wasm-threads', 'tfjs-wasm', 'tfjs-cpu'] as const)('%s', (name) => {
  test.each(lossKinds)('%s', async (kind) => {
    const engine = await engines[name].create();
    // Ten exponentials and their sum, rounded to float32.
    expect(await worstLossError(engine, kind)).toBeLessThan(2e-6);
    engine.dispose();
  });

  test.each(optimizerKinds)('%s', async (kind) => {
    const engine = await engines[name].create();
    for (const one of optimizerCases(kind, 12)) {
      // oxlint-disable-next-line no-await-in-loop -- one engine
      expect(await worstRunRatio(engine, one), JSON.stringify(one)).toBeLessThan(2);
    }
    engine.dispose();
  });

  test.each(pytorch.cases)('$spec of PyTorch, clipped to $maxNorm and $maxValue', async (one) => {
    const engine = await engines[name].create();
    // A few float32 roundings of each value over three steps.
    for (const distance of await distanceFromPytorch(engine, pytorch, one))
      expect(distance).toBeLessThan(2e-6);
    engine.dispose();
  });
});

// On the CPU tfjs's tensors are updated in place; these are the ops for the others, without an engine around them.
test.each(optimizerKinds)('%s out of ops of tfjs', async (kind) => {
  const engine = await engines['tfjs-wasm'].create();
  for (const one of optimizerCases(kind, 12)) {
    const run = looseRun(one, 300);
    const found = new Map<string, ArrayLike<number>>();
    tf.tidy(() => {
      let parameter: tf.Tensor = tf.tensor1d(Float32Array.from(run.start.get('weight') ?? []));
      let slots: Slots = {};
      run.rates.forEach((learningRate, step) => {
        const gradient = tf.tensor1d(Float32Array.from(run.gradientAt(step, 'weight')));
        const rate = tf.scalar(learningRate);
        const input = { parameter, gradient, slots, learningRate, rate, updates: step + 1 };
        ({ parameter, slots } = updated(one.spec, input));
      });
      found.set('weight', parameter.dataSync());
      for (const [slot, data] of Object.entries(slots)) found.set(`${slot} weight`, data.dataSync());
    });
    expect(worstRatio(run, found), JSON.stringify(one)).toBeLessThan(2);
  }
  engine.dispose();
});

describe.each(['wasm', 'wasm-threads', 'tfjs-wasm', 'tfjs-cpu'] as const)('layers on %s', (name) => {
  test.each(layerKinds)('%s', async (kind) => {
    const engine = await engines[name].create();
    // Three layers in a row, each with sums of up to a thousand products in float32.
    expect(await worstLayerError(engine, kind, 8)).toBeLessThan(2e-5);
    engine.dispose();
  });
});

describe.each(['wasm', 'wasm-threads', 'tfjs-wasm', 'tfjs-cpu'] as const)('PyTorch and %s', (name) => {
  const { cases } = JSON.parse(layersText) as LayerFile;
  test.each(cases.map((one) => [caseName(one), one] as const))('%s', async (_, one) => {
    const engine = await engines[name].create();
    expect(await worstFromPytorch(engine, one)).toBeLessThan(toleranceOf(one));
    engine.dispose();
  });
});

// Roundings of up to a dozen layers.
const manyLayers = 2e-4;

describe.each(['wasm', 'wasm-threads', 'tfjs-wasm'] as const)('whole networks at random on %s', (name) => {
  const errorsOf = async (seeds: readonly number[]) => {
    const engine = await engines[name].create();
    const errors: { readonly error: number; readonly normalises: boolean }[] = [];
    for (const seed of seeds) {
      const network = randomNetwork(seed);
      const count = steadyBatch(network, [1, 11, 3, 8, 32][seed % 5] ?? 1);
      // oxlint-disable-next-line no-await-in-loop -- one engine
      const error = await worstNetworkError(engine, network, count, seed);
      const normalises = flattenLayers(network.layers).some(
        (layer) => definitionOf(layer).group === 'normalization',
      );
      errors.push({ error, normalises });
    }
    engine.dispose();
    return errors;
  };
  test('12 of them', async () => {
    const errors = await errorsOf(Array.from({ length: 12 }, (_, seed) => seed));
    expect(Math.max(...errors.map(({ error }) => error))).toBeLessThan(manyLayers);
  });
  // By night: more of the same.
  test('200 of them', { tags: ['long'], timeout: 1_200_000 }, async () => {
    const errors = await errorsOf(Array.from({ length: 200 }, (_, seed) => 100 + seed));
    const plain = errors.filter(({ normalises }) => !normalises).map(({ error }) => error);
    expect(plain.length).toBeGreaterThan(50);
    expect(Math.max(...plain)).toBeLessThan(manyLayers);
    // A normalisation of values that are nearly alike divides by a spread that is rounding: of those, the middle one.
    const normalised = errors.filter(({ normalises }) => normalises).map(({ error }) => error);
    normalised.sort((one, other) => one - other);
    expect(normalised[Math.floor(normalised.length / 2)]).toBeLessThan(1e-5);
  });
});
