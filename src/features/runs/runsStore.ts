/** The kept runs as the view shows them: what lists hold of each, read when the view opens and while something trains. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { restingRun } from '@/session/selectors';
import { session } from '@/session/session';
import type { RecordedRun, RunNotes } from '@/storage/runs/runSchema';
import type { RunStore, StorageObstacle } from '@/storage/runs/runStore';
import { lockedRuns } from '@/storage/tabLock';

export interface RunsState {
  /** Runs of this visit alone, with why; `failed`: the browser does not give what it holds. */
  readonly phase: 'reading' | 'ready' | StorageObstacle | 'failed';
  readonly runs: readonly RecordedRun[];
  /** Deleted ones that can be brought back, the last deleted first. */
  readonly deleted: readonly RecordedRun[];
  /** How many more are kept that only a newer version of the page reads. */
  readonly newer: number;
  /** Ids of those that a tab has open: that it trains, or has on show. */
  readonly open: ReadonlySet<string>;
  /** What the browser said when it did not take or give something. */
  readonly error: string | null;
}

export interface RunsActions {
  /** Reads the list anew. Never throws. */
  readonly refresh: () => Promise<void>;
  /** Reads one run of it anew. */
  readonly refreshOne: (id: string) => Promise<void>;
  /** Shows the change at once, and writes it. */
  readonly annotate: (id: string, change: Partial<RunNotes>) => Promise<void>;
  /**
   * Those that no tab has open, but for the one that rests on show in this page: a fresh network takes its place, after a question where
   * no storage has its weights. They can be brought back for a day.
   */
  readonly deleteRuns: (ids: readonly string[]) => Promise<void>;
  readonly bringBack: (ids: readonly string[]) => Promise<void>;
  /** Frees the space of all that are deleted. */
  readonly removeDeleted: () => Promise<void>;
}

export interface Runs {
  readonly store: StoreApi<RunsState>;
  readonly actions: RunsActions;
  /** The store behind, for what lists do not hold. */
  readonly opened: () => Promise<RunStore>;
}

/** open: ids of the runs that a tab has open; resting: of the one on show here that does not train. */
export function canBeDeleted(id: string, open: ReadonlySet<string>, resting: string | null): boolean {
  return !open.has(id) || id === resting;
}

/** How long a deleted run can be brought back: over a night, and over any reload. */
const undoMilliseconds = 24 * 3600 * 1000;

/** What the page has to do with runs that go. */
export interface RunsOnShow {
  /** The run on show, where it does not train; null: none. */
  readonly resting: () => string | null;
  /** Whether it may go: asks where its weights would be lost. */
  readonly confirmReplacing: () => Promise<boolean>;
  /** Hears which runs go. */
  readonly forgetRuns: (ids: readonly string[]) => void;
}

const nothingOnShow: RunsOnShow = {
  resting: () => null,
  confirmReplacing: () => Promise.resolve(true),
  forgetRuns: () => undefined,
};

const isOver = (deletedAt: number | null, now: number): boolean =>
  deletedAt !== null && now - deletedAt > undoMilliseconds;

/** The list of a store; the page has one, tests make their own. */
export function createRuns(opened: () => Promise<RunStore>, onShow: RunsOnShow = nothingOnShow): Runs {
  const store = createStore<RunsState>(() => ({
    phase: 'reading',
    runs: [],
    deleted: [],
    newer: 0,
    open: new Set(),
    error: null,
  }));
  const failed = (error: unknown): void => {
    store.setState({ error: error instanceof Error ? error.message : String(error) });
  };
  const withRun = (run: RecordedRun): void => {
    store.setState(({ runs }) => ({
      runs: runs.some(({ id }) => id === run.id)
        ? runs.map((one) => (one.id === run.id ? run : one))
        : [run, ...runs],
    }));
  };
  const read = async (): Promise<void> => {
    const kept = await opened();
    const [list, deleted, newer, open] = await Promise.all([
      kept.list(),
      kept.deleted(),
      kept.newer(),
      lockedRuns(),
    ]);
    const phase = kept.obstacle ?? 'ready';
    store.setState({ phase, runs: list, deleted, newer: newer.length, open, error: null });
  };
  /** Changes the store, and reads what became of it. */
  const change = async (act: (kept: RunStore) => Promise<void>): Promise<void> => {
    try {
      await act(await opened());
      await read();
    } catch (error) {
      failed(error);
    }
  };
  const remove = async (kept: RunStore, runs: readonly RecordedRun[]): Promise<void> => {
    const locked = await lockedRuns();
    await kept.remove(runs.map(({ id }) => id).filter((id) => !locked.has(id)));
  };
  return {
    store,
    opened,
    actions: {
      refresh: async () => {
        try {
          await read();
          const over = store.getState().deleted.filter(({ deletedAt }) => isOver(deletedAt, Date.now()));
          if (over.length === 0) return;
          await remove(await opened(), over);
          await read();
        } catch (error) {
          store.setState({ phase: 'failed' });
          failed(error);
        }
      },
      refreshOne: async (id) => {
        try {
          const [run, open] = await Promise.all([(await opened()).get(id), lockedRuns()]);
          store.setState({ open });
          if (run !== null && run.deletedAt === null) withRun(run);
        } catch (error) {
          failed(error);
        }
      },
      deleteRuns: async (ids) => {
        const resting = onShow.resting();
        if (resting !== null && ids.includes(resting) && !(await onShow.confirmReplacing())) return;
        await change(async (kept) => {
          const open = await lockedRuns();
          const free = ids.filter((id) => canBeDeleted(id, open, onShow.resting()));
          await kept.setDeleted(free, Date.now());
          onShow.forgetRuns(free);
        });
      },
      bringBack: (ids) => change((kept) => kept.setDeleted(ids, null)),
      removeDeleted: () => change((kept) => remove(kept, store.getState().deleted)),
      annotate: async (id, part) => {
        const run = store.getState().runs.find((one) => one.id === id);
        if (run !== undefined) withRun({ ...run, notes: { ...run.notes, ...part } });
        try {
          await (await opened()).annotate(id, part);
        } catch (error) {
          failed(error);
        }
      },
    },
  };
}

export const runs: Runs = createRuns(session.runs, {
  resting: () => restingRun(session.store.getState()),
  confirmReplacing: session.actions.confirmReplacing,
  forgetRuns: session.actions.forgetRuns,
});

export function useRuns<T>(selector: (state: RunsState) => T): T {
  return useStore(runs.store, selector);
}
