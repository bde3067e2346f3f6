// Against scikit-learn's PCA of a hidden layer's activations, up to the sign of a component.
import { expect, test } from 'vitest';
import { readPredictions } from '../../scripts/fixtures/readPredictions.ts';
import { principalComponents, project } from './principalComponents';

const columns = 50;
const { hidden, pca, expected } = readPredictions();

test('are scikit-learn’s components, shares of the variance and points', () => {
  const found = principalComponents(hidden, columns, 2);
  const points = project(hidden, columns, found);
  found.mean.forEach((value, c) => expect(value).toBeCloseTo(pca.mean[c] ?? NaN, 5));
  for (const k of [0, 1]) {
    const axis = found.axes[k] ?? new Float64Array(0);
    const wanted = pca.components.subarray(k * columns, (k + 1) * columns);
    const sign = Math.sign(axis.reduce((sum, value, c) => sum + value * (wanted[c] ?? NaN), 0));
    // Stored in float32; the two variances differ by a fifth, so that the directions are well determined.
    axis.forEach((value, c) => expect(sign * value).toBeCloseTo(wanted[c] ?? NaN, 6));
    for (let row = 0; row < hidden.length / columns; row += 1)
      expect(sign * (points[2 * row + k] ?? NaN)).toBeCloseTo(pca.points[2 * row + k] ?? NaN, 4);
    expect((found.variances[k] ?? NaN) / found.totalVariance).toBeCloseTo(
      expected.explainedVarianceRatio[k] ?? NaN,
      8,
    );
  }
});

test('of more columns than rows leave nothing in other directions', () => {
  // Rows a_i u + b_i w: the plane of u and w holds all of them.
  const wide = 300;
  const rows = Float32Array.from({ length: 12 * wide }, (_, i) => {
    const [row, column] = [Math.floor(i / wide), i % wide];
    return Math.sin(row) * Math.cos(column) + Math.cos(2 * row) * Math.sin(3 * column) + column / 100;
  });
  const found = principalComponents(rows, wide, 2);
  const explained = found.variances.reduce((sum, value) => sum + value, 0);
  expect(explained / found.totalVariance).toBeCloseTo(1, 6);
  const again = project(rows, wide, found);
  const spread = again.filter((_, i) => i % 2 === 0).reduce((sum, value) => sum + value * value, 0) / 11;
  expect(spread).toBeCloseTo(found.variances[0] ?? NaN, 4);
});

test('of rows that are all the same are none', () => {
  const found = principalComponents(new Float32Array(40).fill(3), 4, 2);
  expect(found.axes).toEqual([]);
  expect(found.totalVariance).toBe(0);
  expect(project(new Float32Array(40), 4, found)).toHaveLength(0);
});

test('of rows along one line are one', () => {
  const rows = Float32Array.from({ length: 30 }, (_, i) => Math.floor(i / 3) * ((i % 3) + 1));
  const { axes } = principalComponents(rows, 3, 2);
  expect(axes).toHaveLength(1);
  expect([...(axes[0] ?? [])].map((value) => value * Math.sqrt(14))).toEqual([
    expect.closeTo(1, 6),
    expect.closeTo(2, 6),
    expect.closeTo(3, 6),
  ]);
});
