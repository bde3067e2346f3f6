/** Every run that was kept: a table to find, name and open them. */
import { Title } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { ComparePanel } from '@/features/runs/compare/ComparePanel';
import { DeletedNotice } from '@/features/runs/DeletedNotice';
import { RunDetails } from '@/features/runs/RunDetails';
import { RunFilters } from '@/features/runs/RunFilters';
import { RunTable } from '@/features/runs/RunTable';
import { shownRuns, type RunFilter, type RunSort } from '@/features/runs/runRows';
import { SelectionBar } from '@/features/runs/SelectionBar';
import { SweepPanel } from '@/features/runs/sweeps/SweepPanel';
import { StoragePanel } from '@/features/runs/StoragePanel';
import { useRuns } from '@/features/runs/runsStore';
import { runStatus } from '@/features/runs/runStatus';
import { useRunList } from '@/features/runs/useRunList';
import { useRunTexts } from '@/features/runs/useRunTexts';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { Panel } from '@/ui/layout/Panel';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/runs/runs.module.css';

function Problem() {
  const { t } = useTranslation('runs');
  const phase = useRuns((state) => state.phase);
  const error = useRuns((state) => state.error);
  if (phase === 'unavailable') return <ErrorAlert tone="warning" title={t('unavailable')} />;
  if (error === null) return null;
  return (
    <ErrorAlert title={t('failed.title')} detail={error}>
      {t('failed.text')}
    </ErrorAlert>
  );
}

function Empty() {
  const { t } = useTranslation('runs');
  const phase = useRuns((state) => state.phase);
  return (
    <p className={classes['empty']} aria-live="polite">
      {t(phase === 'reading' ? 'reading' : 'empty')}{' '}
      {phase !== 'reading' && <Link href="/">{t('toTrain')}</Link>}
    </p>
  );
}

export function RunsView() {
  const { t, i18n } = useTranslation('runs');
  const format = useNumberFormat();
  const { status } = useRunTexts();
  const [filter, setFilter] = useState<RunFilter>({ text: '', network: null });
  const [sort, setSort] = useState<RunSort>({ key: 'createdAt', isDescending: true });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState<string | null>(null);
  const all = useRuns((state) => state.runs);
  const training = useRuns((state) => state.training);
  useRunList();
  const shown = useMemo(
    () =>
      shownRuns(all, {
        filter,
        sort,
        status: (run) => status(runStatus(run, training)),
        language: i18n.language,
      }),
    [all, filter, sort, status, training, i18n.language],
  );
  const chosen = useMemo(() => all.flatMap(({ id }) => (selected.has(id) ? [id] : [])), [all, selected]);
  const select = useCallback((ids: readonly string[]) => setSelected(new Set(ids)), []);
  const close = useCallback(() => setOpened(null), []);
  return (
    <div className={classes['page']}>
      <header>
        <Title order={1}>{t('title')}</Title>
        <p className={classes['intro']}>{t('intro')}</p>
      </header>
      <Problem />
      <DeletedNotice />
      <SweepPanel onSelect={select} />
      <Panel title={t('table.title')} actions={<RunFilters {...{ all, filter, sort, setFilter, setSort }} />}>
        {all.length === 0 ? (
          <Empty />
        ) : (
          <>
            <p className={classes['count']} aria-live="polite" data-testid="run-count">
              {t('table.count', { shown: format.integer(shown.length), all: format.integer(all.length) })}
            </p>
            <SelectionBar selected={chosen} onClear={() => setSelected(new Set())} />
            <RunTable
              runs={shown}
              sort={sort}
              onSort={setSort}
              selected={selected}
              onSelect={setSelected}
              onOpen={setOpened}
            />
          </>
        )}
      </Panel>
      {chosen.length >= 2 && <ComparePanel selected={chosen} />}
      <StoragePanel />
      <RunDetails id={opened} onClose={close} />
    </div>
  );
}
