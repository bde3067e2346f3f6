// What training relies on: the engine against the reference engine over whole runs, and its own promises on repeatability and state.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../../../scripts/parity/engines.ts';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';
import { EngineError, type Engine, type EngineState } from '@/engine/engine';
import { linear } from '@/engine/testing/nonFiniteCases';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { precisionOf } from '@/engine/wasm/precision';
import type { WasmEngine } from '@/engine/wasm/wasmEngine';
import { lenet, mynn, smallResnet } from '@/model/architectures';
import type { LayerSpec, NetworkSpec } from '@/model/layers';
import { randomBits } from '@/model/random';
import { defaultLoss, lossKinds } from '@/model/losses';
import { defaultOptimizer, optimizerKinds, type OptimizerSpec } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';

const count = 300;
/** Bytes with blobs rather than noise, so that pooling and ReLU see both signs. */
const images = {
  images: Uint8Array.from({ length: count * 784 }, (_, i) =>
    randomBits(1, i >> 3) % 3 === 0 ? randomBits(2, i) & 255 : 0,
  ),
  labels: Uint8Array.from({ length: count }, (_, i) => randomBits(3, i) % 10),
  count,
};

const sgd: OptimizerSpec & { readonly kind: 'SGD' } = {
  kind: 'SGD',
  momentum: 0,
  dampening: 0,
  nesterov: false,
  weightDecay: 0,
};

function config(network: NetworkSpec, changes: Partial<RunConfig> = {}): RunConfig {
  return {
    network,
    input: { augment: null, resize: null, normalize: null },
    loss: { kind: 'cross_entropy', labelSmoothing: 0 },
    optimizer: sgd,
    learningRate: 0.01,
    schedule: { kind: 'constant' },
    warmupSteps: 0,
    clipGradNorm: null,
    epochs: 100,
    batchSize: 64,
    seed: 7,
    shuffle: true,
    dropLast: false,
    trainingImages: count,
    ...changes,
  };
}

/** Residual, BatchNorm with and without a ReLU behind it, overlapping pooling and both dropouts in a few thousand parameters. */
const everything: NetworkSpec = {
  id: 'custom',
  name: 'custom',
  outputActivation: 'none',
  layers: [
    {
      kind: 'Conv2d',
      name: 'a',
      inChannels: 1,
      outChannels: 6,
      kernelSize: 5,
      stride: 2,
      padding: 2,
      bias: false,
      init: { kind: 'default' },
    },
    { kind: 'BatchNorm2d', name: 'b', numFeatures: 6, eps: 1e-5, momentum: 0.1 },
    { kind: 'ReLU', name: 'c' },
    { kind: 'MaxPool2d', name: 'd', kernelSize: 3, stride: 2, padding: 1 },
    {
      kind: 'Residual',
      name: 'e',
      body: [
        {
          kind: 'Conv2d',
          name: 'f',
          inChannels: 6,
          outChannels: 6,
          kernelSize: 3,
          stride: 1,
          padding: 1,
          bias: true,
          init: { kind: 'default' },
        },
        { kind: 'BatchNorm2d', name: 'g', numFeatures: 6, eps: 1e-5, momentum: 0.1 },
      ],
      shortcut: [],
    },
    { kind: 'ReLU', name: 'h' },
    { kind: 'Dropout2d', name: 'i', p: 0.25 },
    { kind: 'AdaptiveAvgPool2d', name: 'j', outputSize: 3 },
    { kind: 'Flatten', name: 'k' },
    { kind: 'Dropout', name: 'l', p: 0.25 },
    { kind: 'Linear', name: 'm', inFeatures: 54, outFeatures: 10, bias: true, init: { kind: 'default' } },
  ],
};

let engine: WasmEngine;
let reference: Engine;
beforeAll(async () => {
  engine = await createWasmEngine({ host: nodeHost(), threads: 1 });
  reference = await engines['tfjs-wasm'].create();
  await engine.setImages('train', images);
  await engine.setImages('test', images);
  await reference.setImages('train', images);
  await reference.setImages('test', images);
});
afterAll(() => {
  engine.dispose();
  reference.dispose();
});

