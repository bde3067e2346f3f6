/** What every layer gives, and reading and writing parameters alone, on WebGPU; the engines in Node: activations.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
import type { Engine } from '@/engine/engine';

describe('activations of webgpu', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engines.webgpu.create();
    await engine.compile(activationsConfig, activationsState(activationsConfig));
  });
  afterAll(() => {
    engine.dispose();
  });

  it('are those of a float64 computation, whatever is asked for beside them', async () => {
    const all = await engine.activations(
      activationsImages,
      activationsCount,
      activationNames(activationsConfig),
    );
    expect(wrongActivations(all, activationsConfig)).toEqual([]);
    for (const names of [[networkInput], ['pool', 'drop'], ['block.norm'], ['fc2', 'block']]) {
      const some = await engine.activations(activationsImages, activationsCount, names);
      expect(wrongActivations(some, activationsConfig, names)).toEqual([]);
    }
    await expect(engine.activations(activationsImages, 1, ['conv', 'norm'])).rejects.toThrow('no layer norm');
  });

  it('reads the parameters that are asked for, and begins anew with others', async () => {
    await engine.setImages('train', {
      images: activationsImages,
      labels: new Uint8Array(activationsCount),
      count: activationsCount,
    });
    const { parameters } = activationsState(activationsConfig);
    await engine.step(1);
    const { loss } = await engine.readMetrics();
    const trained = await engine.readParameters();
    const names = ['fc2.weight', 'conv.bias', 'same.norm.running_var', 'same.norm.num_batches_tracked'];
    const some = await engine.readParameters(names);
    expect(some).toEqual(new Map([...trained].filter(([key]) => names.includes(key))));
    expect(some.get('fc2.weight')).not.toEqual(parameters.get('fc2.weight'));
    await expect(engine.readParameters(['conv.weight', 'conv.x'])).rejects.toThrow('no parameter conv.x');

    await engine.writeParameters(parameters);
    expect(await engine.readState()).toEqual({ step: 0, parameters, optimizer: {} });
    await engine.step(1);
    expect(await engine.readMetrics()).toMatchObject({ firstStep: 0, loss });
    expect(await engine.readParameters()).toEqual(trained);
  });

  it('are those of every kind of the registry', async () => {
    await engine.compile(everyKindConfig, activationsState(everyKindConfig));
    const names = activationNames(everyKindConfig);
    const all = await engine.activations(activationsImages, activationsCount, names);
    expect(wrongActivations(all, everyKindConfig)).toEqual([]);
  });
});
