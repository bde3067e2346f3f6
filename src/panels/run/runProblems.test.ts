import { expect, it } from 'vitest';
import { lenet } from '@/model/architectures';
import { defaultConfig } from '@/model/presets';
import { costOf } from '@/panels/run/runProblems';

const mebibyte = 2 ** 20;

it('names each tensor of VGG-16 that is too large once, by the tighter limit', () => {
  const limits = { maxBufferSize: 256 * mebibyte, maxStorageBufferBindingSize: 128 * mebibyte };
  const result = costOf(defaultConfig('vgg16'), { engine: 'tfjs', limits });
  if (result.kind === 'unknown') throw result.error;
  const weights = result.problems.filter(({ role }) => role === 'weight');
  expect(weights).toMatchObject([
    {
      tensor: 'classifier.0.weight',
      bytes: 4 * 25_088 * 4096,
      limit: 'maxStorageBufferBindingSize',
      remedy: 'another_network_or_backend',
    },
  ]);
  // Our engine plans its buffers and says itself what it needs.
  expect(costOf(defaultConfig('vgg16'), { engine: 'webgpu', limits })).toMatchObject({ problems: [] });
});

it('has nothing to say where there is room, and where a network has no shapes', () => {
  expect(costOf(defaultConfig('vgg16'), null)).toMatchObject({ kind: 'known', problems: [] });
  const broken = { ...defaultConfig('lenet'), network: { ...lenet, layers: lenet.layers.slice(1) } };
  expect(costOf(broken, null).kind).toBe('unknown');
});
