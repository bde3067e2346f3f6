import { describe, expect, it } from 'vitest';
import {
  defaultRangeTest,
  hasDiverged,
  smoothedRangeTest,
  suggestedRate,
  rangeTestRate,
  type RangeTestPoint,
} from './rangeTest';

const rangeTest = { from: 1e-4, to: 1, steps: 81 };
/** A range test whose loss at a rate is this. */
const swept = (loss: (rate: number) => number): RangeTestPoint[] =>
  Array.from({ length: rangeTest.steps }, (_, i) => {
    const learningRate = rangeTestRate(rangeTest, i);
    return { learningRate, loss: loss(learningRate) };
  });

describe('rangeTestRate', () => {
  it('rises by one factor from the first rate to the last', () => {
    expect(rangeTestRate(defaultRangeTest, 0)).toBe(1e-5);
    expect(rangeTestRate(defaultRangeTest, 99)).toBeCloseTo(10, 10);
    const factors = [1, 20, 99].map(
      (i) => rangeTestRate(defaultRangeTest, i) / rangeTestRate(defaultRangeTest, i - 1),
    );
    for (const factor of factors) expect(factor).toBeCloseTo(10 ** (6 / 99), 10);
  });
});

describe('suggestedRate', () => {
  it('is a tenth of the rate of the lowest smoothed loss', () => {
    // Falls up to 0.1 and rises steeply behind it; the smoothing moves the lowest point by less than its lag of ten points.
    const found = suggestedRate(swept((rate) => (rate > 0.1 ? 2 + 50 * (rate - 0.1) : 2.3 - 3 * rate)));
    const rate = found?.learningRate ?? NaN;
    expect(rate).toBeGreaterThanOrEqual(0.01);
    expect(rate).toBeLessThanOrEqual(0.01 * 10 ** (10 / 20));
    expect(rate).toBe((found?.lowest.learningRate ?? NaN) / 10);
  });

  it('leaves out losses that are not finite', () => {
    expect(suggestedRate(swept((rate) => (rate > 0.1 ? NaN : 2.3 - 3 * rate)))?.learningRate).toBeCloseTo(
      0.01,
      3,
    );
  });

  it('suggests nothing where the loss falls no further than it varies', () => {
    expect(suggestedRate(swept((rate) => 2.3 + rate))).toBeNull();
    const noise = [0.03, -0.05, 0.01, 0.04, -0.02, -0.04, 0.02];
    const noisy = swept(() => 2.3).map((point, i) => ({ ...point, loss: 2.3 + (noise[i % 7] ?? 0) }));
    expect(suggestedRate(noisy)).toBeNull();
    expect(suggestedRate([])).toBeNull();
  });

  it('works on losses below zero', () => {
    expect(suggestedRate(swept((rate) => -100 * rate))?.learningRate).toBeCloseTo(0.1, 9);
  });
});

describe('hasDiverged', () => {
  const at = (...losses: number[]): RangeTestPoint[] => losses.map((loss) => ({ learningRate: 1, loss }));
  it('ends at NaN and far above the least loss, not in noise', () => {
    expect(hasDiverged(at(2.3, 2.2, NaN))).toBe(true);
    expect(hasDiverged(at(2.3, 2.4, 2.2, 2.5))).toBe(false);
    expect(hasDiverged(at(2.3, 2.2, 200))).toBe(true);
    // Near zero a small loss varies by several times itself.
    expect(hasDiverged(at(0.01, 0.3))).toBe(false);
    // Without a lower end, falling is no divergence.
    expect(hasDiverged(at(-1, -10, -1000))).toBe(false);
  });
  it('smooths without the bias of a start from zero', () => {
    expect(smoothedRangeTest(at(5, 5, 5)).map(({ smoothed }) => Number(smoothed.toFixed(9)))).toEqual([
      5, 5, 5,
    ]);
  });
});
