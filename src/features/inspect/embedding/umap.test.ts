// On what a network of PyTorch gives for 400 test images (fixtures/pytorch/predictions.py).
import { expect, test } from 'vitest';
import { principalComponents, project } from '@/model/principalComponents';
import { readPredictions } from '../../../../scripts/fixtures/readPredictions.ts';
import { nearestRows, umap, type UmapProgress } from './umap';

const columns = 50;
const { hidden, labels } = readPredictions();
const n = hidden.length / columns;

function run(rows = hidden, from: Float32Array | null = null) {
  const steps: UmapProgress[] = [];
  const generator = umap(rows, columns, 1, from);
  for (;;) {
    const next = generator.next();
    if (next.done === true) return { points: next.value, steps };
    steps.push(next.value);
  }
}

/** Share of the points whose nearest other point has their label. */
function sameNeighbour(points: Float32Array): number {
  const { indices } = nearestRows(points, 2, [0, n], 2);
  return indices.filter(([self = 0, other = 0]) => labels[self] === labels[other]).length / n;
}

test('nearest rows are those of a plain search, itself first', () => {
  const { indices, distances } = nearestRows(hidden, columns, [17, 20], 6);
  for (const [i, row] of [17, 18, 19].entries()) {
    const all = Array.from({ length: n }, (_, other) => {
      let sum = 0;
      for (let c = 0; c < columns; c += 1)
        sum += ((hidden[row * columns + c] ?? 0) - (hidden[other * columns + c] ?? 0)) ** 2;
      return { other, distance: Math.sqrt(sum) };
    }).sort((a, b) => a.distance - b.distance);
    expect(indices[i]).toEqual(all.slice(0, 6).map(({ other }) => other));
    distances[i]?.forEach((distance, k) => expect(distance).toBeCloseTo(all[k]?.distance ?? NaN, 6));
    expect(indices[i]?.[0]).toBe(row);
  }
});

test('keeps digits beside their like better than PCA does, and tells how far it is', () => {
  const { points, steps } = run();
  expect(points).toHaveLength(2 * n);
  expect(points.every(Number.isFinite)).toBe(true);
  const plane = project(hidden, columns, principalComponents(hidden, columns, 2));
  expect(sameNeighbour(points)).toBeGreaterThan(sameNeighbour(plane) + 0.1);
  const shares = steps.map(({ done }) => done);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBeCloseTo(1, 6);
  expect(steps.at(-1)?.points).toEqual(points);
}, 60_000);

test('is the same every time', () => {
  expect(run().points).toEqual(run().points);
}, 60_000);

/** Rows of two images in each other's place. */
function swapped(rows: Float32Array, a: number, b: number) {
  const other = rows.slice();
  other.set(rows.subarray(a * columns, (a + 1) * columns), b * columns);
  other.set(rows.subarray(b * columns, (b + 1) * columns), a * columns);
  return other;
}

test('moves points from where they lay: what stays alike stays, and what has changed goes where its like are', () => {
  const before = run().points;
  const place = (points: Float32Array, i: number): readonly [number, number] => [
    points[2 * i] ?? NaN,
    points[2 * i + 1] ?? NaN,
  ];
  const distance = (a: readonly [number, number], b: readonly [number, number]): number =>
    Math.hypot(a[0] - b[0], a[1] - b[1]);
  // Two images whose places are far apart.
  const a = 0;
  const distances = Array.from({ length: n }, (_, i) => distance(place(before, a), place(before, i)));
  const b = distances.indexOf(Math.max(...distances));
  const { points, steps } = run(swapped(hidden, a, b), before);
  const moved = Array.from({ length: n }, (_, i) => distance(place(before, i), place(points, i)));
  const middle = moved.toSorted((one, other) => one - other)[n / 2] ?? NaN;
  const width = Math.max(...before) - Math.min(...before);
  expect(middle).toBeLessThan(0.1 * width);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    expect(distance(place(points, one), place(before, other))).toBeLessThan(
      distance(place(points, one), place(before, one)) / 2,
    );
  }
  expect(sameNeighbour(points)).toBeGreaterThan(sameNeighbour(before) - 0.05);
  expect(steps.length).toBeLessThan(25);
}, 60_000);
