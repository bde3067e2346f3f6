/** Every run that was kept: a table to find, name and open them. */
import { Title } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { ComparePanel } from '@/features/runs/compare/ComparePanel';
import { DeletedNotice } from '@/features/runs/DeletedNotice';
import { goToPanel } from '@/features/runs/goToPanel';
import { RunDetails } from '@/features/runs/RunDetails';
import { RunFilters } from '@/features/runs/RunFilters';
import { RunTable } from '@/features/runs/RunTable';
import { shownRuns, type RunFilter, type RunSort } from '@/features/runs/runRows';
import { SelectionBar } from '@/features/runs/SelectionBar';
import { SweepPanel, sweepPanelId } from '@/features/runs/sweeps/SweepPanel';
import { useShownSweep, useSweeps } from '@/features/runs/sweeps/useSweeps';
import { StoragePanel } from '@/features/runs/StoragePanel';
import { useRuns } from '@/features/runs/runsStore';
import type { RecordedRun } from '@/storage/runs/runSchema';
import { runFigures } from '@/features/runs/runFigures';
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
  if (phase === 'no_storage' || phase === 'newer_version')
    return <ErrorAlert tone="warning" title={t(`unavailable.${phase}`)} />;
  if (error === null) return null;
  return (
    <ErrorAlert title={t('failed.title')} detail={error}>
      {t('failed.text')}
    </ErrorAlert>
  );
}

/** A newer version of the page wrote runs, and an older one is open. */
function NewerRuns() {
  const { t } = useTranslation('runs');
  const format = useNumberFormat();
  const newer = useRuns((state) => state.newer);
  if (newer === 0) return null;
  return (
    <ErrorAlert
      tone="warning"
      title={t('newer.title', { count: newer, runs: format.integer(newer) })}
      action={{ label: t('newer.reload'), onClick: () => location.reload() }}
    >
      {t('newer.text')}
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

const tableId = 'kept-runs';
const noFilter: RunFilter = { text: '', network: null, sweep: null };

export function RunsView() {
  const { t, i18n } = useTranslation('runs');
  const format = useNumberFormat();
  const { status } = useRunTexts();
  const [filter, setFilter] = useState<RunFilter>(noFilter);
  const [sort, setSort] = useState<RunSort>({ key: 'createdAt', isDescending: true });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState<string | null>(null);
  const all = useRuns((state) => state.runs);
  const open = useRuns((state) => state.open);
  useRunList();
  const sweeps = useSweeps();
  // The runs of a sweep may be deleted.
  const isSweepThere = filter.sweep === null || sweeps.some(({ id }) => id === filter.sweep);
  const filterNow = useMemo(
    () => (isSweepThere ? filter : { ...filter, sweep: null }),
    [filter, isSweepThere],
  );
  const statusOf = useCallback((run: RecordedRun) => status(runStatus(run, open)), [status, open]);
  const shown = useMemo(
    () =>
      shownRuns(all, {
        filter: filterNow,
        sort,
        status: statusOf,
        language: i18n.language,
      }),
    [all, filterNow, sort, statusOf, i18n.language],
  );
  const chosen = useMemo(() => all.flatMap(({ id }) => (selected.has(id) ? [id] : [])), [all, selected]);
  const [shownSweep, setShownSweep] = useShownSweep();
  const showSweep = useCallback(
    (id: string) => {
      setShownSweep(id);
      goToPanel(sweepPanelId);
    },
    [setShownSweep],
  );
  const showRuns = useCallback((sweep: string) => {
    setFilter({ ...noFilter, sweep });
    goToPanel(tableId);
  }, []);
  const select = useCallback((ids: readonly string[]) => setSelected(new Set(ids)), []);
  const close = useCallback(() => setOpened(null), []);
  return (
    <div className={classes['page']}>
      <header>
        <Title order={1}>{t('title')}</Title>
        <p className={classes['intro']}>{t('intro')}</p>
      </header>
      <Problem />
      <NewerRuns />
      <DeletedNotice />
      <SweepPanel
        sweeps={sweeps}
        chosen={shownSweep}
        onChoose={setShownSweep}
        onSelect={select}
        onShowRuns={showRuns}
      />
      <div id={tableId} tabIndex={-1} className={classes['anchor']}>
        <Panel
          title={t('table.title')}
          actions={<RunFilters {...{ all, sweeps, filter: filterNow, sort, setFilter, setSort }} />}
          files={
            all.length === 0
              ? undefined
              : { label: t('table.save'), fileName: 'runs', table: () => runFigures(shown, statusOf) }
          }
        >
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
                sweeps={sweeps}
                onSweep={showSweep}
              />
            </>
          )}
        </Panel>
      </div>
      {chosen.length >= 2 && <ComparePanel selected={chosen} />}
      <StoragePanel />
      <RunDetails id={opened} onClose={close} />
    </div>
  );
}
