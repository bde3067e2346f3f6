import { expect, test } from 'vitest';
import { isInside, nearestPoint, nextPoint } from './lasso';

test('inside of a lasso, also where it bends inwards', () => {
  // A U.
  const line = [0, 0, 10, 0, 10, 10, 7, 10, 7, 3, 3, 3, 3, 10, 0, 10];
  expect(isInside(1, 8, line)).toBe(true);
  expect(isInside(5, 1, line)).toBe(true);
  expect(isInside(5, 8, line)).toBe(false);
  expect(isInside(12, 5, line)).toBe(false);
  expect(isInside(5, 5, [])).toBe(false);
});

test('the nearest point that counts, within reach', () => {
  const points = [0, 0, 3, 4, 20, 20];
  expect(nearestPoint(points, [2, 3], () => true)).toBe(1);
  expect(nearestPoint(points, [2, 3], (i) => i !== 1)).toBe(0);
  expect(nearestPoint(points, [11, 11], () => true, 2)).toBeNull();
});

test('the next point in a direction', () => {
  const points = [0, 0, 5, 1, 2, 9, -4, 0, 30, 2];
  const all = (): boolean => true;
  expect(nextPoint(points, 0, [1, 0], all)).toBe(1);
  expect(nextPoint(points, 1, [1, 0], all)).toBe(4);
  expect(nextPoint(points, 0, [-1, 0], all)).toBe(3);
  expect(nextPoint(points, 0, [0, 1], all)).toBe(2);
  expect(nextPoint(points, 0, [0, -1], all)).toBeNull();
});
