/**
 * Principal component analysis: the directions in which rows of numbers vary most. With X the rows less their mean, C = X^T X / (n - 1);
 * its eigenvectors of the largest eigenvalues are found by subspace iteration with Rayleigh-Ritz (Golub and Van Loan, Matrix
 * Computations, 8.2.4), in float64 and without ever building C, so that 4,096 columns need no more memory than their rows. It ends
 * where C v = lambda v holds to 1e-9 of the largest eigenvalue. The sign of each direction is that of its largest entry, made positive.
 */

import { symmetricEigen } from '@/model/symmetricEigen';

export interface PrincipalComponents {
  /** Of each column. */
  readonly mean: Float64Array;
  /** Directions of length 1, that of the largest variance first. */
  readonly axes: readonly Float64Array[];
  /** Variance along each, over n - 1. */
  readonly variances: readonly number[];
  /** Of all columns together. */
  readonly totalVariance: number;
}

const tolerance = 1e-9;
const mostIterations = 500;
/**
 * More directions than are wanted come along: the larger the gap to the first that does not, the fewer iterations. What a network
 * makes of ten classes has nine directions of much variance.
 */
const moreDirections = 10;

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i += 1) target[i] = (target[i] ?? 0) + factor * (source[i] ?? 0);
}

/** The vectors made orthogonal and of length 1, twice, so that rounding leaves no rest; what is nothing beside the others stays 0. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const vector of vectors) {
    const size = Math.sqrt(dot(vector, vector));
    const next = vector.slice();
    for (let pass = 0; pass < 2; pass += 1)
      for (const other of done) addScaled(next, other, -dot(next, other));
    const length = Math.sqrt(dot(next, next));
    done.push(length > size * 1e-12 ? next.map((value) => value / length) : next.fill(0));
  }
  return done;
}

function withPositiveLargest(axis: Float64Array): Float64Array {
  const largest = axis.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? axis.map((value) => -value) : axis;
}

/**
 * @param rows [n, columns] row-major, finite; n at least 2
 * @param count directions wanted; fewer come where the rows vary in fewer
 */
export function principalComponents(rows: Float32Array, columns: number, count: number): PrincipalComponents {
  const n = rows.length / columns;
  const mean = new Float64Array(columns);
  for (let i = 0; i < rows.length; i += 1) mean[i % columns] = (mean[i % columns] ?? 0) + (rows[i] ?? 0);
  for (let c = 0; c < columns; c += 1) mean[c] = (mean[c] ?? 0) / n;
  let totalVariance = 0;
  for (let i = 0; i < rows.length; i += 1)
    totalVariance += ((rows[i] ?? 0) - (mean[i % columns] ?? 0)) ** 2 / (n - 1);

  /** C v, for each v. */
  const timesCovariance = (directions: readonly Float64Array[]): Float64Array[] => {
    const products = directions.map(() => new Float64Array(columns));
    const row = new Float64Array(columns);
    for (let first = 0; first < rows.length; first += columns) {
      for (let c = 0; c < columns; c += 1) row[c] = (rows[first + c] ?? 0) - (mean[c] ?? 0);
      directions.forEach((direction, k) => {
        const product = products[k];
        if (product !== undefined) addScaled(product, row, dot(row, direction) / (n - 1));
      });
    }
    return products;
  };

  const size = Math.min(columns, count + moreDirections);
  // Any start with a part in every direction will do; this one is the same every time.
  let basis = orthonormal(
    Array.from({ length: size }, (_, k) =>
      Float64Array.from(
        { length: columns },
        (__, c) => Math.sin(1 + (k + 1) * (c + 1) ** 1.3) + Number(c === k),
      ),
    ),
  );
  let variances: number[] = [];
  for (let iteration = 0; iteration < mostIterations; iteration += 1) {
    const products = timesCovariance(basis);
    const small = basis.map((a) => products.map((b) => dot(a, b)));
    const { values, vectors } = symmetricEigen(small);
    const order = [...values.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
    const combined = (from: readonly Float64Array[], k: number): Float64Array => {
      const sum = new Float64Array(columns);
      from.forEach((vector, j) => addScaled(sum, vector, vectors[j]?.[k] ?? 0));
      return sum;
    };
    const ritz = order.map((k) => combined(basis, k));
    const images = order.map((k) => combined(products, k));
    variances = order.map((k) => Math.max(0, values[k] ?? 0));
    const isDone = images.slice(0, count).every((image, k) => {
      const rest = image.slice();
      addScaled(rest, ritz[k] ?? rest, -(variances[k] ?? 0));
      return Math.sqrt(dot(rest, rest)) <= tolerance * (variances[0] ?? 0);
    });
    basis = isDone ? ritz : orthonormal(images);
    if (isDone) break;
  }
  // What is less is rounding: of the sums, or of the mean.
  const nothing = 1e-12 * totalVariance + 1e-28 * dot(mean, mean);
  const found = variances.slice(0, count).filter((variance) => variance > nothing);
  return {
    mean,
    axes: found.map((_, k) => withPositiveLargest(basis[k] ?? new Float64Array(columns))),
    variances: found,
    totalVariance,
  };
}

/** Where each row lies along the axes: [n, axes] row-major. */
export function project(
  rows: Float32Array,
  columns: number,
  { mean, axes }: Pick<PrincipalComponents, 'mean' | 'axes'>,
): Float32Array<ArrayBuffer> {
  const n = rows.length / columns;
  const points = new Float32Array(n * axes.length);
  for (let row = 0; row < n; row += 1) {
    axes.forEach((axis, k) => {
      let sum = 0;
      for (let c = 0; c < columns; c += 1)
        sum += ((rows[row * columns + c] ?? 0) - (mean[c] ?? 0)) * (axis[c] ?? 0);
      points[row * axes.length + k] = sum;
    });
  }
  return points;
}
