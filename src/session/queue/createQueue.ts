/**
 * The one queue of runs. It drives the page's one session, as a person would: it starts a run with its settings, or goes on with one
 * that was cut, and waits until it has ended and is recorded.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { sameConfig, type RunConfig } from '@/model/runConfig';
import {
  advanced,
  begun,
  emptyQueue,
  extended,
  interrupted,
  runningItem,
  settled,
  type ItemState,
  type QueuedRun,
  type QueueState,
} from '@/session/queue/runQueue';
import { loadQueue, mostQueued, saveQueue } from '@/session/queue/queueStorage';
import { isKept } from '@/session/selectors';
import type { Session } from '@/session/session';
import type { SessionState } from '@/session/sessionState';
import { isWholeRun } from '@/storage/runs/wholeRun';
import { acquireTabLock, type TabLock } from '@/storage/tabLock';

export interface RunQueueState {
  readonly queue: QueueState;
  /** Whether a reload goes on with it; false where the browser keeps nothing. */
  readonly outlivesReload: boolean;
}

export interface RunQueueActions {
  /**
   * Trains these runs after those that are queued, or at once; asks where weights on show would be lost. At most `mostQueued`. False
   * where they are not taken: a person would rather keep what is on show, or another tab has the queue.
   */
  readonly add: (runs: readonly QueuedRun[]) => Promise<boolean>;
  /** Stops after the step in hand, until `resume`. */
  readonly pause: () => void;
  /** Goes on, with the run that was cut where it stopped. */
  readonly resume: () => void;
  /** Stops the run in hand and forgets the rest; also closes a queue that is done. */
  readonly cancel: () => void;
}

export interface RunQueue {
  readonly store: StoreApi<RunQueueState>;
  readonly actions: RunQueueActions;
  /** Watches the session. Goes on with a queue that a reload cut, where `resumes`; else offers it. */
  connect(options: { readonly resumes: boolean }): Promise<void>;
}

/** One tab at a time runs the queue: two would train the same runs and take each other's time. */
const queueLockName = 'digit-lab.queue';
/** A page that is loaded again begins before the one of before has let go. */
const lockMilliseconds = 3000;
/** How long the storage may take for a run that has ended. */
const recordMilliseconds = 10_000;

/** Resolves when the state is so, or after a time all the same. */
function settledState(
  { store }: Session,
  isSo: (state: SessionState) => boolean,
  milliseconds: number,
): Promise<void> {
  if (isSo(store.getState())) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    const unsubscribe = store.subscribe((state) => {
      if (isSo(state)) end();
    });
  });
}

/** Whether what a run is trained on is here; after a reload the worker says first what is kept. */
async function isDataKept(session: Session, { data }: RunConfig): Promise<boolean> {
  if (data === undefined) return true;
  await settledState(session, ({ dataSets }) => dataSets !== null, recordMilliseconds);
  return isKept(session.store.getState(), data);
}

/** What has become of a run that finished: as its record has it, once that is written. */
async function recordedEnd(session: Session, runId: string): Promise<ItemState> {
  await settledState(
    session,
    ({ recorded, recordingProblem }) =>
      (recorded?.runId === runId && recorded.phase === 'finished') ||
      recordingProblem === 'failed' ||
      recordingProblem === 'newer_page',
    recordMilliseconds,
  );
  try {
    const run = await (await session.runs()).get(runId);
    if (run?.phase !== 'finished') return 'unkept';
    return isWholeRun(run) ? 'done' : 'changed';
  } catch {
    return 'unkept';
  }
}

