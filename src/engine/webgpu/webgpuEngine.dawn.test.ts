/** The compiled engine on a real device (Dawn) against the WebAssembly engine, and its own promises on repeatability and state. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Engine, EngineState } from '@/engine/engine';
import { webgpuBackend } from '@/engine/tfjs/kernels/tfjsInternals';
import { firstLosses, oddNetwork, plainSgd, relativeDifference, runConfig } from '@/engine/testing/testRuns';
import { DeviceGuard } from '@/engine/deviceGuard';
import { WebgpuEngine } from '@/engine/webgpu/webgpuEngine';
import { mynn } from '@/model/architectures';
import { mapLayers, type Conv2d, type NetworkSpec } from '@/model/layers';
import type { StepStatistics } from '@/model/layerStatistics';
import { randomBits } from '@/model/random';
import type { OptimizerSpec } from '@/model/optimizers';
import { defaultLoss, lossKinds } from '@/model/losses';
import type { RunConfig } from '@/model/runConfig';
import type { StateDict } from '@/model/tensor';
import { parseNetworkSpec } from '@/model/networkSchema';
import oneValueText from '../../../fixtures/cases/bn_one_value.network.json?raw';
import { engines } from '../../../scripts/parity/engines.ts';

const oneValue = parseNetworkSpec(JSON.parse(oneValueText));
const count = 150;
/** Bytes with blobs rather than noise, so that pooling and ReLU see both signs. */
const images = {
  images: Uint8Array.from({ length: count * 784 }, (_, i) =>
    randomBits(1, i >> 3) % 3 === 0 ? randomBits(2, i) & 255 : 0,
  ),
  labels: Uint8Array.from({ length: count }, (_, i) => randomBits(3, i) % 10),
  count,
};

const adam: OptimizerSpec = { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 };
const conv = (name: string, inChannels: number, outChannels: number, kernelSize: number): Conv2d => ({
  kind: 'Conv2d',
  name,
  inChannels,
  outChannels,
  kernelSize,
  stride: 1,
  padding: 1,
  bias: true,
  init: { kind: 'default' },
});

/** What kernels take over and what they cannot: identity Residuals behind a ReLU, dropouts with and without one, a Residual of vectors. */
const everything: NetworkSpec = {
  id: 'custom',
  name: 'Everything',
  outputActivation: 'none',
  layers: [
    conv('a', 1, 5, 3),
    { kind: 'ReLU', name: 'b' },
    { kind: 'MaxPool2d', name: 'c', kernelSize: 3, stride: 3, padding: 0 },
    {
      kind: 'Residual',
      name: 'd',
      body: [conv('d1', 5, 5, 3), { kind: 'ReLU', name: 'd2' }, conv('d3', 5, 5, 3)],
      shortcut: [],
    },
    { kind: 'ReLU', name: 'e' },
    {
      kind: 'Residual',
      name: 'f',
      body: [
        { ...conv('f1', 5, 6, 3), bias: false },
        { kind: 'BatchNorm2d', name: 'f2', numFeatures: 6, eps: 1e-5, momentum: 0.1 },
      ],
      shortcut: [conv('f3', 5, 6, 3)],
    },
    { kind: 'Dropout2d', name: 'g', p: 0.25 },
    { kind: 'ReLU', name: 'h' },
    { kind: 'MaxPool2d', name: 'i', kernelSize: 3, stride: 2, padding: 1 },
    { kind: 'Flatten', name: 'j' },
    {
      kind: 'Residual',
      name: 'k',
      body: [
        {
          kind: 'Linear',
          name: 'k1',
          inFeatures: 150,
          outFeatures: 150,
          bias: true,
          init: { kind: 'default' },
        },
      ],
      shortcut: [{ kind: 'Dropout', name: 'k2', p: 0.1 }],
    },
    { kind: 'Dropout', name: 'l', p: 0.5 },
    { kind: 'ReLU', name: 'm' },
    { kind: 'Linear', name: 'n', inFeatures: 150, outFeatures: 10, bias: true, init: { kind: 'default' } },
  ],
};

