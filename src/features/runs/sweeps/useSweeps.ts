/** The sweeps of the kept runs, by name, and which of them is shown. */
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRuns } from '@/features/runs/runsStore';
import { sweepsOf, type Sweep } from '@/features/runs/sweeps/sweepResults';
import { useSweepTexts } from '@/features/runs/sweeps/useSweepTexts';
import { useRunTexts } from '@/features/runs/useRunTexts';
import { useRunQueue } from '@/session/queue/pageQueue';

export interface NamedSweep extends Sweep {
  /** What it varies, and when it was begun. */
  readonly name: string;
}

/** The newest first. */
export function useSweeps(): readonly NamedSweep[] {
  const { t } = useTranslation('sweeps');
  const { fieldName } = useSweepTexts();
  const { date } = useRunTexts();
  const all = useRuns((state) => state.runs);
  return useMemo(
    () =>
      sweepsOf(all).map((sweep) => ({
        ...sweep,
        name: t('results.name', {
          settings: sweep.fields.map(fieldName).join(' × '),
          date: date(sweep.createdAt),
        }),
      })),
    [all, t, fieldName, date],
  );
}

/** Id of the sweep whose results are shown, the one that was begun last or was chosen since; and how to choose. */
export function useShownSweep(): readonly [string | null, (id: string | null) => void] {
  const queued = useRunQueue(({ items }) => items.findLast(({ sweep }) => sweep !== null)?.sweep?.id ?? null);
  const [chosen, setChosen] = useState<string | null>(queued);
  const [seen, setSeen] = useState<string | null>(queued);
  if (queued !== null && queued !== seen) {
    setSeen(queued);
    setChosen(queued);
  }
  return [chosen, setChosen];
}
