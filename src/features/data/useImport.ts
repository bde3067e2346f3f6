/** Files on their way to a data set: read, looked at, kept or not. */
import { useCallback, useRef, useState } from 'react';
import { usualReading, type DataPreview, type DataProblem, type DataReading } from '@/model/dataImport';
import type { DataSpec } from '@/model/dataSet';
import { RequestError } from '@/session/pendingRequests';
import { session } from '@/session/session';
import type { ChosenFile } from '@/features/data/givenFiles';

export type ImportState =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading'; readonly done: number | null }
  | { readonly kind: 'preview'; readonly preview: DataPreview }
  | { readonly kind: 'keeping'; readonly preview: DataPreview }
  | { readonly kind: 'kept'; readonly spec: DataSpec }
  | { readonly kind: 'refused'; readonly problem: DataProblem }
  | { readonly kind: 'failed'; readonly message: string };

function failureOf(error: unknown): ImportState {
  if (error instanceof RequestError && error.details?.kind === 'data_import')
    return { kind: 'refused', problem: error.details.problem };
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
}

export function useImport() {
  const [state, setState] = useState<ImportState>({ kind: 'none' });
  const [reading, setReading] = useState<DataReading>(usualReading);
  const files = useRef<readonly ChosenFile[]>([]);
  /** What comes of an earlier reading is no news any more. */
  const turn = useRef(0);

  const read = useCallback(async (how: DataReading): Promise<void> => {
    turn.current += 1;
    const mine = turn.current;
    const set = (next: ImportState): void => {
      if (mine === turn.current) setState(next);
    };
    set({ kind: 'reading', done: null });
    try {
      const preview = await session.actions.ask(
        'readDataSet',
        { files: files.current, reading: how },
        ({ done }) => set({ kind: 'reading', done }),
      );
      set({ kind: 'preview', preview });
    } catch (error) {
      set(failureOf(error));
    }
  }, []);

  return {
    state,
    reading,
    open: (chosen: readonly ChosenFile[]): void => {
      if (chosen.length === 0) return;
      files.current = chosen;
      setReading(usualReading);
      void read(usualReading);
    },
    fail: (error: unknown): void => setState(failureOf(error)),
    readAs: (change: Partial<DataReading>): void => {
      const next = { ...reading, ...change };
      setReading(next);
      void read(next);
    },
    keep: async (names: Pick<DataSpec, 'name' | 'classNames'>): Promise<void> => {
      if (state.kind !== 'preview') return;
      setState({ kind: 'keeping', preview: state.preview });
      try {
        setState({ kind: 'kept', spec: await session.actions.ask('keepDataSet', names) });
      } catch (error) {
        setState(failureOf(error));
      }
    },
    dismiss: (): void => {
      turn.current += 1;
      setState({ kind: 'none' });
    },
  };
}