async function run(on: Engine, settings: RunConfig, steps: number) {
  await on.compile(settings);
  await on.step(steps);
  const metrics = await on.readMetrics();
  return { metrics, state: await on.readState() };
}

/** Largest relative L2 distance of any tensor of the state. */
function distance(actual: EngineState, expected: EngineState): number {
  let worst = 0;
  for (const [key, { data }] of expected.parameters) {
    const other = actual.parameters.get(key)?.data;
    let difference = 0;
    let norm = 0;
    data.forEach((value: number | bigint, i: number) => {
      difference += (Number(other?.[i] ?? NaN) - Number(value)) ** 2;
      norm += Number(value) ** 2;
    });
    worst = Math.max(worst, Math.sqrt(difference / (norm + 1e-30)));
  }
  return worst;
}

/** Bit for bit; vitest's own comparison takes seconds over large arrays. */
function differing(actual: EngineState, expected: EngineState): string[] {
  const states = (state: EngineState) => [state.parameters, ...Object.values(state.optimizer)];
  const found = actual.step === expected.step ? [] : ['step'];
  states(expected).forEach((dict, i) => {
    for (const [key, { data }] of dict) {
      const other = states(actual)[i]?.get(key)?.data;
      const isSame =
        other !== undefined && Buffer.compare(Buffer.from(other.buffer), Buffer.from(data.buffer)) === 0;
      if (!isSame) found.push(key);
    }
  });
  return found;
}

describe('against the reference engine', () => {
  it('trains every kind of layer alike', async () => {
    const settings = config(everything, {
      batchSize: 20,
      trainingImages: 90,
      optimizer: { ...sgd, momentum: 0.9 },
    });
    const ours = await run(engine, settings, 12);
    const theirs = await run(reference, settings, 12);
    expect(distance(ours.state, theirs.state)).toBeLessThan(1e-3);
  });

  it('trains in float64 throughout where only the last batch of an epoch leaves a BatchNorm few values', async () => {
    // Nine values of one image, which the batches of 20 are not.
    const layers = everything.layers.flatMap((layer): LayerSpec[] =>
      layer.kind === 'Flatten'
        ? [{ kind: 'BatchNorm2d', name: 'norm', numFeatures: 6, eps: 1e-5, momentum: 0.1 }, layer]
        : [layer],
    );
    const settings = config({ ...everything, layers }, { batchSize: 20, trainingImages: 41 });
    const ours = await run(engine, settings, 6);
    const theirs = await run(reference, settings, 6);
    expect(precisionOf(settings)).toBe('float64');
    expect(distance(ours.state, theirs.state)).toBeLessThan(1e-3);
  });

  it('trains Mynn for 100 steps with dropout, shuffling and smaller last batches alike', async () => {
    const settings = config(mynn);
    const ours = await run(engine, settings, 100);
    const theirs = await run(reference, settings, 100);
    // Rounding of 1e-7 a step, grown by 100 steps of a network that learns: far below what one other mask would do (1e-1).
    theirs.metrics.loss.forEach((loss, i) =>
      expect(Math.abs((ours.metrics.loss[i] ?? NaN) - loss)).toBeLessThan(1e-3),
    );
    expect(distance(ours.state, theirs.state)).toBeLessThan(1e-3);
    const evaluation = await engine.evaluate('test', 200, 50);
    const expected = await reference.evaluate('test', 200, 50);
    expect(Math.abs(evaluation.loss - expected.loss)).toBeLessThan(1e-3);
    expect(Math.abs(evaluation.sumOfBatchMeans - expected.sumOfBatchMeans)).toBeLessThan(1e-2);
  });

  it.each<[string, OptimizerSpec]>([
    ['nesterov', { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: true, weightDecay: 5e-4 }],
    ['dampened momentum', { kind: 'SGD', momentum: 0.8, dampening: 0.3, nesterov: false, weightDecay: 0 }],
    ['Adam', { kind: 'Adam', beta1: 0.9, beta2: 0.99, eps: 1e-6, weightDecay: 1e-3 }],
    ['AdamW', { kind: 'AdamW', beta1: 0.9, beta2: 0.99, eps: 1e-6, weightDecay: 1e-2 }],
    ['RMSprop', { kind: 'RMSprop', alpha: 0.9, eps: 1e-5, momentum: 0.5, centered: true, weightDecay: 1e-3 }],
  ])('updates by %s, with clipping and label smoothing', async (_, optimizer) => {
    const settings = config(lenet, {
      optimizer,
      clipGradNorm: 0.01,
      loss: { kind: 'cross_entropy', labelSmoothing: 0.1 },
      learningRate: 1e-3,
      input: {
        augment: { shift: 2, rotate: 10, scale: 0.1 },
        resize: null,
        normalize: { mean: 0.13, std: 0.31 },
      },
    });
    const ours = await run(engine, settings, 4);
    const theirs = await run(reference, settings, 4);
    expect(distance(ours.state, theirs.state)).toBeLessThan(1e-4);
    expect(Object.keys(ours.state.optimizer).toSorted()).toEqual(
      Object.keys(theirs.state.optimizer).toSorted(),
    );
  });
});

