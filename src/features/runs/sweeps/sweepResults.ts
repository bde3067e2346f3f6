/** What a sweep came to, out of its recorded runs: points, means over seeds, and their order. Pure. */
import type { Hyperparameter, HyperparameterValue } from '@/model/hyperparameter';
import { hyperparameters } from '@/model/hyperparameters';
import { deviationOf, meanOf } from '@/model/spread';
import type { RunConfig } from '@/model/runConfig';
import type { RecordedRun } from '@/storage/runs/runSchema';

export const sweepMetrics = ['bestAccuracy', 'lastAccuracy', 'lastLoss'] as const;
/** By which points are compared: of a run's summary. */
export type SweepMetric = (typeof sweepMetrics)[number];

export interface Sweep {
  readonly id: string;
  /** Of its first run. */
  readonly createdAt: number;
  /** What it varies, in the order of the settings panel. */
  readonly fields: readonly Hyperparameter[];
  /** Oldest first. */
  readonly runs: readonly RecordedRun[];
}

/** The sweeps of these runs, the newest first. */
export function sweepsOf(runs: readonly RecordedRun[]): Sweep[] {
  const byId = new Map<string, RecordedRun[]>();
  for (const run of runs) {
    if (run.sweep === null) continue;
    const known = byId.get(run.sweep.id);
    if (known === undefined) byId.set(run.sweep.id, [run]);
    else known.push(run);
  }
  return [...byId]
    .map(([id, some]): Sweep => {
      const ordered = some.toSorted((a, b) => a.createdAt - b.createdAt);
      const keys = new Set(ordered.flatMap(({ sweep }) => sweep?.keys ?? []));
      return {
        id,
        createdAt: ordered[0]?.createdAt ?? 0,
        fields: hyperparameters.filter(({ key }) => keys.has(key)),
        runs: ordered,
      };
    })
    .toSorted((a, b) => b.createdAt - a.createdAt);
}

export interface PointResult {
  readonly point: number;
  /** With the first of its seeds. */
  readonly config: RunConfig;
  /** A value a field of the sweep; undefined where the point has no such setting. */
  readonly values: readonly (HyperparameterValue | undefined)[];
  readonly runs: readonly RecordedRun[];
  /** Of its runs that have ended; null while none has. */
  readonly mean: number | null;
  /** Sample standard deviation over the seeds; null of fewer than two. */
  readonly deviation: number | null;
  /** Runs in the mean. */
  readonly count: number;
}

const isLowerBetter = (metric: SweepMetric): boolean => metric === 'lastLoss';

/** Points in the order of a metric's means, the best first; those without one, or with NaN, last. */
export function pointResults({ fields, runs }: Sweep, metric: SweepMetric): PointResult[] {
  const byPoint = new Map<number, RecordedRun[]>();
  for (const run of runs) {
    const point = run.sweep?.point ?? 0;
    byPoint.set(point, [...(byPoint.get(point) ?? []), run]);
  }
  const results = [...byPoint].flatMap(([point, some]): PointResult[] => {
    const ordered = some.toSorted((a, b) => a.config.seed - b.config.seed);
    const [first] = ordered;
    if (first === undefined) return [];
    const measured = ordered.flatMap(({ phase, summary }) =>
      phase === 'finished' ? (summary[metric] ?? []) : [],
    );
    return [
      {
        point,
        config: first.config,
        values: fields.map((field) => field.read(first.config)),
        runs: ordered,
        mean: meanOf(measured),
        deviation: deviationOf(measured),
        count: measured.length,
      },
    ];
  });
  const sign = isLowerBetter(metric) ? 1 : -1;
  const rank = ({ mean }: PointResult): number =>
    mean === null || Number.isNaN(mean) ? Infinity : sign * mean;
  return results.toSorted((a, b) => {
    const [first, second] = [rank(a), rank(b)];
    return first === second ? a.point - b.point : first - second;
  });
}

/** The best point: one that has ended; undefined while none has. */
export function bestPoint(results: readonly PointResult[]): PointResult | undefined {
  const [first] = results;
  return first === undefined || first.mean === null || Number.isNaN(first.mean) ? undefined : first;
}

/** Where a mean lies between the worst (0) and the best (1) of all; null where it is none. 1 where all are alike. */
export function goodness(
  results: readonly PointResult[],
  metric: SweepMetric,
): (mean: number | null) => number | null {
  const means = results.flatMap(({ mean }) => (mean !== null && Number.isFinite(mean) ? [mean] : []));
  const [low, high] = [Math.min(...means), Math.max(...means)];
  return (mean) => {
    if (mean === null || !Number.isFinite(mean)) return null;
    const share = high > low ? (mean - low) / (high - low) : isLowerBetter(metric) ? 0 : 1;
    return isLowerBetter(metric) ? 1 - share : share;
  };
}
