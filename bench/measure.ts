/** Interleaved measuring: every round runs each row once, so that a noisy machine treats all alike. */
import type { OptimizerKind } from '@/model/optimizers';
import type { BenchRow, BenchTask } from './row.ts';
import type { StepProfile } from './stepProfile.ts';

export interface Measured {
  readonly label: string;
  readonly network: string;
  readonly batchSize: number;
  readonly width: number;
  readonly optimizer: OptimizerKind;
  /** Compiling and the first step. */
  readonly firstStepMilliseconds: number;
  /** Milliseconds a step, one value a round. */
  readonly rounds: readonly number[];
  readonly median: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly imagesPerSecond: number;
  /** This row's median over the reference row's. */
  readonly ratio: number;
  readonly profile: StepProfile | null;
  readonly error: string | null;
}

/** Median of at least one value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Of positive values, at least one. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

export interface MeasureOptions {
  readonly rounds: number;
  /** About how long one row runs in one round. */
  readonly roundMilliseconds: number;
  /** A row that has not finished its first step by then is left out. */
  readonly prepareSeconds: number;
  /** Whether steps are counted after the rounds, too; true where absent. */
  readonly isProfiled?: boolean;
}

interface Prepared {
  readonly row: BenchRow;
  readonly firstStepMilliseconds: number;
  readonly steps: number;
  readonly rounds: number[];
  profile: StepProfile | null;
  error: string | null;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No first step within ${seconds} s.`)), seconds * 1000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function prepare(row: BenchRow, task: BenchTask, options: MeasureOptions): Promise<Prepared> {
  const entry = { row, firstStepMilliseconds: Number.NaN, steps: 0, rounds: [], profile: null };
  try {
    const { firstStepMilliseconds } = await within(options.prepareSeconds, row.prepare(task));
    const warm = await row.run(2);
    const steps = Math.max(1, Math.min(500, Math.round(options.roundMilliseconds / (warm / 2))));
    return { ...entry, firstStepMilliseconds, steps, error: null };
  } catch (error) {
    // What still compiles would disturb the others.
    await row.close();
    return { ...entry, error: messageOf(error) };
  }
}

/** One turn of a row; a row that fails is left out from then on. */
async function turn(entry: Prepared): Promise<void> {
  if (entry.error !== null) return;
  try {
    entry.rounds.push((await entry.row.run(entry.steps)) / entry.steps);
  } catch (error) {
    entry.error = messageOf(error);
  }
}

async function profile(entry: Prepared, milliseconds: number): Promise<void> {
  if (entry.error !== null) return;
  try {
    // Enough that what a reading of the metrics costs is spread over as many steps as in training.
    const steps = Math.max(entry.steps, Math.min(100, Math.round(milliseconds / median(entry.rounds))));
    entry.profile = await entry.row.profile(steps);
  } catch (error) {
    entry.error = messageOf(error);
  }
}

/**
 * Measures all rows on one task; a row that fails is reported with its error. The first row that ran is the reference of
 * `ratio`.
 */
export async function measure(
  rows: readonly BenchRow[],
  task: BenchTask,
  options: MeasureOptions,
): Promise<Measured[]> {
  const entries: Prepared[] = [];
  for (const row of rows) entries.push(await prepare(row, task, options));
  for (let round = 0; round < options.rounds; round += 1) {
    for (const entry of entries) await turn(entry);
  }
  if (options.isProfiled ?? true)
    for (const entry of entries) await profile(entry, 2 * options.roundMilliseconds);
  const reference = entries.find(({ rounds }) => rounds.length > 0)?.rounds ?? [];
  return entries.map((entry) => summary(entry, task, median(reference)));
}

function summary(entry: Prepared, task: BenchTask, reference: number): Measured {
  const { network, batchSize, width = 1, optimizer = 'SGD' } = task;
  const { row, firstStepMilliseconds, rounds, profile: counted, error } = entry;
  return {
    label: row.label,
    network,
    batchSize,
    width,
    optimizer,
    firstStepMilliseconds,
    ...statisticsOf(rounds, batchSize, reference),
    profile: counted,
    error,
  };
}

type RoundStatistics = Pick<
  Measured,
  'rounds' | 'median' | 'minimum' | 'maximum' | 'imagesPerSecond' | 'ratio'
>;

function statisticsOf(rounds: readonly number[], batchSize: number, reference: number): RoundStatistics {
  const hasRun = rounds.length > 0;
  const middle = median(rounds);
  return {
    rounds,
    median: middle,
    minimum: hasRun ? Math.min(...rounds) : Number.NaN,
    maximum: hasRun ? Math.max(...rounds) : Number.NaN,
    imagesPerSecond: (1000 * batchSize) / middle,
    ratio: middle / reference,
  };
}

/** The rows of one task with the rounds of a later measurement of the same rows behind their own. */
export function withLaterRounds(earlier: readonly Measured[], later: readonly Measured[]): Measured[] {
  const joined = earlier.map((row) => {
    const again = later.find(({ label }) => label === row.label);
    return {
      ...row,
      rounds: [...row.rounds, ...(again?.rounds ?? [])],
      error: row.error ?? again?.error ?? null,
    };
  });
  const reference = median(joined.find(({ rounds }) => rounds.length > 0)?.rounds ?? []);
  return joined.map((row) => ({ ...row, ...statisticsOf(row.rounds, row.batchSize, reference) }));
}
