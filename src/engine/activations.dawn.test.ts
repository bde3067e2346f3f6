/** What every layer gives, and reading and writing parameters alone, on WebGPU; the engines in Node: activations.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
import type { Engine } from '@/engine/engine';
import { networkInput } from '@/model/shapes';

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
    const choices = [[networkInput], ['pool', 'drop'], ['block.norm'], ['fc2', 'block']];
    expect(await wrongChoices(engine, activationsConfig, choices)).toEqual([]);
    await expect(engine.activations(activationsImages, 1, ['conv', 'norm'])).rejects.toThrow('no layer norm');
  });

  it('have gradients by them like a float64 computation, whatever is asked for beside them', async () => {
    for (const config of [everyKindConfig, activationsConfig]) {
      await engine.compile(config, activationsState(config));
      const names = activationNames(config);
      // Another choice of names is other kernels, which take long to compile here.
      const choices = config === activationsConfig ? [names, names.filter((_, i) => i % 3 === 1)] : [names];
      for (const some of choices) {
        const found = await engine.layerGradients(
          activationsImages,
          activationsCount,
          activationsUpstream,
          some,
        );
        expect(wrongGradients(found, config, some)).toEqual([]);
      }
    }
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
    const { parameters } = activationsState(activationsConfig);
    await engine.compile(activationsConfig, activationsState(activationsConfig));
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
    expect(await wrongChoices(engine, everyKindConfig)).toEqual([]);
  });
});
