// A BatchNorm over one value per channel: refused exactly where real PyTorch refuses it, in the same words.
import { describe, expect, test } from 'vitest';
import { singleValueIn } from '@/model/batchNormCheck';
import { resnet18, vgg2 } from '@/model/architectures';
import type { LayerSpec, NetworkSpec } from '@/model/layers';
import { parseNetworkSpec } from '@/model/networkSchema';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { validateConfig } from '@/model/validate';
import torchText from '../../fixtures/pytorch/non_finite.json?raw';
import caseText from '../../fixtures/cases/bn_one_value.network.json?raw';

interface TorchCase {
  readonly size: readonly [number, number, number, number];
  readonly refused: string | null;
}
const { batchNorm: cases } = JSON.parse(torchText) as { readonly batchNorm: readonly TorchCase[] };
const oneValue = parseNetworkSpec(JSON.parse(caseText));
const plain = { augment: null, resize: null, normalize: null };

/** A BatchNorm that gets images of this size: a convolution with one window a pixel of it. */
function normOver(channels: number, side: number): NetworkSpec {
  const layers: LayerSpec[] = [
    {
      kind: 'Conv2d',
      name: 'conv',
      inChannels: 1,
      outChannels: channels,
      kernelSize: 28 / side,
      stride: 28 / side,
      padding: 0,
      bias: true,
      init: { kind: 'default' },
    },
    { kind: 'BatchNorm2d', name: 'bn', numFeatures: channels, eps: 1e-5, momentum: 0.1 },
    { kind: 'Flatten', name: 'flatten' },
    {
      kind: 'Linear',
      name: 'fc',
      inFeatures: channels * side * side,
      outFeatures: 10,
      bias: true,
      init: { kind: 'default' },
    },
  ];
  return { id: 'custom', name: 'Norm', outputActivation: 'none', layers };
}

test.each(cases)('a batch of $size: $refused', ({ size: [images, channels, side], refused }) => {
  const found = singleValueIn({ network: normOver(channels, side), input: plain }, images);
  if (refused === null) {
    expect(found).toBeNull();
    return;
  }
  // PyTorch writes the size as torch.Size([1, 4, 1, 1]).
  expect(found?.message).toContain(refused.replace(/torch\.Size\((.*)\)/, '$1'));
});

test('BatchNorm1d: a batch of one is refused in torch.nn’s words, a batch of two is not', () => {
  const init = { kind: 'default' } as const;
  const network: NetworkSpec = {
    id: 'custom',
    name: 'Norm',
    outputActivation: 'none',
    layers: [
      { kind: 'Flatten', name: 'flatten' },
      { kind: 'Linear', name: 'fc1', inFeatures: 784, outFeatures: 12, bias: true, init },
      { kind: 'BatchNorm1d', name: 'bn', numFeatures: 12, eps: 1e-5, momentum: 0.1 },
      { kind: 'Linear', name: 'fc2', inFeatures: 12, outFeatures: 10, bias: true, init },
    ],
  };
  // torch 1.13: Expected more than 1 value per channel when training, got input size torch.Size([1, 12])
  expect(singleValueIn({ network, input: plain }, 1)?.message).toContain('[1, 12]');
  expect(singleValueIn({ network, input: plain }, 2)).toBeNull();
});

function run(network: NetworkSpec, change: Partial<RunConfig>): RunConfig {
  return { ...defaultConfig('mynn'), network, ...change };
}

const codesOf = (config: RunConfig): string[] => validateConfig(config).map(({ code }) => code);

describe('a run with a BatchNorm over 1 x 1', () => {
  test.each<[string, Partial<RunConfig>, Partial<RunConfig>]>([
    ['a last batch of one', { trainingImages: 129, batchSize: 64 }, { dropLast: true }],
    ['batches of one', { batchSize: 1 }, { batchSize: 64 }],
    ['batches of one, of which the last is dropped', { batchSize: 1, dropLast: true }, { batchSize: 64 }],
    ['a single image', { trainingImages: 1 }, { trainingImages: 60_000 }],
    [
      'a single image, batches of one',
      { trainingImages: 1, batchSize: 1 },
      { trainingImages: 60_000, batchSize: 64 },
    ],
  ])('is refused for %s, and a change that mends it is offered', (_, change, offered) => {
    const config = run(oneValue, change);
    const [problem] = validateConfig(config);
    expect(problem).toMatchObject({
      code: 'one_value_per_channel',
      details: { layer: 'bn2', size: '1, 4, 1, 1' },
    });
    expect(problem?.change).toEqual(offered);
    expect(codesOf({ ...config, ...offered })).toEqual([]);
  });

  test('is allowed where every batch has two images', () => {
    expect(codesOf(run(oneValue, { trainingImages: 130, batchSize: 64 }))).toEqual([]);
    expect(codesOf(run(oneValue, { trainingImages: 129, batchSize: 64, dropLast: true }))).toEqual([]);
  });
});

test('the networks of the report: ResNet-18 ends at 1 x 1, Vgg_2 does not', () => {
  const change = { trainingImages: 129, batchSize: 64 };
  expect(codesOf(run(resnet18, change))).toEqual(['one_value_per_channel']);
  expect(codesOf(run(vgg2, change))).toEqual([]);
});

test('a run whose only batch would be dropped has nothing to train on', () => {
  const config = run(vgg2, { trainingImages: 40, batchSize: 64, dropLast: true });
  expect(validateConfig(config)).toMatchObject([{ code: 'no_whole_batch', change: { dropLast: false } }]);
});
