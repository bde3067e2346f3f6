/** What a convolution of the network reads, with the filter that it is convolved with, on our own engine in Node. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { convolve } from '@/conv/convolution';
import type { Engine } from '@/engine/engine';
import { runConfig } from '@/engine/testing/testRuns';
import { initialState } from '@/model/initialise';
import type { Conv2d, LayerSpec, NetworkSpec } from '@/model/layers';
import { smallResnet } from '@/model/architectures';
import { layerInput, sourceOf } from '@/training/layerInput';
import { readFixture, pytorchFixtures } from '../../scripts/fixtures/readFixture.ts';
import { engines } from '../../scripts/parity/engines.ts';

const { network, init, images } = readFixture(pytorchFixtures, 'lenet');
const image = images.slice(0, 784);

const convolution = (name: string, inChannels: number, outChannels: number, kernelSize: number): Conv2d => ({
  kind: 'Conv2d',
  name,
  inChannels,
  outChannels,
  kernelSize,
  stride: 1,
  padding: 0,
  bias: true,
  init: { kind: 'default' },
});

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
    {
      operator: 'cross_correlation',
      stride: layer.stride,
      padding: layer.padding,
      dilation: layer.dilation,
      groups: 1,
    },
  );
  const output = (await engine.activations(image, 1, ['conv2.0'])).get('conv2.0');
  expect(output?.shape).toEqual([1, 16, 10, 10]);
  // The engine sums in float32: 1e-6 of values around 1.
  for (let k = 0; k < 100; k += 1) expect(data[k]).toBeCloseTo(output?.data[11 * 100 + k] ?? 0, 5);
});

it('gives the channels of its group alone', async () => {
  const layers: LayerSpec[] = [
    convolution('conv1', 1, 4, 5),
    { ...convolution('conv2', 4, 6, 3), groups: 2, dilation: 2 },
    { kind: 'Flatten', name: 'flatten' },
    {
      kind: 'Linear',
      name: 'fc',
      inFeatures: 6 * 400,
      outFeatures: 10,
      bias: true,
      init: { kind: 'default' },
    },
  ];
  const grouped: NetworkSpec = { id: 'custom', name: 'custom', layers, outputActivation: 'none' };
  const other = await engines.wasm.create();
  try {
    await other.compile(runConfig(grouped), { step: 0, parameters: initialState(grouped, 1), optimizer: {} });
    const layer = await layerInput(other, grouped, image, 'conv2', 4);
    expect(layer).toMatchObject({ inputShape: [2, 24, 24], dilation: 2 });
    const { data } = convolve(
      { shape: [1, ...layer.inputShape], data: layer.input },
      { shape: [1, 2, 3, 3], data: layer.kernel },
      [layer.bias],
      { operator: 'cross_correlation', stride: 1, padding: 0, dilation: 2, groups: 1 },
    );
    const output = (await other.activations(image, 1, ['conv2'])).get('conv2');
    expect(output?.shape).toEqual([1, 6, 20, 20]);
    for (let k = 0; k < 400; k += 1) expect(data[k]).toBeCloseTo(output?.data[4 * 400 + k] ?? 0, 5);
  } finally {
    other.dispose();
  }
});

it('gives padding same as such', async () => {
  const layers: LayerSpec[] = [
    convolution('conv1', 1, 2, 3),
    { ...convolution('conv2', 2, 3, 4), padding: 'same' },
    { kind: 'Flatten', name: 'flatten' },
    {
      kind: 'Linear',
      name: 'fc',
      inFeatures: 3 * 676,
      outFeatures: 10,
      bias: true,
      init: { kind: 'default' },
    },
  ];
  const same: NetworkSpec = { id: 'custom', name: 'custom', layers, outputActivation: 'none' };
  const other = await engines.wasm.create();
  try {
    await other.compile(runConfig(same), { step: 0, parameters: initialState(same, 1), optimizer: {} });
    const layer = await layerInput(other, same, image, 'conv2', 2);
    expect(layer).toMatchObject({ inputShape: [2, 26, 26], padding: 'same' });
    const { data } = convolve(
      { shape: [1, ...layer.inputShape], data: layer.input },
      { shape: [1, 2, 4, 4], data: layer.kernel },
      [layer.bias],
      { operator: 'cross_correlation', stride: 1, padding: 'same', dilation: 1, groups: 1 },
    );
    const output = (await other.activations(image, 1, ['conv2'])).get('conv2');
    expect(output?.shape).toEqual([1, 3, 26, 26]);
    for (let k = 0; k < 676; k += 1) expect(data[k]).toBeCloseTo(output?.data[2 * 676 + k] ?? 0, 5);
  } finally {
    other.dispose();
  }
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
