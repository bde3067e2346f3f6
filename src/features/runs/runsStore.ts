/** The kept runs as the view shows them: what lists hold of each, read when the view opens and while something trains. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { openRuns } from '@/storage/runs/openRuns';
import type { RecordedRun, RunNotes } from '@/storage/runs/runSchema';
import type { RunStore } from '@/storage/runs/runStore';
import { lockedRuns } from '@/storage/tabLock';

export interface RunsState {
  /** `unavailable`: the browser allows no storage; `failed`: it does not give what it holds. */
  readonly phase: 'reading' | 'ready' | 'unavailable' | 'failed';
  readonly runs: readonly RecordedRun[];
  /** Ids of those that a tab trains now. */
  readonly training: ReadonlySet<string>;
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
}

export interface Runs {
  readonly store: StoreApi<RunsState>;
  readonly actions: RunsActions;
  /** The store behind, for what lists do not hold. */
  readonly opened: () => Promise<RunStore>;
}

/** The list of a store; the page has one, tests make their own. */
export function createRuns(open: () => Promise<RunStore>): Runs {
  const store = createStore<RunsState>(() => ({
    phase: 'reading',
    runs: [],
    training: new Set(),
    error: null,
  }));
  let opening: Promise<RunStore> | null = null;
  const opened = (): Promise<RunStore> => {
    opening ??= open();
    return opening;
  };
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
  return {
    store,
    opened,
    actions: {
      refresh: async () => {
        try {
          const runs = await opened();
          const [list, training] = await Promise.all([runs.list(), lockedRuns()]);
          const phase = runs.isPersistent ? 'ready' : 'unavailable';
          store.setState({ phase, runs: list, training, error: null });
        } catch (error) {
          // Another version of the page may have closed the connection.
          opening = null;
          store.setState({ phase: 'failed' });
          failed(error);
        }
      },
      refreshOne: async (id) => {
        try {
          const [run, training] = await Promise.all([(await opened()).get(id), lockedRuns()]);
          store.setState({ training });
          if (run !== null) withRun(run);
        } catch (error) {
          failed(error);
        }
      },
      annotate: async (id, change) => {
        const run = store.getState().runs.find((one) => one.id === id);
        if (run !== undefined) withRun({ ...run, notes: { ...run.notes, ...change } });
        try {
          await (await opened()).annotate(id, change);
        } catch (error) {
          failed(error);
        }
      },
    },
  };
}

export const runs: Runs = createRuns(openRuns);

export function useRuns<T>(selector: (state: RunsState) => T): T {
  return useStore(runs.store, selector);
}
