/** Two runs of one configuration step by step: how far they are from each other, and from where on. */
import type { MetricCurve } from '@/formats/metrics/metricsFile';

/** Beyond it, relative to the values where those are above 1, two curves are told apart: three digits after the point differ. */
export const partingDistance = 1e-3;

export interface CurveComparison {
  /** Steps that both have. */
  readonly steps: number;
  /** Infinite where one of the two is no number, or infinite, and the other is not the same. */
  readonly largest: { readonly step: number; readonly difference: number };
  /** The first step beyond partingDistance; null where there is none. */
  readonly parting: number | null;
}

function distance(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  const difference = Math.abs(a - b);
  return Number.isNaN(difference) ? Infinity : difference;
}

/** Null where they have no step in common. */
export function compareCurves(a: MetricCurve, b: MetricCurve): CurveComparison | null {
  let at = 0;
  let steps = 0;
  let largest = { step: 0, difference: -1 };
  let parting: number | null = null;
  a.steps.forEach((step, i) => {
    while ((b.steps[at] ?? Infinity) < step) at += 1;
    if (b.steps[at] !== step) return;
    const other = b.values[at] ?? NaN;
    const value = a.values[i] ?? NaN;
    const difference = distance(value, other);
    steps += 1;
    if (difference > largest.difference) largest = { step, difference };
    const scale = Math.max(1, Math.min(Math.abs(value), Math.abs(other)) || 0);
    if (parting === null && difference > partingDistance * scale) parting = step;
  });
  return steps === 0 ? null : { steps, largest, parting };
}
