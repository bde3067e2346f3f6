import { describe, expect, it } from 'vitest';
import { architectures, lenet, mynn, smallResnet, vgg16, vgg2 } from '@/model/architectures';
import { fitsLimits, networkCost, runCost } from '@/model/cost';
import type { NetworkSpec } from '@/model/layers';
import { defaultConfig, defaultInput } from '@/model/presets';
import type { OptimizerSpec } from '@/model/optimizers';
import { inputShape } from '@/model/shapes';

/** fixtures/pytorch/README.md. */
const parameters: Record<string, number> = {
  lenet: 61_706,
  mynn: 21_840,
  resnet: 41_514,
  resnet18: 11_175_370,
  vgg2: 1_899_850,
  vgg16: 134_300_362,
};

const costOf = (network: NetworkSpec): ReturnType<typeof networkCost> =>
  networkCost(network, inputShape(defaultInput(network.id)));

describe('networkCost', () => {
  it.each(architectures.map((network) => [network.id, network] as const))(
    '%s: PyTorch’s parameters',
    (id, network) => {
      expect(costOf(network).parameters).toBe(parameters[id]);
    },
  );

  it('counts the operations of LeNet as by hand', () => {
    const byHand =
      28 * 28 * 6 * (2 * 25 + 1) + // conv1: one input channel
      28 * 28 * 6 + // ReLU
      14 * 14 * 6 * 3 + // pool: three comparisons a window
      10 * 10 * 16 * (2 * 6 * 25 + 1) +
      10 * 10 * 16 +
      5 * 5 * 16 * 3 +
      120 * (2 * 400 + 1) +
      120 +
      84 * (2 * 120 + 1) +
      84 +
      10 * (2 * 84 + 1);
    expect(costOf(lenet).flops).toBe(byHand);
  });

  it('counts the addition and the insides of a residual block once', () => {
    const block = (channels: number, size: number): number =>
      size * size * channels * (2 * (2 * channels * 9 + 1) + 1 + 1 + 1);
    const byHand =
      24 * 24 * 16 * (2 * 25 + 1) +
      24 * 24 * 16 +
      12 * 12 * 16 * 3 +
      block(16, 12) +
      8 * 8 * 32 * (2 * 16 * 25 + 1) +
      8 * 8 * 32 +
      4 * 4 * 32 * 3 +
      block(32, 4) +
      10 * (2 * 512 + 1);
    expect(costOf(smallResnet).flops).toBe(byHand);
  });

  it('knows that adaptive windows overlap where sizes do not divide', () => {
    const pooled = (size: number): number => {
      const layers = vgg16.layers.filter((layer) => layer.kind === 'AdaptiveAvgPool2d');
      const head = mynn.layers.filter((layer) => layer.kind === 'Flatten');
      const linear = {
        kind: 'Linear',
        name: 'fc',
        inFeatures: 49,
        outFeatures: 10,
        bias: false,
        init: { kind: 'default' },
      } as const;
      return (
        networkCost({ ...mynn, layers: [...layers, ...head, linear] }, [1, size, size]).flops - 2 * 49 * 10
      );
    };
    expect(pooled(14)).toBe(14 * 14);
    // VGG-16 here pools 1 x 1 to 7 x 7: every window is that one value.
    expect(pooled(1)).toBe(49);
    // PyTorch's windows of 10 -> 7: [0,2) [1,3) [2,5) [4,6) [5,8) [7,9) [8,10), 16 long together.
    expect(pooled(10)).toBe(16 * 16);
  });
});

