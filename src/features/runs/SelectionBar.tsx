/** What can be done with the selected runs. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { comparePanelId } from '@/features/runs/compare/ComparePanel';
import { goToPanel } from '@/features/runs/goToPanel';
import { exportRuns, useRunFiles } from '@/features/runs/runFiles';
import { canBeDeleted, runs, useRuns } from '@/features/runs/runsStore';
import { restingRun } from '@/session/selectors';
import { useSession } from '@/session/session';
import { Icon } from '@/ui/icons/icons';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/runs/runs.module.css';

export interface SelectionBarProps {
  readonly selected: readonly string[];
  readonly onClear: () => void;
}

export function SelectionBar({ selected, onClear }: SelectionBarProps) {
  const { t } = useTranslation('runs');
  const format = useNumberFormat();
  const open = useRuns((state) => state.open);
  const resting = useSession(restingRun);
  const { kind } = useRunFiles();
  const free = selected.filter((id) => canBeDeleted(id, open, resting));
  if (selected.length === 0) return null;
  return (
    <div className={classes['selection']} data-testid="selection">
      <span aria-live="polite">
        {t('selection.count', { count: selected.length, runs: format.integer(selected.length) })}
      </span>
      {selected.length >= 2 ? (
        <Button size="compact-sm" onClick={() => goToPanel(comparePanelId)}>
          {t('selection.compare')}
        </Button>
      ) : (
        <span className={classes['detail']}>{t('selection.oneMore')}</span>
      )}
      <Button
        size="compact-sm"
        variant="default"
        disabled={kind === 'writing' || kind === 'reading'}
        leftSection={<Icon name="download" size={14} />}
        onClick={() => void exportRuns(selected)}
      >
        {t('selection.export')}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={free.length === 0}
        leftSection={<Icon name="trash" size={14} />}
        onClick={() => {
          onClear();
          void runs.actions.deleteRuns(free);
        }}
      >
        {t('selection.delete')}
      </Button>
      <Button size="compact-sm" variant="subtle" onClick={onClear}>
        {t('selection.clear')}
      </Button>
      {free.length < selected.length && <span className={classes['detail']}>{t('selection.open')}</span>}
    </div>
  );
}