describe('in float64', () => {
  // Three images leave its BatchNorm twelve values.
  const small: NetworkSpec = {
    id: 'custom',
    name: 'custom',
    outputActivation: 'none',
    layers: [
      { kind: 'AdaptiveAvgPool2d', name: 'a', outputSize: 2 },
      { kind: 'BatchNorm2d', name: 'b', numFeatures: 1, eps: 1e-5, momentum: 0.1 },
      { kind: 'Flatten', name: 'c' },
      linear('d', 4, 10),
    ],
  };
  const batch = { batchSize: 3, trainingImages: 12, learningRate: 1e-3 };
  const weighted = defaultLoss('cross_entropy_weighted');
  const kinds = [
    ...optimizerKinds.map((kind) => [kind, { optimizer: defaultOptimizer(kind) }] as const),
    ...lossKinds.map((kind) => [kind, { loss: defaultLoss(kind) }] as const),
    ['weighted digits', { loss: { ...weighted, labelSmoothing: 0.1, weight3: 2, weight8: 0.5 } }] as const,
  ];

  it.each(kinds)('trains by %s, clipped, like the reference', async (_, changes) => {
    const settings = config(small, { ...batch, clipGradNorm: 0.5, clipGradValue: 0.1, ...changes });
    expect(precisionOf(settings)).toBe('float64');
    const ours = await run(engine, settings, 4);
    const theirs = await run(reference, settings, 4);
    // The reference computes in float32, whose rounding this BatchNorm magnifies.
    expect(distance(ours.state, theirs.state)).toBeLessThan(1e-4);
    ours.metrics.loss.forEach((loss, i) => expect(theirs.metrics.loss[i]).toBeCloseTo(loss, 4));
  });
});

it.each(optimizerKinds)(
  'lets NaN through a bound on gradients, as torch.clamp does, with %s',
  async (kind) => {
    const network: NetworkSpec = {
      id: 'custom',
      name: 'custom',
      outputActivation: 'none',
      layers: [{ kind: 'Flatten', name: 'flatten' }, linear('fc', 784, 10)],
    };
    const settings = config(network, { clipGradValue: 0.1, optimizer: defaultOptimizer(kind) });
    const { parameters } = (await run(engine, settings, 1)).state;
    const bias = { dtype: 'F32', shape: [10], data: new Float32Array(10).fill(Number.NaN) } as const;
    await engine.compile(settings, {
      step: 0,
      parameters: new Map([...parameters, ['fc.bias', bias]]),
      optimizer: {},
    });
    await engine.step(1);
    await engine.readMetrics();
    const after = [...((await engine.readState()).parameters.get('fc.weight')?.data ?? [])];
    expect(after).toHaveLength(7840);
    expect(after.filter((value) => !Number.isNaN(Number(value)))).toEqual([]);
  },
);

