// What every layer gives, and reading and writing parameters alone, on the engines that run in Node.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floatTensor } from '../../scripts/fixtures/fixture.ts';
import { pytorchFixtures, readFixture } from '../../scripts/fixtures/readFixture.ts';
import { engines } from '../../scripts/parity/engines.ts';
import {
  activationNames,
  activationsConfig,
  activationsCount,
  activationsImages,
  activationsState,
  activationsUpstream,
  everyKindConfig,
  trainedThrough,
  wrongChoices,
  wrongGradients,
} from '@/engine/testing/activationsCase';
import { EngineError, type Engine, type LayerGradients } from '@/engine/engine';
import { runConfig } from '@/engine/testing/testRuns';
import { networkInput } from '@/model/shapes';

describe.each(['wasm', 'wasm-threads', 'tfjs-wasm', 'tfjs-cpu'] as const)('activations of %s', (name) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engines[name].create();
  });
  afterAll(() => {
    engine.dispose();
  });

  it('are those of a float64 computation, whatever is asked for beside them', async () => {
    await engine.compile(activationsConfig, activationsState(activationsConfig));
    const choices = [[networkInput], ['relu'], ['pool', 'drop'], ['block.norm'], ['fc2', 'block']];
    expect(await wrongChoices(engine, activationsConfig, choices)).toEqual([]);
  });

  it('end in the logits that it predicts, and name the layers that are not there', async () => {
    await engine.compile(activationsConfig, activationsState(activationsConfig));
    const { data = [] } = (await engine.activations(activationsImages, 3, ['fc2'])).get('fc2') ?? {};
    const logits = await engine.predict(activationsImages, 3);
    expect([...data].map((value) => value.toFixed(5))).toEqual([...logits].map((value) => value.toFixed(5)));
    const failure = await engine.activations(activationsImages, 1, ['conv', 'norm', 'x']).catch(String);
    expect(failure).toContain('no layer norm, x');
  });

  it('are the logits of PyTorch at the end of LeNet', async () => {
    const { network, init, tensors, images, count } = readFixture(pytorchFixtures, 'lenet');
    const last = network.layers.at(-1)?.name ?? '';
    await engine.compile(runConfig(network), { step: 0, parameters: init, optimizer: {} });
    const { data = [] } = (await engine.activations(images, count, [last])).get(last) ?? {};
    const expected = floatTensor(tensors, 'eval/logits');
    expect(data).toHaveLength(expected.length);
    data.forEach((value, i) => expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThan(1e-5));
  });

  it('are those of every kind of the registry', async () => {
    await engine.compile(everyKindConfig, activationsState(everyKindConfig));
    expect(await wrongChoices(engine, everyKindConfig)).toEqual([]);
  });

  it('have gradients by them like a float64 computation, whatever is asked for beside them', async () => {
    for (const config of [activationsConfig, everyKindConfig]) {
      await engine.compile(config, activationsState(config));
      const gradientsOf = (names: readonly string[]): Promise<LayerGradients> =>
        engine.layerGradients(activationsImages, activationsCount, activationsUpstream, names);
      const all = await gradientsOf(activationNames(config));
      expect(wrongGradients(all, config)).toEqual([]);
      const predicted = await engine.predict(activationsImages, activationsCount);
      const distance = Math.max(...all.logits.map((value, i) => Math.abs(value - (predicted[i] ?? NaN))));
      expect(distance).toBeLessThan(1e-5);
      const first = config.network.layers[0]?.name ?? '';
      for (const names of [
        [],
        [networkInput],
        [first],
        activationNames(config).filter((_, i) => i % 3 === 1),
      ])
        expect(wrongGradients(await gradientsOf(names), config, names)).toEqual([]);
    }
    const failure = await engine
      .layerGradients(activationsImages, 1, activationsUpstream, ['x'])
      .catch(String);
    expect(failure).toContain('no layer x');
  });

  it('leaves the run that trains as it is', async () => {
    const alone = await trainedThrough(engine, false);
    expect(await trainedThrough(engine, true)).toEqual(alone);
  });

  it('reads the parameters that are asked for, and begins anew with others', async () => {
    await engine.setImages('train', {
      images: activationsImages,
      labels: new Uint8Array(activationsCount),
      count: activationsCount,
    });
    const config = { ...activationsConfig, epochs: 9 };
    const { parameters } = activationsState(activationsConfig);
    await engine.compile(config, activationsState(activationsConfig));
    engine.setLearningRate(0.07);
    expect(engine.config?.learningRate).toBe(0.07);
    engine.setLearningRate(config.learningRate);
    await engine.step(3);
    const { loss } = await engine.readMetrics();
    const trained = await engine.readParameters();
    expect([...trained.keys()]).toEqual([...parameters.keys()]);
    const names = ['fc2.weight', 'conv.bias', 'same.norm.num_batches_tracked'];
    const some = await engine.readParameters(names);
    expect(some).toEqual(new Map([...trained].filter(([key]) => names.includes(key))));
    expect(some.get('fc2.weight')).not.toEqual(parameters.get('fc2.weight'));
    const unknown = await engine.readParameters(['conv.weight', 'conv.x']).catch((error: unknown) => error);
    expect(unknown).toBeInstanceOf(EngineError);
    expect(String(unknown)).toContain('no parameter conv.x');

    engine.setStatisticsInterval(1);
    await engine.step(1);
    await engine.writeParameters(parameters);
    expect(await engine.readState()).toEqual({ step: 0, parameters, optimizer: {} });
    await engine.step(3);
    expect(await engine.readStatistics()).toEqual([]);
    const again = await engine.readMetrics();
    expect(again).toMatchObject({ firstStep: 0, loss });
    expect(await engine.readParameters()).toEqual(trained);
    const missing = new Map([...parameters].filter(([key]) => key !== 'fc.bias'));
    await expect(engine.writeParameters(missing)).rejects.toThrow(/missing: fc\.bias/);
  });
});
