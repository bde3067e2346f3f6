/** What a caller relies on beyond single steps: seeds, resuming, memory, errors, evaluation. On wasm in Node. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImageSet } from '@/data/imageSet';
import { EngineError, type EngineState } from '@/engine/engine';
import { createTfjsEngine } from '@/engine/tfjs/backends';
import type { TfjsEngine } from '@/engine/tfjs/tfjsEngine';
import { firstDigits, oddNetwork, runConfig } from '@/engine/testing/testRuns';
import { lenet, mynn, smallResnet } from '@/model/architectures';
import type { NetworkSpec } from '@/model/layers';
import type { OptimizerSpec } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';
import { networkInput } from '@/model/shapes';

const momentum: OptimizerSpec = {
  kind: 'SGD',
  momentum: 0.9,
  dampening: 0,
  nesterov: false,
  weightDecay: 5e-4,
};
const adam: OptimizerSpec = { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 };

const mnistFile = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../public/mnist/${name}`, import.meta.url)));

let engine: TfjsEngine;
let digits: ImageSet;
beforeAll(async () => {
  ({ engine } = await createTfjsEngine('wasm'));
  digits = firstDigits(mnistFile('train-0.png'), mnistFile('train-labels.bin'), 640);
  await engine.setImages('train', digits);
  await engine.setImages('test', digits);
});
afterAll(() => {
  engine.dispose();
});

/** All float values of a state, parameters and slots. */
function bits(state: EngineState): number[] {
  const dicts = [state.parameters, ...Object.values(state.optimizer)];
  return dicts.flatMap((dict) => [...dict.values()].flatMap(({ data }) => Array.from(data, Number)));
}

async function train(config: RunConfig, steps: number, from?: EngineState) {
  await engine.compile(config, from);
  await engine.step(steps);
  return { metrics: await engine.readMetrics(), state: await engine.readState() };
}

const augmented: Partial<RunConfig> = {
  optimizer: momentum,
  shuffle: true,
  input: { augment: { shift: 2, rotate: 10, scale: 0.1 }, resize: null, normalize: { mean: 0.5, std: 0.5 } },
};

describe('seeds', () => {
  test('the same seed gives the same bits, another seed another run', async () => {
    const config = runConfig(mynn, augmented);
    const first = await train(config, 4);
    const second = await train(config, 4);
    expect(second.metrics.loss).toEqual(first.metrics.loss);
    expect(bits(second.state)).toEqual(bits(first.state));
    const other = await train({ ...config, seed: 8 }, 4);
    expect(other.metrics.loss).not.toEqual(first.metrics.loss);
  });

  test.each<[string, Partial<RunConfig>]>([
    ['momentum, shuffle, augmentation, dropout', augmented],
    ['Adam', { optimizer: adam }],
  ])('a resumed run goes on bit for bit: %s', async (_, changes) => {
    const config = runConfig(mynn, changes);
    const whole = await train(config, 5);
    const { state: half } = await train(config, 2);
    const resumed = await train(config, 3, half);
    expect(resumed.metrics.firstStep).toBe(2);
    expect(resumed.metrics.loss).toEqual(whole.metrics.loss.slice(2));
    expect(bits(resumed.state)).toEqual(bits(whole.state));
  });

  test('an epoch with shuffling sees every image once, its last batch being smaller', async () => {
    // A frozen network's mean loss over the epoch does not depend on the order.
    const frozen = { learningRate: 0, trainingImages: 150 };
    const inOrder = await train(runConfig(lenet, frozen), 3);
    const shuffled = await train(runConfig(lenet, { ...frozen, shuffle: true }), 3);
    const sum = (losses: Float32Array) => {
      const [a = 0, b = 0, c = 0] = losses;
      return (64 * a + 64 * b + 22 * c) / 150;
    };
    expect(shuffled.metrics.loss).not.toEqual(inOrder.metrics.loss);
    expect(sum(shuffled.metrics.loss)).toBeCloseTo(sum(inOrder.metrics.loss), 5);
    const evaluated = await engine.evaluate('train', 150);
    expect(evaluated.loss).toBeCloseTo(sum(inOrder.metrics.loss), 5);
  });
});

