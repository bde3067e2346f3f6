/** A curve of another program's run, ready to be drawn over ours. */
import { useMemo } from 'react';
import type { MetricCurve } from '@/formats/metrics/metricsFile';
import type { MetricColumn } from '@/formats/metrics/metricsTable';
import { DebiasedAverage } from '@/model/debiasedAverage';
import { useOtherRun } from '@/features/train/otherRun';
import { thinned } from '@/ui/chart/chartScale';

export const otherColor = 'var(--series-4)';

export interface OtherPoint {
  readonly step: number;
  readonly value: number;
}

export interface OtherCurve {
  readonly points: readonly OtherPoint[];
  /** Of the finite values drawn; from infinity to minus infinity where there is none. */
  readonly low: number;
  readonly high: number;
  readonly last: number;
}

/** As many as a chart of ours has. */
const mostPoints = 800;

/** smoothing: TensorBoard's weight; factor: what values are multiplied by, such as 100 for percents. */
export function otherCurve({ steps, values }: MetricCurve, smoothing: number, factor: number): OtherCurve {
  const average = new DebiasedAverage(smoothing);
  const smoothed = steps.map((step, i) => ({ step, value: factor * average.next(values[i] ?? NaN) }));
  const points = thinned(smoothed, mostPoints);
  let [low, high] = [Infinity, -Infinity];
  for (const { value } of points) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { points, low, high, last: steps.at(-1) ?? 0 };
}

export const valueOf = ({ value }: OtherPoint): number => value;

/** Null where no other run is there, or it has no such curve. */
export function useOtherCurve(column: MetricColumn, smoothing = 0, factor = 1): OtherCurve | null {
  const other = useOtherRun();
  return useMemo(() => {
    const curve = other.kind === 'read' ? other.curves.get(column) : undefined;
    return curve === undefined ? null : otherCurve(curve, smoothing, factor);
  }, [other, column, smoothing, factor]);
}
