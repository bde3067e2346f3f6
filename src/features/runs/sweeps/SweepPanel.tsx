/** Sweeps: a new one, the queue that trains it, and what each has come to. */
import { Button, Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRuns } from '@/features/runs/runsStore';
import { SweepForm } from '@/features/runs/sweeps/SweepForm';
import { SweepResults, type SweepResultsProps } from '@/features/runs/sweeps/SweepResults';
import { sweepsOf, type Sweep } from '@/features/runs/sweeps/sweepResults';
import { useSweepTexts } from '@/features/runs/sweeps/useSweepTexts';
import { useRunTexts } from '@/features/runs/useRunTexts';
import { QueueStatus } from '@/panels/queue/QueueStatus';
import { useRunQueue } from '@/session/queue/pageQueue';
import { Panel } from '@/ui/layout/Panel';
import classes from '@/features/runs/sweeps/sweeps.module.css';

/** A link to the page with this fragment opens the form. */
const formHash = '#sweep';

function useSweepName(): (sweep: Sweep) => string {
  const { t } = useTranslation('sweeps');
  const { fieldName } = useSweepTexts();
  const { date } = useRunTexts();
  return ({ fields, createdAt }) =>
    t('results.name', { settings: fields.map(fieldName).join(' × '), date: date(createdAt) });
}

export function SweepPanel({ onSelect }: Pick<SweepResultsProps, 'onSelect'>) {
  const { t } = useTranslation('sweeps');
  const nameOf = useSweepName();
  const all = useRuns((state) => state.runs);
  const isQueued = useRunQueue(({ phase, items }) => phase !== 'idle' || items.length > 0);
  const phase = useRunQueue((queue) => queue.phase);
  const [isOpen, setIsOpen] = useState(() => location.hash === formHash);
  const queued = useRunQueue(({ items }) => items.findLast(({ sweep }) => sweep !== null)?.sweep?.id ?? null);
  const [chosen, setChosen] = useState<string | null>(queued);
  const [seen, setSeen] = useState<string | null>(queued);
  // One that is begun is shown.
  if (queued !== null && queued !== seen) {
    setSeen(queued);
    setChosen(queued);
  }
  const sweeps = useMemo(() => sweepsOf(all), [all]);
  const shown = sweeps.find(({ id }) => id === chosen);
  return (
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
            data={sweeps.map((sweep) => ({ value: sweep.id, label: nameOf(sweep) }))}
            value={shown?.id ?? null}
            placeholder={t('results.choosePlaceholder', { count: sweeps.length })}
            clearable
            clearButtonProps={{ 'aria-label': t('results.hide') }}
            onChange={setChosen}
          />
        )}
        {shown !== undefined && <SweepResults sweep={shown} onSelect={onSelect} />}
      </div>
    </Panel>
  );
}
