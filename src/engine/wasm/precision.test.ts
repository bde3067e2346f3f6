import { describe, expect, it } from 'vitest';
import { runConfig } from '@/engine/testing/testRuns';
import { precisionOf } from '@/engine/wasm/precision';
import { standardNetwork } from '@/model/standardNetworks';

/** Its last BatchNorms see one pixel an image. */
const resnet18 = standardNetwork('resnet18');

describe('precisionOf', () => {
  it.each([
    ['float32', { batchSize: 16, trainingImages: 160, dropLast: false }],
    ['float64', { batchSize: 15, trainingImages: 150, dropLast: false }],
    ['float64', { batchSize: 64, trainingImages: 15, dropLast: false }],
    ['float64', { batchSize: 16, trainingImages: 162, dropLast: false }],
    ['float32', { batchSize: 16, trainingImages: 162, dropLast: true }],
    ['float32', { batchSize: 64, trainingImages: 60_000, dropLast: false }],
  ] as const)('%s: the smallest batch decides, %o', (precision, batches) => {
    expect(precisionOf(runConfig(resnet18, batches))).toBe(precision);
  });

  it('is float32 without a BatchNorm', () => {
    expect(precisionOf(runConfig(standardNetwork('lenet'), { batchSize: 1, trainingImages: 3 }))).toBe(
      'float32',
    );
  });
});
