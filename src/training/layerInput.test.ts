/** The plain forward pass against PyTorch: if the logits agree, so does what every convolution on the way reads. */
import { expect, it } from 'vitest';
import { convolve } from '@/conv/convolution';
import { flattenLayers } from '@/model/layers';
import { forward, layerInput } from '@/training/layerInput';
import { floatTensor } from '../../scripts/fixtures/fixture.ts';
import { readFixture, pytorchFixtures } from '../../scripts/fixtures/readFixture.ts';

// Sums in float64 against PyTorch's in float32; the logits' own noise is 1e-6 relative at most.
const tolerance = 1e-4;

it.each(['mynn', 'lenet', 'resnet', 'vgg2'])('%s: logits as PyTorch has them', (net) => {
  const { network, init, tensors, images, manifest } = readFixture(pytorchFixtures, net);
  const logits = floatTensor(tensors, 'eval/logits');
  for (const image of net === 'vgg2' ? [5] : [0, 5]) {
    const pixels = Float32Array.from(images.subarray(image * 784, (image + 1) * 784), (byte) =>
      manifest.preprocess === 'tensor+norm' ? (byte / 255 - 0.5) / 0.5 : byte / 255,
    );
    const result = forward(network.layers, { shape: [1, 1, 28, 28], data: pixels }, init);
    for (let k = 0; k < 10; k += 1) {
      expect(Math.abs((result.data[k] ?? 0) - (logits[image * 10 + k] ?? 0))).toBeLessThan(tolerance);
    }
  }
});

it('gives a deeper layer its input, its filter and its bias', () => {
  const { network, init, images } = readFixture(pytorchFixtures, 'lenet');
  const x = {
    shape: [1, 1, 28, 28],
    data: Float32Array.from(images.subarray(0, 784), (b) => b / 255),
  } as const;
  const layer = layerInput(network, init, x, 'conv2.0', 11);
  expect(layer.inputShape).toEqual([6, 14, 14]);
  const second = flattenLayers(network.layers).findIndex(({ name }) => name === 'conv2.0');
  const whole = forward(network.layers.slice(0, second + 1), x, init);
  const { data } = convolve(
    { shape: [1, ...layer.inputShape], data: layer.input },
    { shape: [1, 6, 5, 5], data: layer.kernel },
    [layer.bias],
    { operator: 'cross_correlation', stride: layer.stride, padding: layer.padding, dilation: 1 },
  );
  // The layer's input is handed over as float32: 1e-6 of values around 1.
  for (let k = 0; k < 100; k += 1) expect(data[k]).toBeCloseTo(whole.data[11 * 100 + k] ?? 0, 5);
  expect(() => layerInput(network, init, x, 'conv2.0', 16)).toThrow(
    'no convolution conv2.0 with a filter 16',
  );
  expect(() => layerInput(network, init, x, 'fc1.0', 0)).toThrow('no convolution fc1.0');
});
