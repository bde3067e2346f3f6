// What measuring costs, and the interval at which it is cheap enough.
import { expect, it } from 'vitest';
import { affordableInterval, curvatureShare, largestCurvatureShare } from './curvature';

it('is a share of the whole time, and the interval keeps it below the largest share', () => {
  // 100 steps of 10 ms and 250 ms of measuring.
  expect(curvatureShare(250, 100, 10)).toBe(0.2);
  expect(affordableInterval(250, 10)).toBe(100);
  expect(affordableInterval(251, 10)).toBe(250);
  expect(curvatureShare(251, affordableInterval(251, 10), 10)).toBeLessThan(largestCurvatureShare);
  expect(affordableInterval(0.1, 10)).toBe(1);
  expect(affordableInterval(1e6, 10), 'the longest there is').toBe(1000);
});
