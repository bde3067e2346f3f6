import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mynn, vgg16 } from '@/model/architectures';
import { standardNetwork } from '@/model/standardNetworks';
import { initialState } from '@/model/initialise';
import type { NetworkSpec } from '@/model/layers';
import { normalQuantile } from '@/model/random';

interface TensorStats {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
}
type NetworkStats = Record<string, { readonly tensors: Record<string, TensorStats> }>;

const path = new URL('../../fixtures/pytorch/init_stats.json', import.meta.url);
const reference = JSON.parse(readFileSync(path, 'utf8')) as NetworkStats;

function statsOf(data: Float32Array): Omit<TensorStats, 'shape'> {
  let [sum, squares, min, max] = [0, 0, Infinity, -Infinity];
  for (const value of data) {
    sum += value;
    squares += value * value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const mean = sum / data.length;
  return { mean, std: Math.sqrt(Math.max(0, squares / data.length - mean ** 2)), min, max };
}

/**
 * Both samples are random, so they agree within the sampling error: the mean's standard error is std/sqrt(n), that of
 * the standard deviation at most 0.71 std/sqrt(n) (normal; uniform 0.45). Five of them, for two independent samples.
 */
function expectSameDistribution(key: string, data: Float32Array, expected: TensorStats): void {
  const actual = statsOf(data);
  const tolerance = 5 * Math.SQRT2 * (expected.std / Math.sqrt(data.length));
  expect(Math.abs(actual.mean - expected.mean), `${key} mean`).toBeLessThanOrEqual(tolerance);
  expect(Math.abs(actual.std - expected.std), `${key} std`).toBeLessThanOrEqual(0.71 * tolerance);
  if (data.length < 1000) return;
  // Extremes of 1000 and more values: those of a uniform differ by under 2 %, those of a normal (3 to 5.5 std) by under 40 %.
  const isUniform = expected.max < 1.9 * expected.std;
  const spread = isUniform ? 0.02 : 0.4;
  expect(Math.abs(actual.max - expected.max), `${key} max`).toBeLessThanOrEqual(
    spread * Math.abs(expected.max),
  );
  expect(Math.abs(actual.min - expected.min), `${key} min`).toBeLessThanOrEqual(
    spread * Math.abs(expected.min),
  );
}

/** Without the 103 million weights of classifier.0: they take three seconds and are drawn like classifier.3's. */
const network = (id: string): NetworkSpec =>
  id === 'vgg16'
    ? { ...vgg16, layers: vgg16.layers.filter((layer) => layer.name !== 'classifier.0') }
    : standardNetwork(id);

describe('initialState', () => {
  it.each(['mynn', 'lenet', 'resnet', 'vgg2', 'resnet18', 'vgg16'])(
    '%s: the distributions of PyTorch',
    (id) => {
      const state = initialState(network(id), 7);
      const expected = reference[id]?.tensors ?? {};
      let compared = 0;
      for (const [key, stats] of Object.entries(expected)) {
        if (id === 'vgg16' && key.startsWith('classifier.0.')) continue;
        const tensor = state.get(key);
        expect(tensor?.shape, key).toEqual(stats.shape);
        if (tensor?.dtype !== 'F32') throw new Error(`${key} is not a float tensor`);
        expectSameDistribution(`${id} ${key}`, tensor.data, stats);
        compared += 1;
      }
      const parameters = [...state.keys()].filter((key) => !/running_|num_batches/.test(key));
      expect(compared).toBe(parameters.length);
    },
  );

  it('starts BatchNorm buffers at mean 0, variance 1, count 0', () => {
    const state = initialState(standardNetwork('vgg2'), 1);
    const floats = (key: string): number[] => [...new Set([...(state.get(key)?.data ?? [])].map(Number))];
    expect(floats('features.1.running_mean')).toEqual([0]);
    expect(floats('features.1.running_var')).toEqual([1]);
    expect(floats('features.1.weight')).toEqual([1]);
    expect(state.get('features.1.num_batches_tracked')).toEqual({
      dtype: 'I64',
      shape: [],
      data: new BigInt64Array([0n]),
    });
  });

  it('gives the same network for a seed, another for another, and no two entries alike', () => {
    expect(initialState(mynn, 1)).toEqual(initialState(mynn, 1));
    const first = (seed: number, key: string): unknown => initialState(mynn, seed).get(key)?.data[0];
    expect(first(1, 'conv1.weight')).not.toBe(first(2, 'conv1.weight'));
    const scaled = (key: string, bound: number): number => Number(first(1, key)) / bound;
    expect(scaled('conv1.weight', 1 / 5)).not.toBeCloseTo(scaled('conv1.bias', 1 / 5), 3);
  });
});

describe('normalQuantile', () => {
  // statistics.NormalDist().inv_cdf of Python 3.11, which has 16 digits; PPND7 promises about 7.
  it.each([
    [2 ** -25, -5.419983174916869],
    [1e-12, -7.034483825301131],
    [1e-3, -3.090232306167813],
    [0.075, -1.4395314709384557],
    [0.3, -0.5244005127080407],
    [0.9, 1.2815515655446008],
    [0.99, 2.3263478740408408],
  ])('of %d', (p, z) => {
    expect(Math.abs(normalQuantile(p) / z - 1)).toBeLessThan(2e-7);
  });

  it('is 0 in the middle', () => expect(normalQuantile(0.5)).toBe(0));
});
