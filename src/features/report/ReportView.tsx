/** The report's runs: what they gave there, what PyTorch gives, what they give here; and why three of them go wrong. */
import { Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { brokenAndFixed } from '@/report/reportRuns';
import type { ChosenKey } from '@/features/report/chosenRuns';
import { useFreshResults, useMeasured } from '@/features/report/measuredResults';
import { ComparePanel } from '@/features/report/ComparePanel';
import { GradientPanel } from '@/features/report/GradientPanel';
import { QueuePanel } from '@/features/report/QueuePanel';
import { RunTable } from '@/features/report/RunTable';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import classes from '@/features/report/report.module.css';

export function ReportView() {
  const { t } = useTranslation('report');
  const storage = useMeasured((state) => state.storage);
  useFreshResults();
  const [chosen, setChosen] = useState<ReadonlySet<ChosenKey>>(new Set());
  const toggle = (key: ChosenKey): void => {
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    setChosen(next);
  };
  return (
    <div className={classes['page']}>
      <header>
        <Title order={1}>{t('title')}</Title>
        <p className={classes['intro']}>{t('intro')}</p>
      </header>
      {storage === 'unavailable' && <ErrorAlert tone="warning" title={t('storageUnavailable')} />}
      {storage === 'failed' && <ErrorAlert title={t('storageFailed')} />}
      <QueuePanel chosen={chosen} onChoose={setChosen} />
      <RunTable chosen={chosen} onToggle={toggle} />
      <Title order={2}>{t('compare.title')}</Title>
      <p className={classes['hint']}>{t('compare.hint')}</p>
      {brokenAndFixed.map((pair) => (
        <ComparePanel key={pair.broken.id} pair={pair} />
      ))}
      <GradientPanel />
    </div>
  );
}