describe('learning rate', () => {
  test('schedule, warm-up and a change in flight reach the metrics and the update', async () => {
    const config = runConfig(lenet, {
      learningRate: 0.4,
      warmupSteps: 4,
      trainingImages: 128,
      epochs: 9,
      schedule: { kind: 'step', stepEpochs: 3, gamma: 0.5 },
    });
    await engine.compile(config);
    await engine.step(6);
    engine.setLearningRate(0.1);
    await engine.step(2);
    const { learningRate } = await engine.readMetrics();
    const expected = [0.1, 0.2, 0.3, 0.4, 0.4, 0.4, 0.05, 0.05];
    expected.forEach((rate, i) => expect(learningRate[i]).toBeCloseTo(rate, 6));

    engine.setLearningRate(0);
    const before = bits(await engine.readState());
    await engine.step(1);
    expect(bits(await engine.readState())).toEqual(before);
  });

  test('clipping bounds the whole gradient', async () => {
    const clipped = { clipGradNorm: 0.01, learningRate: 1 };
    const { state: start } = await train(runConfig(lenet, clipped), 0);
    const { state: end } = await train(runConfig(lenet, clipped), 1);
    const [a, b] = [bits(start), bits(end)];
    const change = Math.sqrt(a.reduce((total, value, i) => total + (value - (b[i] ?? 0)) ** 2, 0));
    // The norm is clipped to 0.01 from far above; float32 weights near 0.3 round each change.
    expect(change).toBeGreaterThan(0.00999);
    expect(change).toBeLessThan(0.01001);
  });
});

