import { expect, test } from 'vitest';
import { augmentImage, augmentKey, augmentTransform } from '@/model/augment';

const identity = { right: 0, down: 0, cos: 1, sin: 0, size: 1 };
const image = Uint8Array.from({ length: 784 }, (_, i) => (i * 37) % 256);
const at = (row: number, column: number) =>
  row < 0 || row > 27 || column < 0 || column > 27 ? 0 : (image[row * 28 + column] ?? 0) / 255;

function augmented(transform: Parameters<typeof augmentImage>[1]): Float32Array {
  const output = new Float32Array(784);
  augmentImage(image, transform, output, 0);
  return output;
}

function expectPixels(output: Float32Array, expected: (row: number, column: number) => number): void {
  output.forEach((value, i) => {
    expect(value).toBeCloseTo(expected(Math.floor(i / 28), i % 28), 6);
  });
}

test('nothing asked, nothing changed', () => {
  expectPixels(augmented(identity), at);
});

test('a shift moves the picture right and down, zeros follow', () => {
  expectPixels(augmented({ ...identity, right: 3, down: 2 }), (row, column) => at(row - 2, column - 3));
});

test('half a pixel mixes two neighbours', () => {
  expectPixels(
    augmented({ ...identity, right: 0.5 }),
    (row, column) => (at(row, column) + at(row, column - 1)) / 2,
  );
});

test('90 degrees clockwise bring the left column to the top row', () => {
  expectPixels(augmented({ ...identity, cos: 0, sin: 1 }), (row, column) => at(27 - column, row));
});

test('twice the size shows the middle', () => {
  const output = augmented({ ...identity, size: 2 });
  // Output column 13 lies 0.25 left of the centre, between input columns 13 and 14.
  const mix = (row: number) => 0.75 * at(row, 13) + 0.25 * at(row, 14);
  expect(output[13 * 28 + 13]).toBeCloseTo(0.75 * mix(13) + 0.25 * mix(14), 5);
});

test('draws lie in their ranges, depend on seed, step and position, and fill the range', () => {
  const spec = { shift: 2, rotate: 15, scale: 0.1 };
  const draws = Array.from({ length: 500 }, (_, n) => augmentTransform(spec, augmentKey(1, 2), n));
  for (const { right, down, cos, size } of draws) {
    expect(Math.abs(right)).toBeLessThanOrEqual(2);
    expect(Math.abs(down)).toBeLessThanOrEqual(2);
    expect(cos).toBeGreaterThanOrEqual(Math.cos((15 * Math.PI) / 180) - 1e-12);
    expect(Math.abs(size - 1)).toBeLessThanOrEqual(0.1 + 1e-12);
  }
  expect(Math.max(...draws.map(({ right }) => right))).toBeGreaterThan(1.9);
  expect(Math.min(...draws.map(({ sin }) => sin))).toBeLessThan(-0.25);
  expect(augmentTransform(spec, augmentKey(1, 2), 0)).toEqual(draws[0]);
  expect(augmentTransform(spec, augmentKey(1, 3), 0)).not.toEqual(draws[0]);
  expect(augmentTransform(spec, augmentKey(2, 2), 0)).not.toEqual(draws[0]);
});
