/** Runs as a file to keep, and back: what is going on, until a person has put the news away. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { download } from '@/ui/export/download';
import { ArchiveError, type ArchiveDetails } from '@/storage/runs/archive/archiveError';
import { runs } from '@/features/runs/runsStore';

export type RunFileState =
  | { readonly kind: 'none' }
  | { readonly kind: 'writing' | 'reading'; readonly done: number; readonly all: number }
  | { readonly kind: 'written'; readonly runs: number; readonly bytes: number }
  | { readonly kind: 'read'; readonly added: number; readonly present: number }
  | { readonly kind: 'refused'; readonly file: string; readonly details: ArchiveDetails }
  /** The browser's own words. */
  | { readonly kind: 'failed'; readonly message: string };

const none: RunFileState = { kind: 'none' };
const store = createStore<{ readonly state: RunFileState }>(() => ({ state: none }));
const show = (state: RunFileState): void => store.setState({ state });

export function useRunFiles(): RunFileState {
  return useStore(store, ({ state }) => state);
}

const isBusy = (): boolean => {
  const { kind } = store.getState().state;
  return kind === 'writing' || kind === 'reading';
};

const failure = (error: unknown): RunFileState => ({
  kind: 'failed',
  message: error instanceof Error ? error.message : String(error),
});

/** `digit-lab-runs-2026-11-29.zip` */
const fileNameAt = (date: Date): string => `digit-lab-runs-${date.toISOString().slice(0, 10)}.zip`;

/** Never throws: the state says what became of it. */
export async function exportRuns(ids: readonly string[]): Promise<void> {
  if (isBusy()) return;
  const progress = (done: number): void => show({ kind: 'writing', done, all: ids.length });
  progress(0);
  try {
    const { writeArchive } = await import('@/storage/runs/archive/writeArchive');
    const pageVersion = String(import.meta.env['PAGE_VERSION']);
    const file = await writeArchive(await runs.opened(), ids, { pageVersion, onProgress: progress });
    download(fileNameAt(new Date()), file, file.type);
    show({ kind: 'written', runs: ids.length, bytes: file.size });
  } catch (error) {
    show(failure(error));
  }
}

/** Never throws. */
export async function importRuns(file: File): Promise<void> {
  if (isBusy()) return;
  show({ kind: 'reading', done: 0, all: 0 });
  try {
    const { importArchive } = await import('@/storage/runs/archive/readArchive');
    const imported = await importArchive(await runs.opened(), file, (done, all) =>
      show({ kind: 'reading', done, all }),
    );
    show({ kind: 'read', ...imported });
  } catch (error) {
    show(
      error instanceof ArchiveError
        ? { kind: 'refused', file: file.name, details: error.details }
        : failure(error),
    );
  }
  // Runs before a damaged one are there.
  await runs.actions.refresh();
}

export function closeRunFileNews(): void {
  if (!isBusy()) show(none);
}
