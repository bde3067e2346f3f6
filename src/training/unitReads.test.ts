/** Filters, and what a unit of a Linear layer reads, on our own engine in Node with the weights that PyTorch's LeNet had. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '@/engine/engine';
import { runConfig } from '@/engine/testing/testRuns';
import { initialEntry, initialState } from '@/model/initialise';
import { convolutionFilters } from '@/training/filters';
import { values } from '@/training/layerInput';
import { linearUnit } from '@/training/linearUnit';
import { pytorchFixtures, readFixture } from '../../scripts/fixtures/readFixture.ts';
import { engines } from '../../scripts/parity/engines.ts';

const { network, init, images } = readFixture(pytorchFixtures, 'lenet');
const image = images.slice(0, 784);
const config = runConfig(network);

let engine: Engine;
beforeAll(async () => {
  engine = await engines.wasm.create();
  await engine.compile(config, { step: 0, parameters: init, optimizer: {} });
});
afterAll(() => {
  engine.dispose();
});

describe('linearUnit', () => {
  it('gives what adds up to the unit’s value', async () => {
    const { input, weight, bias, source } = await linearUnit(engine, network, image, 'fc3', 7);
    expect([source, input.length, weight.length]).toEqual(['fc2.1', 84, 84]);
    const sum = input.reduce((total, value, i) => total + value * (weight[i] ?? NaN), bias);
    const logits = (await engine.activations(image, 1, ['fc3'])).get('fc3');
    // The engine sums in float32.
    expect(sum).toBeCloseTo(logits?.data[7] ?? NaN, 5);
  });

  it('refuses a unit that is not there, and a layer that is no Linear', async () => {
    await expect(linearUnit(engine, network, image, 'fc3', 10)).rejects.toThrow(
      'no Linear fc3 with a unit 10',
    );
    await expect(linearUnit(engine, network, image, 'conv1.0', 0)).rejects.toThrow('no Linear conv1.0');
  });
});

describe('convolutionFilters', () => {
  const asked = { layer: 'conv2.0', filters: { first: 14, count: 8 }, channels: { first: 2, count: 3 } };
  const key = 'conv2.0.weight';
  const part = (weights: Float32Array): number[] =>
    [14, 15].flatMap((filter) =>
      [2, 3, 4].flatMap((c) => [...weights.subarray((filter * 6 + c) * 25, (filter * 6 + c + 1) * 25)]),
    );

  it('gives those asked for that are there, and what the seed drew of them', async () => {
    const found = await convolutionFilters(engine, config, null, asked);
    expect(found.shape).toEqual([2, 3, 5, 5]);
    expect([...found.weight]).toEqual(part(values(init, key)));
    const drawn = values(initialState(network, config.seed), key);
    expect([...found.initial]).toEqual(part(drawn));
    const now = values(init, key);
    const norm = (of: (i: number) => number): number =>
      Math.sqrt(now.reduce((sum, _, i) => sum + of(i) ** 2, 0));
    expect(found.relativeChange).toBeCloseTo(
      norm((i) => (now[i] ?? 0) - (drawn[i] ?? 0)) / norm((i) => drawn[i] ?? 0),
      10,
    );
  });

  it('has changed nothing in a run that begins with these weights', async () => {
    const found = await convolutionFilters(engine, config, init, asked);
    expect([...found.initial]).toEqual([...found.weight]);
    expect(found).toMatchObject({ largestChange: 0, relativeChange: 0 });
    expect(found.largestWeight).toBe(Math.max(...values(init, key).map(Math.abs)));
  });

  it('refuses a layer that is no convolution', async () => {
    await expect(convolutionFilters(engine, config, null, { ...asked, layer: 'fc3' })).rejects.toThrow(
      'no convolution fc3',
    );
  });
});

it('draws one entry of the state_dict as it draws all', () => {
  for (const [key, tensor] of initialState(network, 5)) expect(initialEntry(network, 5, key)).toEqual(tensor);
  expect(() => initialEntry(network, 5, 'conv9.weight')).toThrow('no conv9.weight');
});
