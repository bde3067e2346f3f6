// What every layer gives, and reading and writing parameters alone, on the engines that run in Node.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floatTensor } from '../../scripts/fixtures/fixture.ts';
import { pytorchFixtures, readFixture } from '../../scripts/fixtures/readFixture.ts';
import { engines } from '../../scripts/parity/engines.ts';
import { networkInput } from '@/engine/activations';
import {
  activationNames,
  activationsConfig,
  activationsCount,
  activationsImages,
  activationsState,
  everyKindConfig,
  wrongActivations,
} from '@/engine/testing/activationsCase';
import { EngineError, type Engine } from '@/engine/engine';
import { runConfig } from '@/engine/testing/testRuns';

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
    const all = await engine.activations(
      activationsImages,
      activationsCount,
      activationNames(activationsConfig),
    );
    expect(wrongActivations(all, activationsConfig)).toEqual([]);
    for (const names of [[networkInput], ['relu'], ['pool', 'drop'], ['block.norm'], ['fc2', 'block']]) {
      const some = await engine.activations(activationsImages, activationsCount, names);
      expect(wrongActivations(some, activationsConfig, names)).toEqual([]);
    }
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
    const names = activationNames(everyKindConfig);
    const all = await engine.activations(activationsImages, activationsCount, names);
    expect(wrongActivations(all, everyKindConfig)).toEqual([]);
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
