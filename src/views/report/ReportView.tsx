/** The report's runs: what they gave there, what PyTorch gives, what they give here; and why three of them go wrong. */
import { Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { brokenAndFixed } from '@/report/reportRuns';
import { useReport } from '@/store/reportStore';
import { ComparePanel } from '@/views/report/ComparePanel';
import { GradientPanel } from '@/views/report/GradientPanel';
import { QueuePanel } from '@/views/report/QueuePanel';
import { type ChosenKey, RunTable } from '@/views/report/RunTable';
import { ErrorAlert } from '@/views/ui/ErrorAlert';
import classes from '@/views/report/report.module.css';

export function ReportView() {
  const { t } = useTranslation('report');
  const storage = useReport((state) => state.storage);
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
