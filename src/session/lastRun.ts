/** The run that the last visit left, and reading it back. */
import { configAt } from '@/model/runEvents';
import type { RecordedRun } from '@/storage/runs/runSchema';
import type { RunStore } from '@/storage/runs/runStore';
import { isRunFree } from '@/storage/tabLock';
import type { EvaluationPoint } from '@/model/testFigures';
import type { CurvaturePoint } from '@/model/curvature';
import type { StepStatistics } from '@/model/layerStatistics';
import type { StepMetrics } from '@/model/stepMetrics';
import type { RunConfig } from '@/model/runConfig';

const dismissedKey = 'digit-lab.dismissedRun';

/** A page that is loaded again begins before its worker of before has ended, which for one with gigabytes takes a while. */
const endMilliseconds = 20_000;

/** It has steps to go. */
export const isUnfinished = ({ phase }: RecordedRun): boolean => phase !== 'finished' && phase !== 'stopped';

type Kept = Pick<Storage, 'getItem' | 'setItem'>;

/** The run that the last visit left. */
export interface LastRun {
  readonly run: RecordedRun;
  /** Whether a state of it is kept: else it can begin again alone. */
  readonly hasState: boolean;
}

/** The last one, where no tab trains it, a person has not put it away, and there is something to do with it. */
export async function findLastRun(store: RunStore, storage: Kept): Promise<LastRun | null> {
  const runs = await store.list();
  const [last] = runs.toSorted((a, b) => b.updatedAt - a.updatedAt);
  if (last === undefined || last.id === storage.getItem(dismissedKey)) return null;
  if (!(await isRunFree(last.id, endMilliseconds))) return null;
  const hasState = (await store.keyframeSteps(last.id)).length > 0;
  return hasState || isUnfinished(last) ? { run: last, hasState } : null;
}

/** Does not offer it again. */
export function dismissRun(runId: string, storage: Kept): void {
  storage.setItem(dismissedKey, runId);
}

/** A run as it stood at its last keyframe. */
export interface ReadRun {
  readonly run: RecordedRun;
  /** As it is now. */
  readonly config: RunConfig;
  /** Of the last keyframe. */
  readonly step: number;
  readonly metrics: StepMetrics;
  /** Of each step, in milliseconds since 1970, without pauses: from when the run began, as long as it had trained. */
  readonly times: Float64Array;
  readonly statistics: readonly StepStatistics[];
  readonly curvature: readonly CurvaturePoint[];
  readonly tests: readonly EvaluationPoint[];
}

/** Null where it is not there any more, or cannot be read. */
export async function readRun(store: RunStore, id: string): Promise<ReadRun | null> {
  const run = await store.get(id);
  if (run === null) return null;
  const [metrics, statistics, curvature, tests, keyframes] = await Promise.all([
    store.metrics(id),
    store.statistics(id),
    store.curvature(id),
    store.tests(id),
    store.keyframeSteps(id),
  ]);
  const step = keyframes.at(-1) ?? 0;
  const line = (name: 'loss' | 'accuracy' | 'learningRate'): Float32Array<ArrayBuffer> =>
    metrics.values(name).slice(0, step);
  return {
    run,
    config: configAt(run.config, run.events, Infinity),
    step,
    metrics: {
      firstStep: 0,
      loss: line('loss'),
      accuracy: line('accuracy'),
      learningRate: line('learningRate'),
    },
    times: Float64Array.from(
      metrics.values('seconds').subarray(0, step),
      (seconds) => run.createdAt + 1000 * seconds,
    ),
    statistics: statistics.filter((one) => one.step < step),
    curvature: curvature.filter((one) => one.step <= step),
    tests: tests.filter((one) => one.step <= step),
  };
}
