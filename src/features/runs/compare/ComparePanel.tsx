/** The selected runs against each other. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { CompareChart } from '@/features/runs/compare/CompareChart';
import type { ComparedLine } from '@/features/runs/compare/compareCurves';
import { RecallTable, SettingsTable, type NamedRun } from '@/features/runs/compare/CompareTables';
import { mostCompared } from '@/features/runs/compare/runLines';
import { useCompared } from '@/features/runs/compare/useCompared';
import { nameOfRun } from '@/storage/runs/runName';
import type { RecordedRun } from '@/storage/runs/runSchema';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { Panel } from '@/ui/layout/Panel';
import classes from '@/features/runs/runs.module.css';

export const comparePanelId = 'compare';

/** Names that tell the runs apart: the second of a name gets a number. */
function namesOf(runs: readonly RecordedRun[]): string[] {
  const seen = new Map<string, number>();
  return runs.map((run) => {
    const name = nameOfRun(run);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

export function ComparePanel({ selected }: { readonly selected: readonly string[] }) {
  const { t } = useTranslation('runs');
  const ids = useMemo(() => selected.slice(0, mostCompared), [selected]);
  const compared = useCompared(ids);
  const named = useMemo<readonly NamedRun[]>(() => {
    const names = namesOf(compared.runs.map(({ run }) => run));
    return compared.runs.map((run, i) => ({ ...run, name: names[i] ?? '' }));
  }, [compared]);
  const lines = useMemo<readonly ComparedLine[]>(
    () => named.map((run) => ({ name: run.name, runs: [run] })),
    [named],
  );
  return (
    <div id={comparePanelId} tabIndex={-1} className={classes['anchor']}>
      <Panel title={t('compare.title')}>
        {compared.kind === 'failed' && (
          <ErrorAlert title={t('failed.title')}>{t('compare.failed')}</ErrorAlert>
        )}
        {selected.length > mostCompared && (
          <p className={classes['detail']}>{t('compare.most', { most: String(mostCompared) })}</p>
        )}
        {named.length > 0 && (
          <>
            <CompareChart lines={lines} />
            <div className={classes['tables']}>
              <div>
                <SettingsTable runs={named} />
              </div>
              <div>
                <RecallTable runs={named} />
              </div>
            </div>
          </>
        )}
      </Panel>
    </div>
  );
}
