/** One run of the table. */
import { ActionIcon, Checkbox } from '@mantine/core';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { runs, useRuns } from '@/features/runs/runsStore';
import { nameOfRun } from '@/storage/runs/runName';
import { runStatus } from '@/features/runs/runStatus';
import { Sparkline } from '@/features/runs/Sparkline';
import type { RunTexts } from '@/features/runs/useRunTexts';
import type { RecordedRun } from '@/storage/runs/runSchema';
import { Icon } from '@/ui/icons/icons';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/runs/runs.module.css';

export interface RunRowProps {
  readonly run: RecordedRun;
  readonly texts: RunTexts;
  readonly index: number;
  /** Pixels of the rows before it that are not in the page. */
  readonly gap: number;
  readonly measure: (row: HTMLTableRowElement | null) => void;
  readonly isSelected: boolean;
  /** Whether Tab stops at its controls. */
  readonly isReachable: boolean;
  readonly onReach: (index: number) => void;
  readonly onToggle: (id: string) => void;
  readonly onOpen: (id: string) => void;
  /** Of the sweep that it belongs to; null: of none. */
  readonly sweepName: string | null;
  /** To the results of a sweep. */
  readonly onSweep: (id: string) => void;
}

interface NameCellProps extends Pick<RunRowProps, 'run' | 'texts' | 'onOpen' | 'sweepName' | 'onSweep'> {
  readonly tabIndex: number;
}

function NameCell({ run, texts, tabIndex, onOpen, sweepName, onSweep }: NameCellProps) {
  const { t } = useTranslation('runs');
  const { notes, config, sweep } = run;
  const name = nameOfRun(run);
  return (
    <th scope="row" className={classes['name']}>
      <span className={classes['title']}>
        <button type="button" className={classes['open']} tabIndex={tabIndex} onClick={() => onOpen(run.id)}>
          {name}
        </button>
        <ActionIcon
          size="sm"
          variant="subtle"
          color={notes.pinned ? 'brand' : 'gray'}
          tabIndex={tabIndex}
          aria-pressed={notes.pinned}
          aria-label={t('table.pin', { name })}
          onClick={() => void runs.actions.annotate(run.id, { pinned: !notes.pinned })}
        >
          <Icon name={notes.pinned ? 'pinned' : 'pin'} size={15} />
        </ActionIcon>
      </span>
      <span className={classes['detail']}>
        {notes.name !== '' && `${config.network.name} · `}
        {texts.settings(run)}
      </span>
      {sweep !== null && sweepName !== null && (
        <button
          type="button"
          className={classes['sweep']}
          tabIndex={tabIndex}
          onClick={() => onSweep(sweep.id)}
        >
          {t('table.sweep', { sweep: sweepName })}
        </button>
      )}
      {notes.tags.length > 0 && (
        <span className={classes['tags']}>
          {notes.tags.map((tag) => (
            <span key={tag} className={classes['tag']}>
              {tag}
            </span>
          ))}
        </span>
      )}
    </th>
  );
}

/** Drawn again only when the run itself changes: the others stay as they are while the table scrolls. */
export const RunRow = memo(function RunRow(props: RunRowProps) {
  const { run, texts, index, gap, measure, isSelected, isReachable, onReach, onToggle } = props;
  const { onOpen, sweepName, onSweep } = props;
  const { t } = useTranslation('runs');
  const format = useNumberFormat();
  const status = useRuns(({ open }) => runStatus(run, open));
  const { summary } = run;
  const tabIndex = isReachable ? 0 : -1;
  const accuracy = (share: number | null): string => (share === null ? '–' : format.percent(share));
  return (
    <>
      {gap > 0 && <tr aria-hidden="true" className={classes['gap']} style={{ height: gap }} />}
      <tr
        ref={measure}
        data-index={index}
        data-testid="run-row"
        data-run={run.id}
        data-selected={isSelected}
        aria-rowindex={index + 2}
        onFocus={() => onReach(index)}
      >
        <td className={classes['select']}>
          <Checkbox
            size="xs"
            tabIndex={tabIndex}
            aria-label={t('table.select', { name: nameOfRun(run) })}
            checked={isSelected}
            onChange={() => onToggle(run.id)}
          />
        </td>
        <NameCell {...{ run, texts, tabIndex, onOpen, sweepName, onSweep }} />
        <td data-label={t('columns.lastLoss')}>
          <span className={classes['loss']}>
            <Sparkline values={summary.sparkline} />
            {summary.lastLoss === null ? '–' : format.loss(summary.lastLoss)}
          </span>
        </td>
        <td data-label={t('columns.bestAccuracy')}>{accuracy(summary.bestAccuracy)}</td>
        <td data-label={t('columns.lastAccuracy')}>{accuracy(summary.lastAccuracy)}</td>
        <td data-label={t('columns.steps')}>{format.integer(summary.steps)}</td>
        <td data-label={t('columns.seconds')}>{format.duration(summary.seconds)}</td>
        <td data-label={t('columns.engine')}>{texts.engine(run)}</td>
        <td data-label={t('columns.status')}>
          <span className={classes['status']} data-status={status}>
            {texts.status(status)}
          </span>
        </td>
        <td data-label={t('columns.createdAt')}>{texts.date(run.createdAt)}</td>
      </tr>
    </>
  );
});
