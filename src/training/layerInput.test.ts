/** What a convolution of the network reads, with the filter that it is convolved with, on our own engine in Node. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { convolve } from '@/conv/convolution';
import type { Engine } from '@/engine/engine';
import { runConfig } from '@/engine/testing/testRuns';
import { smallResnet } from '@/model/architectures';
import { layerInput, sourceOf } from '@/training/layerInput';
import { readFixture, pytorchFixtures } from '../../scripts/fixtures/readFixture.ts';
import { engines } from '../../scripts/parity/engines.ts';

const { network, init, images } = readFixture(pytorchFixtures, 'lenet');
const image = images.slice(0, 784);

let engine: Engine;
beforeAll(async () => {
  engine = await engines.wasm.create();
  await engine.compile(runConfig(network), { step: 0, parameters: init, optimizer: {} });
});
afterAll(() => {
  engine.dispose();
});

it('gives a deeper layer its input, its filter and its bias', async () => {
  const layer = await layerInput(engine, network, image, 'conv2.0', 11);
  expect(layer.inputShape).toEqual([6, 14, 14]);
  const { data } = convolve(
    { shape: [1, ...layer.inputShape], data: layer.input },
    { shape: [1, 6, 5, 5], data: layer.kernel },
    [layer.bias],
    { operator: 'cross_correlation', stride: layer.stride, padding: layer.padding, dilation: layer.dilation },
  );
  const output = (await engine.activations(image, 1, ['conv2.0'])).get('conv2.0');
  expect(output?.shape).toEqual([1, 16, 10, 10]);
  // The engine sums in float32: 1e-6 of values around 1.
  for (let k = 0; k < 100; k += 1) expect(data[k]).toBeCloseTo(output?.data[11 * 100 + k] ?? 0, 5);
});

it('refuses a layer that is no convolution, and a filter that is not there', async () => {
  await expect(layerInput(engine, network, image, 'conv2.0', 16)).rejects.toThrow(
    'no convolution conv2.0 with a filter 16',
  );
  await expect(layerInput(engine, network, image, 'fc1.0', 0)).rejects.toThrow('no convolution fc1.0');
});

it('finds what a layer reads, also inside a Residual', () => {
  const { layers } = smallResnet;
  const at = layers.findIndex(({ kind, name }) => kind === 'Residual' && name !== '');
  const block = layers[at];
  if (block?.kind !== 'Residual') throw new TypeError('The small ResNet begins with a Residual.');
  const before = layers[at - 1]?.name;
  expect(sourceOf(layers, block.body[0]?.name ?? '')).toBe(before);
  expect(sourceOf(layers, block.body[1]?.name ?? '')).toBe(block.body[0]?.name);
  expect(sourceOf(layers, layers[at + 1]?.name ?? '')).toBe(block.name);
  expect(sourceOf(layers, layers[0]?.name ?? '')).toBe('(input)');
  expect(sourceOf(layers, 'nowhere')).toBeNull();
});
