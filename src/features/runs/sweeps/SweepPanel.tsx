/** Sweeps: a new one, the queue that trains it, and what each has come to. */
import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SweepForm } from '@/features/runs/sweeps/SweepForm';
import { SweepResults, type SweepResultsProps } from '@/features/runs/sweeps/SweepResults';
import type { NamedSweep } from '@/features/runs/sweeps/useSweeps';
import { QueueStatus } from '@/panels/queue/QueueStatus';
import { useRunQueue } from '@/session/queue/pageQueue';
import { Panel } from '@/ui/layout/Panel';
import classes from '@/features/runs/sweeps/sweeps.module.css';

/** A link to the page with this fragment opens the form. */
const formHash = '#sweep';

export const sweepPanelId = 'sweeps';

export interface SweepPanelProps extends Omit<SweepResultsProps, 'sweep'> {
  readonly sweeps: readonly NamedSweep[];
  /** Id of the one whose results are shown; null: none. */
  readonly chosen: string | null;
  readonly onChoose: (id: string | null) => void;
}

export function SweepPanel({ sweeps, chosen, onChoose, onSelect, onShowRuns }: SweepPanelProps) {
  const { t } = useTranslation('sweeps');
  const isQueued = useRunQueue(({ phase, items }) => phase !== 'idle' || items.length > 0);
  const phase = useRunQueue((queue) => queue.phase);
  const [isOpen, setIsOpen] = useState(() => location.hash === formHash);
  const shown = sweeps.find(({ id }) => id === chosen);
  return (
    <div id={sweepPanelId} tabIndex={-1} className={classes['anchor']}>
      <Panel
        title={t('title')}
        hint={t('hint')}
        actions={
          <Button size="xs" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)} data-testid="sweep-new">
            {t('new')}
          </Button>
        }
      >
        <div className={classes['stack']}>
          {isOpen && <SweepForm onClose={() => setIsOpen(false)} />}
          {isQueued && (
            <div data-testid="queue" data-phase={phase}>
              <QueueStatus />
            </div>
          )}
          {sweeps.length > 0 && (
            <Select
              size="xs"
              className={classes['add']}
              label={t('results.choose')}
              data-testid="sweep-choose"
              data={sweeps.map((sweep) => ({ value: sweep.id, label: sweep.name }))}
              value={shown?.id ?? null}
              placeholder={t('results.choosePlaceholder', { count: sweeps.length })}
              clearable
              clearButtonProps={{ 'aria-label': t('results.hide') }}
              onChange={onChoose}
            />
          )}
          {shown !== undefined && <SweepResults sweep={shown} {...{ onSelect, onShowRuns }} />}
        </div>
      </Panel>
    </div>
  );
}
