// Against a plain numpy computation over what a network of PyTorch reads in MNIST's 10,000 test images.
import { describe, expect, it, test } from 'vitest';
import { readPredictions } from '../../scripts/fixtures/readPredictions.ts';
import { calibrationOf } from './calibration';
import { confidencesOf, hardlyRight, surelyWrong } from './confidence';

const { expected, ...read } = readPredictions();

describe.each([10, 15, 20])('with %i bins', (count) => {
  it('has numpy’s bins and errors', () => {
    const { bins, expectedError, maximumError, notNumbers } = calibrationOf(read, count);
    const wanted = expected.calibration[count];
    expect(bins.map((bin) => bin.count)).toEqual(wanted?.bins.map((bin) => bin.count));
    bins.forEach(({ accuracy, confidence }, index) => {
      const bin = wanted?.bins[index];
      expect(accuracy ?? -1).toBeCloseTo(bin?.accuracy ?? -1, 10);
      expect(confidence ?? -1).toBeCloseTo(bin?.confidence ?? -1, 10);
    });
    expect(expectedError).toBeCloseTo(wanted?.expected ?? NaN, 10);
    expect(maximumError).toBeCloseTo(wanted?.maximum ?? NaN, 10);
    expect(notNumbers).toBe(0);
  });
});

test('orders by confidence are numpy’s', () => {
  expect(surelyWrong(read).slice(0, 60)).toEqual(expected.surelyWrong);
  expect(hardlyRight(read).slice(0, 60)).toEqual(expected.hardlyRight);
});

/** Three images of class 0, read as the class `predictions`, with that class's probability. */
function readAs(predictions: number[], confidences: number[]) {
  const probabilities = new Float32Array(predictions.length * 10);
  predictions.forEach((prediction, image) => {
    probabilities[image * 10 + prediction] = confidences[image] ?? NaN;
  });
  return {
    predictions: Uint8Array.from(predictions),
    probabilities,
    labels: new Uint8Array(predictions.length),
  };
}

test('a confidence that is not a number is the largest, and lies in no bin', () => {
  const some = readAs([1, 2, 3, 0, 0], [0.75, NaN, 0.95, NaN, 0.55]);
  expect(confidencesOf(some)[1]).toBeNaN();
  expect(surelyWrong(some)).toEqual([1, 2, 0]);
  expect(hardlyRight(some)).toEqual([4, 3]);
  const { notNumbers, bins, expectedError } = calibrationOf(some, 10);
  expect(notNumbers).toBe(2);
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  expect(expectedError).toBeCloseTo((0.75 + 0.95 + 0.45) / 3, 6);
  expect(calibrationOf(readAs([1], [NaN]), 10).expectedError).toBeNull();
});

test('a confidence on the edge of two bins lies in the lower, as (low, high] has it', () => {
  const { bins } = calibrationOf(readAs([0, 0, 0], [0.5, 0.75, 1]), 4);
  expect(bins.map(({ count }) => count)).toEqual([0, 1, 1, 1]);
});