/** The queue of a session; the page has one, tests make their own. `storage`: localStorage, or null. */
export function createQueue(session: Session, storage: Storage | null): RunQueue {
  const store = createStore<RunQueueState>(() => ({ queue: emptyQueue, outlivesReload: true }));
  /** The session's run that belongs to the item in hand. */
  let runId: string | null = null;
  let lock: TabLock | null = null;
  /** Counts starts and stops: what a start still waits for means nothing after the next. */
  let turn = 0;

  /** What stood on Train before the queue put its runs' settings there. */
  let draft: RunConfig | null = null;

  /** Where a person has not changed them since. */
  const giveDraftBack = ({ items }: QueueState): void => {
    const { draft: now } = session.store.getState();
    if (draft !== null && items.some(({ config }) => sameConfig(config, now)))
      session.actions.loadPreset(draft);
    draft = null;
  };
  const setQueue = (queue: QueueState): void => {
    if (queue.phase === 'idle') giveDraftBack(store.getState().queue);
    store.setState({ queue, outlivesReload: saveQueue(storage, queue, draft) });
    if (queue.phase === 'running' || queue.phase === 'paused') return;
    turn += 1;
    runId = null;
    lock?.release();
    lock = null;
  };

  /** Trains the item in hand: from where it was cut, where it was begun. */
  const start = async (queue: QueueState): Promise<void> => {
    const item = runningItem(queue);
    if (item === null) return;
    turn += 1;
    const mine = turn;
    const { config, sweep } = item;
    const excess = await session.actions.askMemory(config);
    if (turn !== mine) return;
    if (excess !== null) {
      next('too_large');
      return;
    }
    // It would wait for ever, and all behind it.
    const hasData = await isDataKept(session, config);
    if (turn !== mine) return;
    if (!hasData) {
      next('no_data');
      return;
    }
    if (item.runId !== null) {
      const record = await (await session.runs()).get(item.runId).catch(() => null);
      if (turn !== mine) return;
      if (record?.phase === 'finished') {
        next(isWholeRun(record) ? 'done' : 'changed');
        return;
      }
      const goesOn =
        record !== null &&
        record.deletedAt === null &&
        (await session.actions.openRun(item.runId, { train: true, asks: false }));
      if (turn !== mine) return;
      if (goesOn) {
        ({ runId } = item);
        return;
      }
    }
    session.actions.startFresh(config, sweep);
    runId = session.store.getState().run?.runId ?? null;
    if (runId !== null) setQueue(begun(store.getState().queue, runId));
  };
  /** Puts the first that waits in hand. */
  const startFirst = (from: QueueState): void => {
    // Before the start, whose changes of the session's state the watcher below must not take for a stranger's.
    runId = null;
    if (session.store.getState().worker === 'crashed') session.actions.restartWorker();
    const { draft: now } = session.store.getState();
    if (!from.items.some(({ config }) => sameConfig(config, now))) draft = now;
    const queue = advanced(from);
    setQueue(queue);
    void start(queue);
  };
  /** Ends the item in hand, and puts the next in hand. */
  const next = (state: ItemState): void => startFirst(settled(store.getState().queue, state));

  const begin = async (queue: QueueState, waits = 0): Promise<boolean> => {
    if (!(await session.actions.confirmReplacing())) return false;
    lock ??= await acquireTabLock(queueLockName, waits);
    if (lock !== null) startFirst(queue);
    else store.setState({ queue: { ...queue, phase: 'elsewhere' } });
    return lock !== null;
  };

  const finish = async (finished: string): Promise<void> => {
    const mine = turn;
    const state = await recordedEnd(session, finished);
    if (turn !== mine) return;
    if (session.store.getState().run?.runId === finished) next(state);
    // Something else was begun meanwhile.
    else setQueue(interrupted(settled(store.getState().queue, state)));
  };
  const watch = ({ run, worker }: SessionState, before: SessionState): void => {
    if (runId === null || (run === before.run && worker === before.worker)) return;
    const { queue } = store.getState();
    // After this change of the session has reached everyone: the next start is another one.
    const later = (act: () => void): void => {
      runId = null;
      queueMicrotask(act);
    };
    // Most likely out of memory: the next, smaller one may work.
    if (worker === 'crashed') later(() => next('failed'));
    else if (run?.runId !== runId) later(() => setQueue(interrupted(queue)));
    else if (run.phase === 'finished') {
      const finished = runId;
      later(() => void finish(finished));
    } else if (run.phase === 'stopped') later(() => setQueue(interrupted(queue)));
    else if (run.phase === 'failed') {
      const code = run.error?.code;
      // A lost device would fail every run that follows.
      if (code === 'device' || code === 'elsewhere') later(() => setQueue(interrupted(queue)));
      else later(() => next('failed'));
    } else {
      const phase = run.phase === 'paused' ? 'paused' : 'running';
      if (phase !== queue.phase) setQueue({ ...queue, phase });
    }
  };

  return {
    store,
    actions: {
      add: async (runs) => {
        const { queue } = store.getState();
        const longer = extended(queue.phase === 'elsewhere' ? emptyQueue : queue, runs);
        const items = longer.items.slice(0, mostQueued);
        if (queue.phase !== 'running' && queue.phase !== 'paused') return begin({ ...longer, items });
        setQueue({ ...longer, items });
        return true;
      },
      pause: () => {
        if (runId === null) setQueue(interrupted(store.getState().queue));
        else session.actions.pause();
      },
      resume: () => {
        const { queue } = store.getState();
        if (queue.phase === 'paused') session.actions.resume();
        else if (queue.phase !== 'running') void begin(loadQueue(storage)?.queue ?? queue);
      },
      cancel: () => {
        const isOurs = runId !== null;
        setQueue(emptyQueue);
        if (isOurs) session.actions.stop();
      },
    },
    connect: async ({ resumes }) => {
      session.store.subscribe(watch);
      const saved = loadQueue(storage);
      if (saved === null) return;
      ({ draft } = saved);
      if (resumes && !saved.isResting) await begin(saved.queue, lockMilliseconds);
      else store.setState({ queue: saved.queue });
    },
  };
}