/** A bias in front of a BatchNorm has a gradient of 0, and rounding would be all that is compared. */
const odd: NetworkSpec = {
  ...oddNetwork,
  layers: mapLayers(oddNetwork.layers, (layer) =>
    layer.kind === 'Conv2d' && layer.name === 'conv' ? { ...layer, bias: false } : layer,
  ),
};

/** Every kind of layer, and a BatchNorm over four values an image. Dropouts scale by 2, which both engines know exactly. */
const unsteady: NetworkSpec = {
  ...everything,
  name: 'Unsteady',
  layers: [
    conv('a', 1, 5, 3),
    { kind: 'MaxPool2d', name: 'b', kernelSize: 3, stride: 3, padding: 1 },
    { kind: 'Dropout2d', name: 'c', p: 0.5 },
    {
      kind: 'Residual',
      name: 'd',
      body: [
        { ...conv('d1', 5, 8, 3), bias: false },
        { kind: 'BatchNorm2d', name: 'd2', numFeatures: 8, eps: 1e-5, momentum: 0.1 },
        { kind: 'ReLU', name: 'd3' },
      ],
      shortcut: [{ ...conv('d4', 5, 8, 3), bias: false }],
    },
    { kind: 'AdaptiveAvgPool2d', name: 'e', outputSize: 2 },
    { kind: 'BatchNorm2d', name: 'f', numFeatures: 8, eps: 1e-5, momentum: 0.1 },
    { kind: 'Flatten', name: 'g' },
    {
      kind: 'Residual',
      name: 'h',
      body: [
        {
          kind: 'Linear',
          name: 'h1',
          inFeatures: 32,
          outFeatures: 32,
          bias: true,
          init: { kind: 'default' },
        },
      ],
      shortcut: [{ kind: 'Dropout', name: 'h2', p: 0.5 }],
    },
    { kind: 'Linear', name: 'i', inFeatures: 32, outFeatures: 10, bias: true, init: { kind: 'default' } },
  ],
};

