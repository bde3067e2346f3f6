import { describe, expect, it } from 'vitest';
import {
  epochMarks,
  linearDomain,
  logDomain,
  logTicks,
  niceTicks,
  percentDomain,
  plotMarginOf,
  scaleOf,
  stepAxis,
  stepAxisEnd,
  valueAxis,
} from '@/ui/chart/chartScale';

describe('scaleOf', () => {
  const text = String;
  it('lays the ends of an axis on the given pixels, whichever way they lie', () => {
    const across = scaleOf(stepAxis('Step', 100, text), 68, 468);
    expect([0, 25, 100, 110].map(across)).toEqual([68, 168, 468, 508]);
    const up = scaleOf(valueAxis('Loss', [2, 4], text), 300, 100);
    expect([2, 3, 4].map(up)).toEqual([300, 200, 100]);
  });
  it('gives every power of ten the same room on a logarithmic axis', () => {
    const scale = scaleOf(valueAxis('Loss', [0.01, 10], text, 'log'), 0, 300);
    for (const [value, pixel] of [
      [0.01, 0],
      [0.1, 100],
      [1, 200],
      [10, 300],
    ] as const)
      expect(scale(value)).toBeCloseTo(pixel, 9);
    expect(Number.isFinite(scale(0))).toBe(false);
    expect(scale(-1)).toBeNaN();
  });
});

describe('stepAxis', () => {
  it('has its ticks at whole steps, none beyond its end', () => {
    expect(stepAxis('Step', 0, String)).toMatchObject({ low: 0, high: 1, ticks: [0, 1] });
    expect(stepAxis('Step', 3, String).ticks).toEqual([0, 1, 2, 3]);
    expect(stepAxis('Step', 2000, String).ticks).toEqual([0, 500, 1000, 1500, 2000]);
  });
});

describe('logTicks', () => {
  it('gives 1, 2, 5 ticks inside the range', () => {
    expect(logTicks(0.04, 2.4)).toEqual([0.05, 0.1, 0.2, 0.5, 1, 2]);
  });
  it('keeps to powers of ten on a wide range', () => {
    expect(logTicks(1e-4, 1e4)).toEqual([1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000, 1e4]);
  });
  it('has none where a logarithm has none', () => {
    expect(logTicks(-1, 2)).toEqual([]);
    expect(logTicks(0, 2)).toEqual([]);
    expect(logTicks(1, Infinity)).toEqual([]);
  });
});

describe('a value axis', () => {
  const write = (value: number, step: number | null): string => `${value} (${step})`;

  it('keeps labels on a logarithmic axis, whatever the values', () => {
    // Within a factor of two there is no tick of 1, 2, 5.
    for (const [low, high] of [
      [2.3, 2.31],
      [1e-9, 3e-9],
      [1e-38, 1e38],
      logDomain(Infinity, -Infinity),
      logDomain(1e-7, 1e-7),
    ] as const) {
      const { ticks } = valueAxis('Loss', [low, high], write, 'log');
      expect(ticks.length, `${low} to ${high}`).toBeGreaterThanOrEqual(2);
      expect(ticks.length, `${low} to ${high}`).toBeLessThanOrEqual(9);
      for (const tick of ticks) expect(tick >= low && tick <= high, String(tick)).toBe(true);
    }
  });

  it('tells its labels how far its ticks lie apart', () => {
    const even = valueAxis('Loss', [0, 1], write);
    expect(even.ticks.map(even.format)[1]).toBe('0.2 (0.2)');
    const uneven = valueAxis('Loss', [0.1, 10], write, 'log');
    expect(uneven.ticks.map(uneven.format)[0]).toBe('0.1 (null)');
  });

  it('makes room for its longest label', () => {
    const room = (label: string): number => plotMarginOf(valueAxis('Loss', [0, 1], () => label)).left;
    expect(room('0.5')).toBe(room('1'));
    expect(room('-1.00001M')).toBeGreaterThan(room('0.5'));
  });
});

describe('linearDomain', () => {
  it('has a beginning and an end for any values', () => {
    expect(linearDomain(Infinity, -Infinity)).toEqual([0, 1]);
    expect(linearDomain(-3.4e38, 3.4e38)).toEqual([-4e38, 4e38]);
    expect(linearDomain(2, 2)).toEqual([0, 2]);
    // Means in float64 that differ in the last digit alone are one value, not a million ticks.
    const [low, high] = linearDomain(2.4, 2.4 * (1 + 1e-12));
    expect(niceTicks(low, high).length).toBeLessThan(10);
    expect(niceTicks(2.4, 2.4 * (1 + 1e-12))).toHaveLength(1);
    expect(niceTicks(-1e20, -1e19)).toEqual([-1e20, -8e19, -6e19, -4e19, -2e19]);
  });
});

describe('epochMarks', () => {
  it('marks finished epochs only', () => {
    expect(epochMarks(938, 2000)).toEqual([
      { step: 938, epoch: 1 },
      { step: 1876, epoch: 2 },
    ]);
  });
  it('thins marks evenly', () => {
    const marks = epochMarks(10, 400, 12);
    expect(marks).toHaveLength(10);
    expect(marks[0]).toEqual({ step: 40, epoch: 4 });
  });
  it('has none before there is a run', () => {
    expect(epochMarks(0, 100)).toEqual([]);
  });
});

describe('niceTicks', () => {
  it('gives round numbers inside the range', () => {
    expect(niceTicks(0, 325)).toEqual([0, 100, 200, 300]);
    expect(niceTicks(98, 100)).toEqual([98, 98.5, 99, 99.5, 100]);
    expect(niceTicks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  });
  it('gives the one value of an empty range', () => {
    expect(niceTicks(5, 5)).toEqual([5]);
  });
});

describe('stepAxisEnd', () => {
  it('is a round number, at most a third above the last step', () => {
    expect([0, 7, 11, 938, 1001, 12_345, 37_520].map(stepAxisEnd)).toEqual([
      10, 10, 12, 1000, 1200, 15_000, 40_000,
    ]);
    for (let last = 10; last < 2e5; last += 37) {
      expect(stepAxisEnd(last)).toBeGreaterThanOrEqual(last);
      expect(stepAxisEnd(last)).toBeLessThanOrEqual((last * 4) / 3);
    }
  });
});

describe('percentDomain', () => {
  it('never begins above the lowest value nor ends above 100', () => {
    expect(percentDomain(98.7)).toEqual([98, 100]);
    expect(percentDomain(90.4)).toEqual([90, 100]);
    expect(percentDomain(9.8)).toEqual([0, 100]);
    expect(percentDomain(100)).toEqual([99, 100]);
  });
});
