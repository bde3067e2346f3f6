/** Reads what was recorded of the selected runs, and again whenever one of them has got on. */
import { useEffect, useMemo, useState } from 'react';
import type { ComparedRun } from '@/features/runs/compare/compareCurves';
import { runs, useRuns } from '@/features/runs/runsStore';
import type { RecordedRun } from '@/storage/runs/runSchema';

export interface Compared {
  readonly kind: 'reading' | 'ready' | 'failed';
  readonly runs: readonly ComparedRun[];
}

async function read(run: RecordedRun): Promise<ComparedRun> {
  const store = await runs.opened();
  const [metrics, tests, statistics, curvature] = await Promise.all([
    store.metrics(run.id),
    store.tests(run.id),
    store.statistics(run.id),
    store.curvature(run.id),
  ]);
  return { run, metrics, tests, statistics, curvature };
}

const known = new WeakMap<RecordedRun, Promise<ComparedRun>>();

/** Of a header that is the same, what was recorded is the same too. */
function readOnce(run: RecordedRun): Promise<ComparedRun> {
  const reading = known.get(run) ?? read(run);
  known.set(run, reading);
  reading.catch(() => known.delete(run));
  return reading;
}

/** In the order of `ids`. What was read stays on show until the next is there. */
export function useCompared(ids: readonly string[]): Compared {
  const all = useRuns((state) => state.runs);
  const wanted = useMemo(() => ids.flatMap((id) => all.find((run) => run.id === id) ?? []), [all, ids]);
  const [compared, setCompared] = useState<Compared>({ kind: 'reading', runs: [] });
  useEffect(() => {
    let isCurrent = true;
    const show = (next: Compared): void => {
      if (isCurrent) setCompared(next);
    };
    Promise.all(wanted.map(readOnce)).then(
      (read) => show({ kind: 'ready', runs: read }),
      () => show({ kind: 'failed', runs: [] }),
    );
    return () => {
      isCurrent = false;
    };
  }, [wanted]);
  return compared;
}
