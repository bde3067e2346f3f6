/**
 * The doctor at the side of every run: looks at what was measured every now and then, and puts what it finds into the state.
 * In short tasks, so that the page never waits for it.
 */
import type { StoreApi } from 'zustand/vanilla';
import { diagnosisBy } from '@/doctor/diagnose';
import type { Diagnosis } from '@/doctor/diagnosis';
import { diagnosisIds } from '@/doctor/rules';
import type { RunRecord } from '@/doctor/runRecord';
import { isUntrained } from '@/model/weightsOrigin';
import type { MetricsLog } from '@/session/metricsLog';
import type { SessionState } from '@/session/sessionState';
import type { StatisticsLog } from '@/session/statisticsLog';

/** Between two looks; the first comes sooner. */
const pauseMilliseconds = 1500;
const firstPauseMilliseconds = 300;
/** The page may go on after so long: all rules take about 1 ms on 2,000 steps. */
const taskMilliseconds = 8;

export interface WatchedRun {
  readonly store: StoreApi<SessionState>;
  readonly metrics: MetricsLog;
  readonly statistics: StatisticsLog;
}

function recordOf({ store, metrics, statistics }: WatchedRun): RunRecord | null {
  const { run, evaluations } = store.getState();
  if (run === null || metrics.count === 0) return null;
  return {
    config: run.config,
    isFineTuning: !isUntrained(run.origin),
    loss: metrics.values('loss'),
    accuracy: metrics.values('accuracy'),
    evaluations,
    statistics: statistics.steps,
  };
}

const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve);
  });

/** Applies all rules to the run as it is now; null where it was replaced meanwhile. */
async function look(watched: WatchedRun): Promise<readonly Diagnosis[] | null> {
  const { store } = watched;
  const runId = store.getState().run?.runId;
  const record = recordOf(watched);
  if (record === null) return [];
  const found: Diagnosis[] = [];
  let start = performance.now();
  for (const id of diagnosisIds) {
    const diagnosis = diagnosisBy(id, record);
    if (diagnosis !== null) found.push(diagnosis);
    if (performance.now() - start < taskMilliseconds) continue;
    await nextTask();
    if (store.getState().run?.runId !== runId) return null;
    start = performance.now();
  }
  return found;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Watches every run of the session, as long as the page lives. */
export function watchRun(watched: WatchedRun): void {
  const { store } = watched;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLooking = false;
  /** At this run. */
  let hasLooked = false;

  const visit = async (): Promise<void> => {
    const found = await look(watched);
    isLooking = false;
    if (found === null) return;
    const { diagnoses } = store.getState();
    if (!same(diagnoses, found)) store.setState({ diagnoses: found });
  };
  const schedule = (milliseconds: number): void => {
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      // What came during a look is seen by the next one.
      if (isLooking) return schedule(pauseMilliseconds);
      isLooking = true;
      hasLooked = true;
      void visit();
    }, milliseconds);
  };

  store.subscribe((state, before) => {
    if (state.run?.runId !== before.run?.runId) {
      hasLooked = false;
      if (state.diagnoses.length > 0) store.setState({ diagnoses: [] });
      return;
    }
    const isNew =
      state.metricsVersion !== before.metricsVersion ||
      state.statisticsVersion !== before.statisticsVersion ||
      state.evaluations !== before.evaluations;
    if (isNew) schedule(hasLooked ? pauseMilliseconds : firstPauseMilliseconds);
  });
}