describe('memory', () => {
  test.each<[string, NetworkSpec, OptimizerSpec, number | null]>([
    ['Mynn, momentum', mynn, momentum, null],
    ['small ResNet, Adam, clipping', smallResnet, adam, 1],
    ['BatchNorm and pooling', oddNetwork, { ...momentum, nesterov: true }, null],
  ])(
    'steps, tests, predictions and states leave no tensor behind: %s',
    async (_, network, optimizer, clip) => {
      await engine.compile(runConfig(network, { optimizer, clipGradNorm: clip, batchSize: 16 }));
      const round = async () => {
        await engine.step(3);
        await engine.readMetrics();
        await engine.evaluate('test', 70);
        await engine.predict(digits.images, 3);
        await engine.activations(digits.images, 3, [networkInput, network.layers[1]?.name ?? '']);
        await engine.inspectBatch(digits.images.slice(0, 4 * 784), digits.labels.slice(0, 4));
        await engine.readState();
        await engine.writeParameters(await engine.readParameters());
        return { tensors: tf.memory().numTensors, ids: tf.engine().backend.numDataIds() };
      };
      const first = await round();
      expect(await round()).toEqual(first);
      // Compiling again frees the run before.
      await engine.compile(runConfig(network, { optimizer, clipGradNorm: clip, batchSize: 16 }));
      expect(await round()).toEqual(first);
    },
  );

  test('metrics that nobody reads are kept, all of them, in few tensors', async () => {
    await engine.compile(runConfig(lenet, { batchSize: 1 }));
    const before = tf.memory().numTensors;
    await engine.step(300);
    expect(tf.memory().numTensors - before).toBeLessThan(128 * 2);
    const { loss, accuracy, firstStep } = await engine.readMetrics();
    expect(firstStep).toBe(0);
    expect(loss).toHaveLength(300);
    expect(loss.every((value) => value > 0)).toBe(true);
    expect(accuracy.every((value) => value === 0 || value === 1)).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('dispose leaves nothing', async () => {
    const before = tf.memory().numTensors;
    const { engine: second } = await createTfjsEngine('wasm');
    await second.setImages('train', digits);
    await second.compile(runConfig(mynn, { optimizer: adam }));
    await second.step(1);
    second.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('evaluation', () => {
  test("agrees piece by piece, in the report's sum of batch means too", async () => {
    await engine.compile(runConfig(mynn, { batchSize: 50 }));
    const whole = await engine.evaluate('test', 230);
    const pieces = [await engine.evaluate('test', 100), await engine.evaluate('test', 130, 100)];
    const [a, b] = pieces;
    expect((a?.loss ?? 0) * 100 + (b?.loss ?? 0) * 130).toBeCloseTo(whole.loss * 230, 3);
    expect((a?.sumOfBatchMeans ?? 0) + (b?.sumOfBatchMeans ?? 0)).toBeCloseTo(whole.sumOfBatchMeans, 4);
    expect([...(a?.predictions ?? []), ...(b?.predictions ?? [])]).toEqual([...whole.predictions]);
    const hits = whole.predictions.filter((digit, n) => digit === digits.labels[n]).length;
    expect(whole.accuracy).toBeCloseTo(hits / 230, 12);
    // 4 batches of 50 and one of 30: the mean of means is not the mean.
    expect(whole.sumOfBatchMeans).toBeGreaterThan(whole.loss * 4.9);
    const logits = await engine.predict(digits.images, 230);
    const row = Array.from(logits.subarray(2290, 2300));
    expect(row.indexOf(Math.max(...row))).toBe(whole.predictions[229]);
  });

  test('dropout is off in eval mode and on in training', async () => {
    await engine.compile(runConfig(mynn, { learningRate: 0 }));
    const first = await engine.predict(digits.images, 8);
    expect(await engine.predict(digits.images, 8)).toEqual(first);
    const { logits } = await engine.inspectBatch(digits.images.slice(0, 8 * 784), digits.labels.slice(0, 8));
    expect(logits).not.toEqual(first);
  });
});

describe('errors', () => {
  const failure = async (promise: Promise<unknown>): Promise<EngineError> => {
    const error: unknown = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof EngineError) return error;
    throw new Error(`Expected an EngineError, got ${String(error)}`);
  };

  test('a state of another network names what does not fit', async () => {
    await engine.compile(runConfig(mynn));
    const state = await engine.readState();
    const error = await failure(engine.compile(runConfig(lenet), state));
    expect(error.code).toBe('state');
    expect(error.message).toMatch(/missing: conv1\.0\.weight,.*unexpected: conv1\.weight,/);
    const wrong = new Map(state.parameters).set('fc2.bias', {
      dtype: 'F32',
      shape: [11],
      data: new Float32Array(11),
    });
    expect(
      (await failure(engine.compile(runConfig(mynn), { ...state, parameters: wrong }))).message,
    ).toContain('fc2.bias is F32 [11] instead of F32 [10]');
  });

  test('an optimizer state of another optimizer is refused', async () => {
    const { state } = await train(runConfig(lenet, { optimizer: momentum }), 1);
    const error = await failure(engine.compile(runConfig(lenet, { optimizer: adam }), state));
    expect(error.code).toBe('state');
    expect(error.message).toContain('momentum_buffer');
  });

  test('more images than loaded, a network that does not fit, no compile', async () => {
    await engine.compile(runConfig(lenet, { trainingImages: 60_000, batchSize: 320 }));
    await engine.step(2);
    const missing = await failure(engine.step(1));
    expect(missing.code).toBe('config');
    expect(missing.message).toContain('640 are loaded');
    const misfit = { ...lenet, layers: lenet.layers.slice(1) };
    const error = await failure(engine.compile(runConfig(misfit)));
    expect(error.code).toBe('config');
    expect(error.message).toContain('expects');
    const { engine: fresh } = await createTfjsEngine('wasm');
    expect((await failure(fresh.step(1))).message).toContain('compile');
  });
});
