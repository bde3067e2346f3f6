// Power iteration on matrices whose eigenvalues are known: A = Q diag(values) Q' with a rotation Q.
import { expect, it } from 'vitest';
import { dot, norm } from '@/training/flatParameters';
import { largestEigenvalue } from './largestEigenvalue';

const size = 6;
/** Reflects at a hyperplane: orthogonal, symmetric and its own inverse. */
const mirror = (() => {
  const at = Float64Array.from({ length: size }, (_, i) => Math.cos(3 * i + 1));
  const square = dot(at, at);
  return (x: ArrayLike<number>): Float64Array =>
    Float64Array.from(x, (value, i) => value - (2 * (at[i] ?? 0) * dot(at, x)) / square);
})();
const matrix = (values: readonly number[]) => (x: Float64Array) =>
  Promise.resolve(mirror(mirror(x).map((value, i) => value * (values[i] ?? 0))));
const start = Float64Array.from({ length: size }, (_, i) => 1 + i);
const limits = { iterations: 500, residual: 1e-9, change: 1e-12 };

it('finds the largest eigenvalue and its vector', async () => {
  const found = await largestEigenvalue(matrix([1, 7, 3, -2, 0.5, 5]), start, limits);
  expect(found?.eigenvalue).toBeCloseTo(7, 9);
  expect(found?.isConverged).toBe(true);
  const vector = found?.eigenvector ?? new Float64Array(size);
  expect(norm(vector)).toBeCloseTo(1, 12);
  // Along the second column of Q.
  const column = mirror(Float64Array.from({ length: size }, (_, i) => (i === 1 ? 1 : 0)));
  expect(Math.abs(dot(vector, column))).toBeCloseTo(1, 6);
});

it('finds it beside a negative one of larger magnitude, and the least negative one', async () => {
  const beside = await largestEigenvalue(matrix([1, 4, 3, -9, 0.5, 2]), start, limits);
  expect(beside?.eigenvalue).toBeCloseTo(4, 8);
  const all = await largestEigenvalue(matrix([-1, -4, -3, -9, -6, -2]), start, limits);
  expect(all?.eigenvalue).toBeCloseTo(-1, 8);
});

it('begins close to the end with the eigenvector of before', async () => {
  const near = { iterations: 99, residual: 0.01, change: 1e-3 };
  const cold = await largestEigenvalue(matrix([1, 7, 6, -2, 0.5, 5]), start, near);
  const vector = cold?.eigenvector ?? start;
  const warm = await largestEigenvalue(matrix([1, 7.01, 6, -2, 0.5, 5]), vector, near);
  expect(warm?.iterations).toBe(2);
  expect(cold?.iterations).toBeGreaterThan(5);
});

it('says where it was cut, and ends where it is not wanted any more', async () => {
  const product = matrix([1, 7, 6.9, -2, 0.5, 5]);
  const cut = await largestEigenvalue(product, start, { ...limits, iterations: 3 });
  expect(cut).toMatchObject({ iterations: 3, isConverged: false });
  expect(cut?.eigenvalue, 'a Rayleigh quotient never exceeds the largest eigenvalue').toBeLessThan(7);
  expect(await largestEigenvalue(() => Promise.resolve(null), start, limits)).toBeNull();
});

it('gives 0 for a flat loss, and no number where there is none', async () => {
  expect(await largestEigenvalue(matrix([]), start, limits)).toMatchObject({
    eigenvalue: 0,
    isConverged: true,
  });
  const nothing = await largestEigenvalue(matrix([Number.NaN]), start, limits);
  expect(nothing).toMatchObject({ eigenvalue: Number.NaN, isConverged: false });
});
