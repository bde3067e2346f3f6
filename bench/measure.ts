/** Interleaved measuring: every round runs each row once, so that a noisy machine treats all alike. */
import type { BenchRow, BenchTask } from './row.ts';

export interface Measured {
  readonly label: string;
  readonly network: string;
  readonly batchSize: number;
  readonly firstStepMilliseconds: number;
  /** Milliseconds a step, one value a round. */
  readonly rounds: readonly number[];
  readonly median: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly imagesPerSecond: number;
  /** This row's median over the reference row's. */
  readonly ratio: number;
  readonly error: string | null;
}

/** Median of at least one value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export interface MeasureOptions {
  readonly rounds: number;
  /** About how long one row runs in one round. */
  readonly roundMilliseconds: number;
}

interface Prepared {
  readonly row: BenchRow;
  readonly firstStepMilliseconds: number;
  readonly steps: number;
  readonly rounds: number[];
}

/** Measures all rows on one task; a row that fails is reported with its error and left out of the rounds. The first row is the reference of `ratio`. */
export async function measure(
  rows: readonly BenchRow[],
  task: BenchTask,
  options: MeasureOptions,
): Promise<Measured[]> {
  const prepared: Prepared[] = [];
  const failed: Measured[] = [];
  for (const row of rows) {
    try {
      const { firstStepMilliseconds } = await row.prepare(task);
      const warm = await row.run(2);
      const steps = Math.max(1, Math.min(200, Math.round(options.roundMilliseconds / (warm / 2))));
      prepared.push({ row, firstStepMilliseconds, steps, rounds: [] });
    } catch (error) {
      failed.push(failure(row, task, error));
    }
  }
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { row, steps, rounds } of prepared) rounds.push((await row.run(steps)) / steps);
  }
  const reference = prepared[0] === undefined ? Number.NaN : median(prepared[0].rounds);
  return [...prepared.map((entry) => summary(entry, task, reference)), ...failed];
}

function summary(entry: Prepared, task: BenchTask, reference: number): Measured {
  const middle = median(entry.rounds);
  return {
    label: entry.row.label,
    network: task.network,
    batchSize: task.batchSize,
    firstStepMilliseconds: entry.firstStepMilliseconds,
    rounds: entry.rounds,
    median: middle,
    minimum: Math.min(...entry.rounds),
    maximum: Math.max(...entry.rounds),
    imagesPerSecond: (1000 * task.batchSize) / middle,
    ratio: middle / reference,
    error: null,
  };
}

function failure(row: BenchRow, task: BenchTask, error: unknown): Measured {
  const nothing = Number.NaN;
  return {
    label: row.label,
    network: task.network,
    batchSize: task.batchSize,
    firstStepMilliseconds: nothing,
    rounds: [],
    median: nothing,
    minimum: nothing,
    maximum: nothing,
    imagesPerSecond: nothing,
    ratio: nothing,
    error: error instanceof Error ? error.message : String(error),
  };
}
