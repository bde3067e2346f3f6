import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DebiasedAverage } from '@/model/debiasedAverage';
import { ChartSeries } from './chartSeries';

function chart(values: readonly number[], smoothing = 0) {
  const series = new ChartSeries(smoothing, 1);
  for (const value of values) series.append(value);
  return series.points();
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('ChartSeries', () => {
  it('draws a short series as it is', () => {
    expect(chart([3, 1, 2])).toEqual([
      { step: 1, value: 3, smoothed: 3 },
      { step: 2, value: 1, smoothed: 1 },
      { step: 3, value: 2, smoothed: 2 },
    ]);
  });

  it('keeps the extremes at their own steps, in order, in at most 800 points', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 5000 }), (values) => {
        const points = chart(values);
        expect(points.length).toBeLessThanOrEqual(800);
        for (const { step, value } of points) expect(value).toBe(values[step - 1]);
        const steps = points.map(({ step }) => step);
        expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
        const shown = points.map(({ value }) => value);
        expect(Math.max(...shown)).toBe(Math.max(...values));
        expect(Math.min(...shown)).toBe(Math.min(...values));
      }),
      { numRuns: 50 },
    );
  });

  it('shows a single spike and a single dip among 100,000 steps', () => {
    const series = new ChartSeries(0.9, 1);
    for (let step = 1; step <= 100_000; step += 1) {
      series.append(step === 77_777 ? 9 : step === 33_333 ? -9 : Math.sin(step));
    }
    const points = series.points();
    expect(points.length).toBeLessThanOrEqual(800);
    expect(points.length).toBeGreaterThan(350);
    expect(points.find(({ step }) => step === 77_777)?.value).toBe(9);
    expect(points.find(({ step }) => step === 33_333)?.value).toBe(-9);
  });

  it('keeps values that are not finite as they are, without hiding others', () => {
    expect(chart([1, Number.NaN, Infinity, 2]).map(({ value }) => value)).toEqual([
      1,
      Number.NaN,
      Infinity,
      2,
    ]);
    const long = Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? Infinity : i));
    const shown = chart(long).map(({ value }) => value);
    expect(shown).toContain(999);
    expect(shown).toContain(1);
  });
});

describe('DebiasedAverage', () => {
  it('is TensorBoard’s: last / (1 - w^n)', () => {
    const average = new DebiasedAverage(0.6);
    // last: 0.4 * 5 = 2; 0.6 * 2 + 0.4 * 1 = 1.6; divided by 0.4 and 0.64.
    expect(average.next(5)).toBeCloseTo(5, 12);
    expect(average.next(1)).toBeCloseTo(2.5, 12);
    expect(average.next(Number.NaN)).toBeNaN();
    expect(average.next(1)).toBeCloseTo((0.6 * 1.6 + 0.4) / (1 - 0.6 ** 3), 12);
  });

  it('stays within the values it has seen', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (values, weight) => {
          const average = new DebiasedAverage(weight);
          for (const [i, value] of values.entries()) {
            const seen = values.slice(0, i + 1);
            const smoothed = average.next(value);
            // Rounding: dividing by 1 - w^n loses up to three digits at w = 0.999.
            expect(smoothed).toBeLessThanOrEqual(Math.max(...seen) + 1e-6);
            expect(smoothed).toBeGreaterThanOrEqual(Math.min(...seen) - 1e-6);
          }
        },
      ),
    );
  });
});
