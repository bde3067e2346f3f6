// The outlines of levels against what a bowl must give, and the levels against their definition.
import { expect, it } from 'vitest';
import { bestPlace, contourPaths, finiteValues, levelsOf } from './landscapeContours';

const at = [-2, -1, 0, 1, 2];
/** x^2 + y^2 + 1 on the grid. */
const bowl = at.flatMap((y) => at.map((x) => x * x + y * y + 1));
const same = (value: number): number => value;

it('draws what lies above a level, in the coordinates of the plane', () => {
  const levels = [{ value: 3, colour: '' }];
  const [shape] = contourPaths({ x: at, y: at }, bowl, levels, { x: same, y: same });
  const numbers = (ring: string): (readonly [number, number])[] =>
    ring.split('L').map((pair) => {
      const [x = NaN, y = NaN] = pair.split(' ').map(Number);
      return [x, y] as const;
    });
  const rings = (shape?.path ?? '')
    .split('Z')
    .filter(Boolean)
    .map((ring) => numbers(ring.slice(1)));
  // Round the plane, and round the hole in it, whose rim is where the level lies: 1.4 from the middle along each axis.
  expect(rings).toHaveLength(2);
  const hole = rings[1] ?? [];
  const right = hole.filter(([, y]) => y === 0).map(([x]) => x);
  expect(Math.max(...right)).toBeCloseTo(1.3, 1);
  expect(hole.every(([x, y]) => Math.abs(x * x + y * y - 2) < 0.35)).toBe(true);
});

it('spaces the levels of a loss by equal factors, and of an accuracy by equal steps', () => {
  const loss = levelsOf([0.01, 1], 'loss').map(({ value }) => value);
  const factors = loss.slice(1).map((value, i) => value / (loss[i] ?? NaN));
  expect(Math.max(...factors)).toBeCloseTo(Math.min(...factors), 9);
  expect(loss[0]).toBe(0.01);
  const accuracy = levelsOf([0.1, 0.9], 'accuracy').map(({ value }) => value);
  expect((accuracy[1] ?? 0) - (accuracy[0] ?? 0)).toBeCloseTo((accuracy[5] ?? 0) - (accuracy[4] ?? 0), 9);
  // nll_loss of logits falls below 0.
  expect(levelsOf([-5, 1], 'loss').every(({ value }) => Number.isFinite(value))).toBe(true);
});

it('takes what is no number for the highest, and finds the best', () => {
  expect(finiteValues([1, Number.NaN, 3, Infinity])).toEqual([1, 3, 3, 3]);
  expect(bestPlace(bowl, 'loss')).toBe(12);
  expect(bestPlace([0.1, 0.8, 0.3], 'accuracy')).toBe(1);
});
