import { describe, expect, test } from 'vitest';
import { batchIndices } from '@/model/batchOrder';
import { shuffledIndex } from '@/model/random';
import { batchSizesOf, imagesPerEpoch, stepsPerEpoch } from '@/model/runConfig';

const epochOrder = (count: number, seed: number, epoch: number) =>
  Int32Array.from({ length: count }, (_, i) => shuffledIndex(i, count, seed, epoch));

const sorted = (values: Int32Array) => [...values].sort((a, b) => a - b);
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('shuffledIndex', () => {
  test('is a permutation for every small size and for MNIST itself', () => {
    for (let count = 1; count <= 130; count += 1) {
      expect(sorted(epochOrder(count, 7, 3)), `count ${count}`).toEqual(range(count));
    }
    for (const count of [255, 256, 257, 1000, 1024, 1025, 4097, 10_000, 16_384, 59_999, 60_000, 65_536]) {
      const seen = new Uint8Array(count);
      for (const index of epochOrder(count, 42, 0)) seen[index] = (seen[index] ?? 0) + 1;
      expect(
        seen.every((times) => times === 1),
        `count ${count}`,
      ).toBe(true);
    }
  });

  test('differs by seed and by epoch, and repeats for the same', () => {
    const fixed = (a: Int32Array, b: Int32Array) => a.filter((value, i) => value === b[i]).length;
    const base = epochOrder(10_000, 1, 0);
    expect(fixed(base, epochOrder(10_000, 1, 0))).toBe(10_000);
    // Two independent permutations agree in Poisson(1) places: above 10 once in 10^8.
    for (const other of [
      epochOrder(10_000, 2, 0),
      epochOrder(10_000, 1, 1),
      epochOrder(10_000, 0, 0),
      Int32Array.from(range(10_000)),
    ]) {
      expect(fixed(base, other)).toBeLessThanOrEqual(10);
    }
  });

  test('spreads images evenly over an epoch', () => {
    const count = 60_000;
    const cells = 100;
    for (const [seed, epoch] of [
      [0, 0],
      [1, 0],
      [1, 1],
      [12_345, 7],
    ] as const) {
      const order = epochOrder(count, seed, epoch);
      // Position against index in a grid of 10 x 10: chi-squared with 81 degrees of freedom has mean 81, sd 12.7.
      const table = new Float64Array(cells);
      order.forEach((index, i) => {
        const cell = Math.floor((i * 10) / count) * 10 + Math.floor((index * 10) / count);
        table[cell] = (table[cell] ?? 0) + 1;
      });
      const expected = count / cells;
      const chiSquared = table.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
      expect(chiSquared).toBeLessThan(81 + 5 * 12.7);
      expect(chiSquared).toBeGreaterThan(81 - 5 * 12.7);

      // Neighbours in the epoch are unrelated: the lag-1 correlation has sd 1/sqrt(n) = 0.0041.
      const mean = (count - 1) / 2;
      let covariance = 0;
      for (let i = 1; i < count; i += 1)
        covariance += ((order[i] ?? 0) - mean) * ((order[i - 1] ?? 0) - mean);
      expect(Math.abs(covariance / count / ((count ** 2 - 1) / 12))).toBeLessThan(5 / Math.sqrt(count));
    }
  });

  test('sends each position to every place equally often over many epochs', () => {
    // Chi-squared with 99 degrees of freedom has mean 99, sd 14.1. (Four Feistel rounds and the walk do show a bias
    // below about 50 images, where nobody trains.)
    const count = 100;
    const epochs = 20_000;
    for (const position of [0, 41, 99]) {
      const hits = new Float64Array(count);
      for (let epoch = 0; epoch < epochs; epoch += 1) {
        const index = shuffledIndex(position, count, 3, epoch);
        hits[index] = (hits[index] ?? 0) + 1;
      }
      const expected = epochs / count;
      const chiSquared = hits.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
      expect(chiSquared, `position ${position}`).toBeLessThan(99 + 5 * 14.1);
    }
  });
});

describe('batchIndices', () => {
  const config = { batchSize: 64, trainingImages: 60_000, dropLast: false, shuffle: false, seed: 5 };

  test("follows the files' order, with 32 images in the last batch of the report's epoch", () => {
    expect(stepsPerEpoch(config)).toBe(938);
    expect([...batchIndices(config, 0)]).toEqual(range(64));
    expect([...batchIndices(config, 937)]).toEqual(range(32).map((i) => 59_968 + i));
    expect([...batchIndices(config, 938)]).toEqual(range(64));
  });

  test('shuffled, each epoch shows every image once in another order', () => {
    const shuffled = { batchSize: 30, trainingImages: 100, dropLast: false, shuffle: true, seed: 5 };
    const epoch = (number: number) =>
      range(4).map((batch) => [...batchIndices(shuffled, number * 4 + batch)]);
    expect(epoch(0).map(({ length }) => length)).toEqual([30, 30, 30, 10]);
    for (const number of [0, 1, 2]) {
      expect(
        epoch(number)
          .flat()
          .sort((a, b) => a - b),
      ).toEqual(range(100));
    }
    expect(epoch(1)).not.toEqual(epoch(0));
    expect(batchIndices({ ...shuffled, seed: 6 }, 0)).not.toEqual(batchIndices(shuffled, 0));
  });

  test('leaves out the last batch where that is dropped: other images each epoch, where they are shuffled', () => {
    const dropping = { batchSize: 30, trainingImages: 100, dropLast: true, shuffle: true, seed: 5 };
    expect([stepsPerEpoch(dropping), imagesPerEpoch(dropping)]).toEqual([3, 90]);
    const dropped = [0, 1].map((epoch) => {
      const seen = new Set(range(3).flatMap((batch) => [...batchIndices(dropping, epoch * 3 + batch)]));
      expect(seen.size).toBe(90);
      return range(100).filter((image) => !seen.has(image));
    });
    expect(dropped[0]).not.toEqual(dropped[1]);
  });

  test('says which batches an epoch has', () => {
    const sizes = (trainingImages: number, batchSize: number, dropLast: boolean) =>
      batchSizesOf({ trainingImages, batchSize, dropLast });
    expect(sizes(60_000, 64, false)).toEqual([64, 32]);
    expect(sizes(60_000, 64, true)).toEqual([64]);
    expect(sizes(128, 64, false)).toEqual([64]);
    expect(sizes(10, 64, false)).toEqual([10]);
    expect(sizes(10, 64, true)).toEqual([]);
  });

  test('takes a batch larger than the data, and exact multiples', () => {
    expect([...batchIndices({ ...config, batchSize: 512, trainingImages: 10 }, 3)]).toEqual(range(10));
    const exact = { ...config, batchSize: 5, trainingImages: 10 };
    expect([...batchIndices(exact, 1)]).toEqual([5, 6, 7, 8, 9]);
    expect([...batchIndices(exact, 2)]).toEqual([0, 1, 2, 3, 4]);
  });
});