let engine: WebgpuEngine;
let reference: Engine;
beforeAll(async () => {
  engine = await engines.webgpu.create();
  reference = await engines.wasm.create();
  for (const one of [engine, reference]) {
    await one.setImages('train', images);
    await one.setImages('test', images);
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => {
  engine.dispose();
  reference.dispose();
});

/** Small enough for lavapipe, which compiles every shape for seconds. */
const config = (network: NetworkSpec, changes: Partial<RunConfig> = {}): RunConfig =>
  runConfig(network, {
    batchSize: 16,
    trainingImages: 144,
    epochs: 100,
    shuffle: true,
    learningRate: 0.05,
    ...changes,
  });

async function run(on: Engine, settings: RunConfig, steps: number, state?: EngineState) {
  await on.compile(settings, state);
  await on.step(steps);
  return { metrics: await on.readMetrics(), state: await on.readState() };
}

/** Largest relative L2 distance of any tensor, parameters and optimizer slots. */
function distance(actual: EngineState, expected: EngineState): number {
  let worst = actual.step === expected.step ? 0 : Number.POSITIVE_INFINITY;
  const dicts = (state: EngineState) => [state.parameters, ...Object.values(state.optimizer)];
  dicts(expected).forEach((dict, i) => {
    for (const [key, { data }] of dict) {
      const other = dicts(actual)[i]?.get(key)?.data;
      let difference = 0;
      let norm = 0;
      data.forEach((value: number | bigint, at: number) => {
        difference += (Number(other?.[at] ?? NaN) - Number(value)) ** 2;
        norm += Number(value) ** 2;
      });
      worst = Math.max(worst, Math.sqrt(difference / (norm + 1e-30)));
    }
  });
  return worst;
}

const largestDifference = (actual: Float32Array, expected: Float32Array): number =>
  Math.max(...Array.from(expected, (value, i) => Math.abs((actual[i] ?? NaN) - value)));

describe('against the WebAssembly engine', () => {
  it.each([
    [
      everything.name,
      everything,
      { optimizer: { ...plainSgd, momentum: 0.9 }, learningRate: 0.01, trainingImages: count },
    ],
    [odd.name, odd, { optimizer: adam, clipGradNorm: 0.5, learningRate: 1e-3 }],
  ] as const)('%s: 12 steps over an epoch’s end', async (_, network, changes) => {
    const settings = config(network, changes);
    const ours = await run(engine, settings, 12);
    const theirs = await run(reference, settings, 12);
    expect(largestDifference(ours.metrics.loss, theirs.metrics.loss)).toBeLessThan(1e-4);
    expect(ours.metrics.accuracy).toEqual(theirs.metrics.accuracy);
    expect(distance(ours.state, theirs.state)).toBeLessThan(1e-3);
  });

  it.each(lossKinds)(
    '%s: gradients where BatchNorm sees few values are as far off as float32 is',
    async (kind) => {
      const settings = config(unsteady, {
        batchSize: 2,
        trainingImages: 20,
        loss: defaultLoss(kind),
      });
      // Black and white: other bytes over 255 are rounded here and not there.
      const bytes = images.images.slice(0, 784 * 2).map((byte) => (byte > 0 ? 255 : 0));
      const batch = [bytes, images.labels.slice(0, 2)] as const;
      for (const one of [engine, reference]) await one.compile(settings);
      const { gradients } = await engine.inspectBatch(...batch);
      // WebAssembly computes such runs in float64.
      const { gradients: expected } = await reference.inspectBatch(...batch);
      const asState = (parameters: StateDict): EngineState => ({ step: 0, parameters, optimizer: {} });
      // PyTorch's own float32 is 5e-6 from float64 in ResNet-18 on eight images: rounding of 1e-7, magnified fiftyfold.
      expect(distance(asState(gradients), asState(expected))).toBeLessThan(5e-6);
    },
  );

  it('Mynn: 100 steps with dropout, a schedule and warm-up, and a test behind them', async () => {
    const settings = config(mynn, {
      schedule: { kind: 'cosine', minLearningRate: 0 },
      epochs: 11,
      warmupSteps: 10,
    });
    const ours = await run(engine, settings, 100);
    const theirs = await run(reference, settings, 100);
    // Rounding of 1e-7 a step, grown by 100 steps of a network that learns: far below what one other mask would do (1e-1).
    expect(largestDifference(ours.metrics.loss, theirs.metrics.loss)).toBeLessThan(1e-3);
    expect(ours.metrics.learningRate).toEqual(theirs.metrics.learningRate);
    const evaluation = await engine.evaluate('test', 100, 20);
    const expected = await reference.evaluate('test', 100, 20);
    expect(Math.abs(evaluation.loss - expected.loss)).toBeLessThan(1e-3);
    expect(Math.abs(evaluation.sumOfBatchMeans - expected.sumOfBatchMeans)).toBeLessThan(1e-2);
  });

  it.each<[string, OptimizerSpec]>([
    ['nesterov', { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: true, weightDecay: 5e-4 }],
    ['dampened momentum', { kind: 'SGD', momentum: 0.8, dampening: 0.3, nesterov: false, weightDecay: 0 }],
    ['AdamW', { kind: 'AdamW', beta1: 0.9, beta2: 0.99, eps: 1e-6, weightDecay: 1e-2 }],
    ['RMSprop', { kind: 'RMSprop', alpha: 0.9, eps: 1e-5, momentum: 0.5, centered: true, weightDecay: 1e-3 }],
  ])('updates by %s, with clipping, label smoothing and augmentation', async (_, optimizer) => {
    const settings = config(odd, {
      optimizer,
      clipGradNorm: 0.5,
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
    expect(Object.keys(ours.state.optimizer)).toEqual(Object.keys(theirs.state.optimizer));
  });

  it('takes the same statistics', async () => {
    const settings = config(odd, { optimizer: adam, learningRate: 1e-3, clipGradNorm: 0.5 });
    const quiet = await run(engine, settings, 5);
    const taken: (readonly StepStatistics[])[] = [];
    for (const one of [engine, reference]) {
      await one.compile(settings);
      one.setStatisticsInterval(3);
      await one.step(5);
      taken.push(await one.readStatistics());
    }
    const [ours = [], theirs = []] = taken;
    expect(ours.map(({ step }) => step)).toEqual([0, 3]);
    const figures = (steps: readonly StepStatistics[]) =>
      steps.flatMap(({ layers }) =>
        layers.flatMap(({ weight, gradient, input, deadShare, updateRatio }) => [
          ...[weight, gradient, input].flatMap((tensor) => Object.values(tensor)),
          deadShare,
          updateRatio,
        ]),
      );
    expect(figures(ours).length).toBeGreaterThan(60);
    figures(theirs).forEach((figure, i) => expect(figures(ours)[i]).toBeCloseTo(figure, 4));
    // Looking changes nothing.
    expect(distance(await engine.readState(), quiet.state)).toBe(0);
  });

  it('hands a run over in its middle, and takes it back', async () => {
    const settings = config(odd, { optimizer: adam, learningRate: 1e-3 });
    const whole = await run(reference, settings, 9);
    const first = await run(engine, settings, 4);
    const second = await run(reference, settings, 3, first.state);
    const third = await run(engine, settings, 2, second.state);
    expect(third.metrics.firstStep).toBe(7);
    expect(distance(third.state, whole.state)).toBeLessThan(1e-4);
  });
});

describe('by itself', () => {
  it('gives the same bits twice, undisturbed by tests, predictions and inspections', async () => {
    const settings = config(mynn);
    const quiet = await run(engine, settings, 60);
    await engine.compile(settings);
    await engine.step(30);
    await engine.evaluate('test', 20);
    await engine.predict(images.images, 3);
    await engine.inspectBatch(images.images.slice(0, 784 * 9), images.labels.slice(0, 9));
    await engine.step(30);
    const metrics = await engine.readMetrics();
    expect(metrics).toEqual(quiet.metrics);
    expect(distance(await engine.readState(), quiet.state)).toBe(0);
  });

  it('makes no buffer, bind group or upload after warm-up', async () => {
    const settings = config(mynn);
    await engine.compile(settings);
    await engine.step(20);
    await engine.readMetrics();
    const { device } = webgpuBackend();
    const spies = [
      vi.spyOn(device, 'createBuffer'),
      vi.spyOn(device, 'createBindGroup'),
      vi.spyOn(device.queue, 'writeBuffer'),
    ];
    const submits = vi.spyOn(device.queue, 'submit');
    await engine.step(20);
    expect(submits).toHaveBeenCalledTimes(1);
    await engine.readMetrics();
    await engine.step(1);
    await engine.readMetrics();
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });

  it('refuses a BatchNorm over one value, and leaves out a last batch that is dropped', async () => {
    const refused = {
      code: 'config',
      message: expect.stringContaining('Expected more than 1 value per channel') as string,
    };
    const settings = runConfig(oneValue, { trainingImages: 129, shuffle: true, epochs: 2 });
    await expect(engine.compile(settings)).rejects.toMatchObject(refused);
    const dropping = { ...settings, dropLast: true };
    const losses = await firstLosses(engine, dropping, 4);
    expect(relativeDifference(losses, await firstLosses(reference, dropping, 4))).toBeLessThan(1e-4);
    await expect(engine.inspectBatch(images.images.slice(0, 784), Uint8Array.of(5))).rejects.toMatchObject(
      refused,
    );
  });

  it('changes the learning rate in flight', async () => {
    const settings = config(odd);
    await engine.compile(settings);
    await engine.step(2);
    engine.setLearningRate(0);
    const before = await engine.readState();
    await engine.step(2);
    expect((await engine.readMetrics()).learningRate).toEqual(Float32Array.of(0.05, 0.05, 0, 0));
    const after = await engine.readState();
    expect(after.parameters.get('fc.weight')).toEqual(before.parameters.get('fc.weight'));
  });

  it('gives the same bits with the tiles that a measurement may choose', async () => {
    const { device } = webgpuBackend();
    const settings = runConfig(mynn, { batchSize: 30, trainingImages: count, shuffle: true });
    const lossesOf = async (tiled: Engine): Promise<number[]> => {
      await tiled.setImages('train', images);
      return firstLosses(tiled, settings, 4);
    };
    const expected = await lossesOf(engine);
    const choice = { rows: 2, columns: 0.5, workgroupTiling: false, subgroupBroadcast: false } as const;
    const chosen = new WebgpuEngine({
      info: engine.info,
      device,
      guard: new DeviceGuard({ device }),
      target: { ...engine.target, choices: { fpropDgrad: choice, wgrad: choice } },
    });
    expect(await lossesOf(chosen)).toEqual(expected);
    chosen.dispose();
  });

  it('splits a weight that is larger than one binding may be', async () => {
    const { info } = engine;
    const { device } = webgpuBackend();
    // Half of a Linear's weight; every activation of 16 images fits.
    const maxStorageBufferBindingSize = 66_000;
    const small = new WebgpuEngine({
      info: { ...info, limits: { ...info.limits, maxStorageBufferBindingSize } },
      device,
      guard: new DeviceGuard({ device }),
      target: { isSoftware: true },
    });
    const layers = everything.layers.slice(10, 13);
    const network: NetworkSpec = {
      ...everything,
      layers: [
        { kind: 'MaxPool2d', name: 'pool', kernelSize: 2, stride: 2, padding: 0 },
        { kind: 'Flatten', name: 'flatten' },
        {
          kind: 'Linear',
          name: 'first',
          inFeatures: 196,
          outFeatures: 150,
          bias: true,
          init: { kind: 'default' },
        },
        { kind: 'ReLU', name: 'relu' },
        ...layers,
        {
          kind: 'Linear',
          name: 'last',
          inFeatures: 150,
          outFeatures: 10,
          bias: true,
          init: { kind: 'default' },
        },
      ],
    };
    await small.setImages('train', { ...images, images: images.images.slice(0, 32 * 784), count: 32 });
    const settings = config(network, {
      trainingImages: 32,
      optimizer: adam,
      learningRate: 1e-3,
      clipGradNorm: 0.5,
    });
    const ours = await run(small, settings, 4);
    const theirs = await run(reference, settings, 4);
    expect(small.describePlan().labels.join()).toContain('98->150');
    expect(distance(ours.state, theirs.state)).toBeLessThan(1e-4);
    small.dispose();
  });

  it('refuses a batch that does not fit, with its bytes and the limit, before anything is allocated', async () => {
    const { limits } = engine.info;
    const allowed = Math.min(limits.maxStorageBufferBindingSize ?? 0, limits.maxBufferSize ?? 0);
    const perImage = 64 * 28 * 28 * 4;
    const batchSize = Math.ceil(allowed / perImage) + 1;
    const wide: NetworkSpec = {
      ...everything,
      layers: [
        conv('wide', 1, 64, 3),
        { kind: 'AdaptiveAvgPool2d', name: 'average', outputSize: 1 },
        { kind: 'Flatten', name: 'flatten' },
        {
          kind: 'Linear',
          name: 'fc',
          inFeatures: 64,
          outFeatures: 10,
          bias: true,
          init: { kind: 'default' },
        },
      ],
    };
    const spy = vi.spyOn(webgpuBackend().device, 'createBuffer');
    const failure: unknown = await engine
      .compile(config(wide, { batchSize, trainingImages: 60_000 }))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'limits' });
    expect(String(failure)).toContain(`wide needs ${batchSize * perImage} bytes, this GPU allows ${allowed}`);
    expect(spy).not.toHaveBeenCalled();
  });
});