describe('runCost', () => {
  it('adds up what Mynn keeps', () => {
    const cost = runCost(defaultConfig('mynn'));
    expect(cost).toMatchObject({
      weightBytes: 4 * 21_840,
      gradientBytes: 4 * 21_840,
      optimizerBytes: 0,
      imageBytes: 60_000 * 784,
    });
    const outputs =
      784 + // the batch itself
      10 * 24 * 24 +
      2 * 10 * 12 * 12 + // conv1, pool1, relu1
      2 * 20 * 8 * 8 +
      2 * 20 * 4 * 4 + // conv2, conv2_drop, pool2, relu2; Flatten keeps nothing
      3 * 50 +
      10;
    expect(cost.activationBytes).toBe(64 * 4 * outputs);
    expect(cost.backwardBytes).toBe(64 * 4 * (10 * 24 * 24 + 10 * 12 * 12));
    expect(cost.buffers[0]).toEqual({ tensor: 'images', role: 'images', bytes: 47_040_000 });
  });

  it('counts BatchNorm’s buffers with the weights, not with the gradients', () => {
    const cost = runCost(defaultConfig('vgg2'));
    const channels = 64 + 64 + 128 + 128;
    expect(cost.gradientBytes).toBe(4 * 1_899_850);
    expect(cost.weightBytes - cost.gradientBytes).toBe(2 * 4 * channels + 4 * 8);
    expect(cost.parameters).toBe(networkCost(vgg2, [1, 28, 28]).parameters);
  });

  it.each<[string, OptimizerSpec, number]>([
    ['SGD', { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: false, weightDecay: 0 }, 1],
    ['AdamW', { kind: 'AdamW', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 }, 2],
    ['RMSprop', { kind: 'RMSprop', alpha: 0.99, eps: 1e-8, momentum: 0, centered: false, weightDecay: 0 }, 1],
    [
      'centred RMSprop',
      { kind: 'RMSprop', alpha: 0.99, eps: 1e-8, momentum: 0.9, centered: true, weightDecay: 0 },
      3,
    ],
  ])('%s keeps its slots', (_, optimizer, slots) => {
    const cost = runCost({ ...defaultConfig('lenet'), optimizer });
    expect(cost.optimizerBytes).toBe(slots * 4 * 61_706);
  });
});

describe('fitsLimits', () => {
  const mebibyte = 2 ** 20;
  const vgg = runCost(defaultConfig('vgg16'));

  it('accepts every network but VGG-16 under WebGPU’s guaranteed limits', () => {
    const limits = { maxBufferSize: 256 * mebibyte, maxStorageBufferBindingSize: 128 * mebibyte };
    const failing = architectures.filter(
      ({ id }) => fitsLimits(runCost(defaultConfig(id)), limits).length > 0,
    );
    expect(failing.map(({ id }) => id)).toEqual(['vgg16']);
  });

  it('names the weight of VGG-16 that is too large, for either limit', () => {
    const problem = {
      tensor: 'classifier.0.weight',
      role: 'weight',
      bytes: 4 * 25_088 * 4096,
      remedy: 'another_network_or_backend',
      largest: null,
    };
    expect(
      fitsLimits(vgg, { maxBufferSize: 256 * mebibyte, maxStorageBufferBindingSize: 128 * mebibyte }),
    ).toEqual([
      { ...problem, limit: 'maxBufferSize', allowed: 256 * mebibyte },
      { ...problem, limit: 'maxStorageBufferBindingSize', allowed: 128 * mebibyte },
    ]);
  });

  it('asks for a smaller batch when an activation is too large, and that batch fits', () => {
    const config = { ...defaultConfig('vgg2'), batchSize: 4096 };
    const limits = { maxBufferSize: null, maxStorageBufferBindingSize: 128 * mebibyte };
    const [problem] = fitsLimits(runCost(config), limits);
    expect(problem).toMatchObject({ role: 'activation', remedy: 'smaller_batch' });
    const batchSize = problem?.largest ?? 0;
    expect(fitsLimits(runCost({ ...config, batchSize }), limits)).toEqual([]);
    expect(fitsLimits(runCost({ ...config, batchSize: batchSize + 1 }), limits)).toHaveLength(1);
  });

  it('asks for fewer images when they do not fit', () => {
    const limits = { maxBufferSize: 30 * mebibyte, maxStorageBufferBindingSize: null };
    const config = defaultConfig('lenet');
    const [problem, ...others] = fitsLimits(runCost(config), limits);
    expect(problem).toMatchObject({ tensor: 'images', remedy: 'fewer_images' });
    expect(others).toEqual([]);
    expect(fitsLimits(runCost({ ...config, trainingImages: problem?.largest ?? 0 }), limits)).toEqual([]);
  });

  it('accepts everything where there are no limits', () => {
    expect(fitsLimits(vgg, { maxBufferSize: null, maxStorageBufferBindingSize: null })).toEqual([]);
  });
});
