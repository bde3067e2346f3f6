/** What this browser measured of the report's runs: read out of the recorded runs of the same settings. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { finiteOrNull, fullTestOf, resultBackend, type RunResult, type ThinnedLine } from '@/model/runResult';
import { matchRun, type RunMatch } from '@/report/reportRuns';
import { ChartSeries } from '@/session/chartSeries';
import { session, useSession } from '@/session/session';
import type { RecordedMetrics } from '@/storage/runs/recordedMetrics';
import type { RecordedRun } from '@/storage/runs/runSchema';
import type { RunStore } from '@/storage/runs/runStore';
import { isWholeRun, settingsNow } from '@/storage/runs/wholeRun';

export interface MeasuredState {
  readonly results: readonly RunResult[];
  /** `unavailable`: nothing can be stored, results last as long as the page; `failed`: it does not give what it holds. */
  readonly storage: 'opening' | 'ready' | 'unavailable' | 'failed';
}

export interface MeasuredResults {
  readonly store: StoreApi<MeasuredState>;
  /** Reads what has come, or gone, since. Never throws. */
  readonly refresh: () => Promise<void>;
}

/** The measured result of this run at this length; with a seed, of that seed; the newest. */
export function resultOf(
  results: readonly RunResult[],
  { run, length }: RunMatch,
  seed?: number,
): RunResult | null {
  const found = results.filter(({ config }) => {
    const match = matchRun(config);
    return (
      match?.run.id === run.id && match.length === length && (seed === undefined || config.seed === seed)
    );
  });
  return found.reduce<RunResult | null>(
    (newest, result) => (newest === null || result.begunAt >= newest.begunAt ? result : newest),
    null,
  );
}

function lossLine(metrics: RecordedMetrics): ThinnedLine {
  const series = new ChartSeries(0, 1);
  for (const value of metrics.values('loss')) series.append(value);
  const points = series.points();
  return {
    steps: points.map(({ step }) => step),
    values: points.map(({ value }) => finiteOrNull(value)),
  };
}

async function resultOfRun(run: RecordedRun, store: RunStore): Promise<RunResult> {
  const { id, createdAt, environment, summary, thinnedLoss } = run;
  const tests = await store.tests(id);
  return {
    config: settingsNow(run),
    begunAt: createdAt,
    backend: resultBackend(environment),
    seconds: summary.seconds,
    trainingLoss: thinnedLoss ?? lossLine(await store.metrics(id)),
    tests: tests.filter(({ extent }) => extent === 'full').map(fullTestOf),
  };
}

/** Whether it is one of the report's, as the report has it. */
const isMeasured = (run: RecordedRun): boolean => isWholeRun(run) && matchRun(settingsNow(run)) !== null;

/** The results in a store of runs; the page has one, tests make their own. */
export function createMeasuredResults(runs: () => Promise<RunStore>): MeasuredResults {
  const store = createStore<MeasuredState>(() => ({ results: [], storage: 'opening' }));
  /** By the run's id: what is finished stays as it is, unless it is trained for more epochs. */
  const known = new Map<string, { readonly steps: number; readonly result: Promise<RunResult> }>();
  const read = (run: RecordedRun, kept: RunStore): Promise<RunResult> => {
    const { steps } = run.summary;
    const before = known.get(run.id);
    if (before?.steps === steps) return before.result;
    const result = resultOfRun(run, kept);
    known.set(run.id, { steps, result });
    result.catch(() => known.delete(run.id));
    return result;
  };
  return {
    store,
    refresh: async () => {
      try {
        const kept = await runs();
        const measured = (await kept.list()).filter(isMeasured);
        const results = await Promise.all(measured.map((run) => read(run, kept)));
        store.setState({ results, storage: kept.obstacle === null ? 'ready' : 'unavailable' });
      } catch {
        store.setState({ storage: 'failed' });
      }
    },
  };
}

const measured = createMeasuredResults(session.runs);

export function useMeasured<T>(selector: (state: MeasuredState) => T): T {
  return useStore(measured.store, selector);
}

/** Keeps the results up to date while the view is open. */
export function useFreshResults(): void {
  const ended = useSession(({ recorded }) => (recorded?.phase === 'finished' ? recorded.runId : null));
  useEffect(() => {
    const refresh = (): void => {
      if (document.visibilityState === 'visible') void measured.refresh();
    };
    refresh();
    // Other tabs train and delete too.
    document.addEventListener('visibilitychange', refresh);
    return () => document.removeEventListener('visibilitychange', refresh);
    // One more has ended.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [ended]);
}