describe('repeatability', () => {
  it('gives the same bits twice', async () => {
    const settings = config(smallResnet, { trainingImages: 100, batchSize: 40 });
    const first = await run(engine, settings, 8);
    const second = await run(engine, settings, 8);
    expect(second.metrics).toEqual(first.metrics);
    expect(differing(second.state, first.state)).toEqual([]);
  });

  // Batches of 64 and 32 are whole numbers of slices, which threads pass through many operations; the rest is split within each.
  it.each([
    ['the small ResNet, last batches that are smaller', smallResnet, { batchSize: 40, trainingImages: 100 }],
    ['the small ResNet in slices', smallResnet, { batchSize: 64, trainingImages: 128 }],
    [
      'LeNet in slices, clipped, with momentum',
      lenet,
      { clipGradNorm: 0.01, optimizer: { ...sgd, momentum: 0.9 } },
    ],
    ['Mynn in slices with dropout, then a smaller last batch', mynn, { batchSize: 64, trainingImages: 150 }],
    ['every kind of layer in slices', everything, { batchSize: 32, trainingImages: 128 }],
    [
      'LeNet in slices under Adam',
      lenet,
      { optimizer: { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 } },
    ],
  ] as const)(
    'gives the same bits and statistics on any number of threads: %s',
    async (_, network, changes) => {
      const settings = config(network, changes);
      const work = async (on: WasmEngine) => {
        on.setStatisticsInterval(2);
        const { metrics, state } = await run(on, settings, 5);
        const statistics = await on.readStatistics();
        on.setStatisticsInterval(0);
        const test = await on.evaluate('test', 128);
        const { gradients } = await on.inspectBatch(
          images.images.slice(0, 784 * 32),
          images.labels.slice(0, 32),
        );
        return { metrics, state, others: { statistics, test, gradients } };
      };
      const expected = await work(engine);
      for (const threads of [2, 3, 4]) {
        // oxlint-disable-next-line no-await-in-loop -- two cores
        const threaded = await createWasmEngine({ host: nodeHost(), threads });
        // oxlint-disable-next-line no-await-in-loop -- two cores
        await Promise.all([threaded.setImages('train', images), threaded.setImages('test', images)]);
        // oxlint-disable-next-line no-await-in-loop -- two cores
        const actual = await work(threaded);
        expect(actual.metrics).toEqual(expected.metrics);
        expect(differing(actual.state, expected.state)).toEqual([]);
        expect(actual.others).toEqual(expected.others);
        threaded.dispose();
      }
    },
  );

  it('goes on from a saved state as if it had never stopped', async () => {
    const settings = config(mynn, {
      optimizer: { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 },
    });
    const whole = await run(engine, settings, 9);
    const half = await run(engine, settings, 4);
    await engine.compile(settings, half.state);
    await engine.step(5);
    expect(differing(await engine.readState(), whole.state)).toEqual([]);
    expect((await engine.readMetrics()).firstStep).toBe(4);
  });

  it('is not disturbed by tests, predictions and inspections between steps', async () => {
    const settings = config(everything, { batchSize: 20, trainingImages: 90 });
    const quiet = await run(engine, settings, 2);
    await engine.compile(settings);
    await engine.step(1);
    await engine.evaluate('test', 20);
    await engine.predict(images.images, 3);
    await engine.inspectBatch(images.images.slice(0, 784 * 9), images.labels.slice(0, 9));
    await engine.step(1);
    expect(differing(await engine.readState(), quiet.state)).toEqual([]);
  });
});

describe('errors', () => {
  it('names the keys of a state that does not fit', async () => {
    await engine.compile(config(mynn));
    const whole = await engine.readParameters();
    const parameters = new Map([...whole].filter(([key]) => key !== 'fc2.bias'));
    await expect(engine.writeParameters(parameters)).rejects.toThrow(/missing: fc2\.bias/);
  });

  it('refuses a network whose layers do not fit, naming the layer', async () => {
    const broken = { ...mynn, layers: mynn.layers.filter(({ name }) => name !== 'pool2') };
    const failure = await engine.compile(config(broken)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EngineError);
    expect(String(failure)).toContain('fc1');
  });
});
