/**
 * What was measured of the report in this browser, and the queue that measures more. The queue drives the page's one session,
 * as a person would: it puts a run's settings into the draft, starts it, and waits for its end.
 */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RunConfig } from '@/model/runConfig';
import type { RunResult } from '@/model/runResult';
import { matchRun, type RunLength, type RunMatch } from '@/report/reportRuns';
import { openDatabase, type DigitLabDatabase } from '@/storage/database';
import { loadResults, saveResult } from '@/storage/results';
import { acquireTabLock, type TabLock } from '@/storage/tabLock';
import {
  advanced,
  configOf,
  emptyQueue,
  interrupted,
  loadQueue,
  queueOf,
  runningItem,
  saveQueue,
  settled,
  type QueueState,
} from '@/features/report/reportQueue';
import { RunRecorder, type Recording } from '@/session/runRecorder';
import { session as pageSession, type Session } from '@/session/session';
import type { SessionState } from '@/session/sessionState';
import { browserStorage } from '@/session/settings';

export interface ReportState {
  /** Newest last; one a set of settings. */
  readonly results: readonly RunResult[];
  /** `unavailable`: the browser forbids storage; results last as long as the page. */
  readonly storage: 'opening' | 'ready' | 'unavailable';
  readonly queue: QueueState;
}

export interface ReportActions {
  /** Replaces the queue by these runs and starts the first, unless a person would rather keep what trains, or has trained. */
  readonly runQueue: (chosen: readonly { readonly runId: string; readonly length: RunLength }[]) => void;
  /** Goes on with the first run that waits, from its beginning. */
  readonly resumeQueue: () => void;
  /** Stops the run in hand and forgets the rest. */
  readonly cancelQueue: () => void;
}

export interface Report {
  readonly store: StoreApi<ReportState>;
  readonly actions: ReportActions;
  /** Reads what is stored and watches the session. Goes on with a queue that a reload cut, where `resumes`; else offers it. */
  connect(options: { readonly resumes: boolean }): Promise<void>;
}

export interface ReportOptions {
  readonly session: Session;
  readonly openDatabase: () => Promise<DigitLabDatabase>;
  readonly storage: Storage | null;
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
    (newest, result) => (newest === null || result.finishedAt >= newest.finishedAt ? result : newest),
    null,
  );
}

/** One tab at a time runs the queue: two would train the same runs and take each other's time. */
const queueLockName = 'digit-lab.queue';

const settingsKey = (config: RunConfig): string => JSON.stringify(config);

/** With this result in the place of an older one of the same settings. */
function withResult(results: readonly RunResult[], result: RunResult): RunResult[] {
  const key = settingsKey(result.config);
  return [...results.filter(({ config }) => settingsKey(config) !== key), result];
}

/** The report of a session; the page has one, tests make their own. */
export function createReport(options: ReportOptions): Report {
  const { session, storage } = options;
  const store = createStore<ReportState>(() => ({ results: [], storage: 'opening', queue: emptyQueue }));
  const recorder = new RunRecorder(session.metrics, () => performance.now());
  let database: DigitLabDatabase | null = null;
  /** The session's run that belongs to the item in hand. */
  let runId: string | null = null;
  let lock: TabLock | null = null;

  const setQueue = (queue: QueueState): void => {
    store.setState({ queue });
    saveQueue(storage, queue);
    if (queue.phase === 'running') return;
    runId = null;
    lock?.release();
    lock = null;
  };
  /** Puts the next run into the draft, renews a crashed worker, and starts. */
  const startNext = (from: QueueState): void => {
    const queue = advanced(from);
    const item = runningItem(queue);
    const config = item === null ? null : configOf(item);
    if (config === null) {
      setQueue(queue);
      return;
    }
    // Before the start, whose changes of the session's state the watcher below must not take for a stranger's.
    runId = null;
    if (session.store.getState().worker === 'crashed') session.actions.restartWorker();
    setQueue(queue);
    void session.actions.askMemory(config).then((excess) => {
      // Cancelled or taken over meanwhile.
      if (store.getState().queue !== queue) return;
      if (excess !== null) {
        startNext(settled(queue, 'too_large'));
        return;
      }
      session.actions.startFresh(config);
      runId = session.store.getState().run?.runId ?? null;
    });
  };
  const take = async (): Promise<boolean> => {
    lock ??= await acquireTabLock(queueLockName);
    return lock !== null;
  };
  const begin = async (queue: QueueState): Promise<void> => {
    if (!(await session.actions.confirmReplacing())) return;
    if (await take()) startNext(queue);
    else store.setState({ queue: { ...queue, phase: 'elsewhere' } });
  };

  const keep = (result: RunResult): void => {
    if (matchRun(result.config) === null) return;
    store.setState(({ results }) => ({ results: withResult(results, result) }));
    if (database === null) return;
    saveResult(database, result).catch(() => {
      store.setState({ storage: 'unavailable' });
    });
  };
  const watch = (state: SessionState, before: SessionState): void => {
    const recording = recorder.observe(state, before);
    if (recording?.kind === 'recorded') keep(recording.result);
    const next = reactTo(state, runId, store.getState().queue, recording);
    if (next === null) return;
    // After this change of the session has reached everyone: the next start is another one.
    runId = null;
    queueMicrotask(() => {
      if (next.phase === 'running') startNext(next);
      else setQueue(next);
    });
  };

  return {
    store,
    actions: {
      runQueue: (chosen) => void begin(queueOf(chosen)),
      resumeQueue: () => void begin(loadQueue(storage) ?? store.getState().queue),
      cancelQueue: () => {
        const isOurs = runId !== null;
        setQueue(emptyQueue);
        if (isOurs) session.actions.stop();
      },
    },
    connect: async ({ resumes }) => {
      session.store.subscribe(watch);
      const queue = loadQueue(storage);
      if (queue !== null) {
        if (resumes) await begin(queue);
        else store.setState({ queue });
      }
      try {
        database = await options.openDatabase();
        const stored = await loadResults(database);
        store.setState(({ results }) => ({ results: results.reduce(withResult, stored), storage: 'ready' }));
      } catch {
        store.setState({ storage: 'unavailable' });
      }
    },
  };
}

/** What a change of the session means for the queue; null where nothing. */
function reactTo(
  { run, worker }: SessionState,
  runId: string | null,
  queue: QueueState,
  recording: Recording | null,
): QueueState | null {
  if (runId === null || queue.phase !== 'running') return null;
  // Most likely out of memory: the next, smaller one may work.
  if (worker === 'crashed') return settled(queue, 'failed');
  if (run === null || run.runId !== runId) return interrupted(queue);
  switch (run.phase) {
    case 'finished':
      return settled(queue, recording?.kind === 'unrecorded' ? 'unrecorded' : 'done');
    case 'failed':
      // A lost device would fail every run that follows.
      return run.error?.code === 'device' ? interrupted(queue) : settled(queue, 'failed');
    case 'stopped':
      return interrupted(queue);
    case 'preparing':
    case 'ready':
    case 'waiting':
    case 'recovering':
    case 'training':
    case 'paused':
      return null;
    default:
      return run.phase satisfies never;
  }
}

export const report: Report = createReport({
  session: pageSession,
  openDatabase,
  storage: browserStorage(),
});

/** Reads the report's state in a component; renders again only when what the selector gives changes. */
export function useReport<T>(selector: (state: ReportState) => T): T {
  return useStore(report.store, selector);
}
