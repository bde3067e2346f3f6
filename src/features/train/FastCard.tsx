/** The first card: To 99% as fast as possible, what it took in the search, the clock of the run at hand, and one's own record. */
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fastPreset, isFastRun } from '@/model/fastPreset';
import { session, useSession } from '@/session/session';
import { fastRecord, useFastRecord } from '@/features/train/fastRecord';
import { PresetResult } from '@/features/train/PresetResult';
import { dropTypedText } from '@/features/train/typedFields';
import { Panel } from '@/ui/layout/Panel';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/train/settings.module.css';

const tickMilliseconds = 100;

/** Seconds of training, moving while the run at hand trains. */
function Clock() {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const isTraining = useSession(({ run }) => run?.phase === 'training');
  const [seconds, setSeconds] = useState(fastRecord.seconds);
  useEffect(() => {
    const show = (): void => setSeconds(fastRecord.seconds());
    show();
    if (!isTraining) return undefined;
    const timer = setInterval(show, tickMilliseconds);
    return () => clearInterval(timer);
  }, [isTraining]);
  return (
    <p className={classes['clock']} role="timer" aria-label={t('fast.clock')} data-testid="fast-clock">
      {format.stopwatch(seconds)}
    </p>
  );
}

export function FastCard() {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const isChosen = useSession(({ draft }) => isFastRun(draft));
  const isOfRun = useSession(({ run }) => run !== null && run.step > 0 && isFastRun(run.config));
  const { last, record } = useFastRecord();
  const { measured } = fastPreset;
  return (
    <Panel title={t('fast.title')}>
      <p className={classes['text']}>{t('fast.text')}</p>
      <dl
        className={classes['results']}
        data-fast-seconds={last?.seconds}
        data-fast-accuracy={last?.accuracy}
      >
        <PresetResult
          name={t('fast.search')}
          when={t('fast.searched', { seeds: measured.seeds, seconds: format.stopwatch(measured.seconds) })}
          accuracy={measured.accuracy}
        />
        {last !== null && (
          <PresetResult
            name={t('fast.last')}
            when={format.stopwatch(last.seconds)}
            accuracy={last.accuracy}
          />
        )}
        {record !== null && (
          <PresetResult
            name={t('fast.record')}
            when={format.stopwatch(record.seconds)}
            accuracy={record.accuracy}
          />
        )}
      </dl>
      {isOfRun && <Clock />}
      <Button
        className={classes['fix']}
        size="xs"
        variant={isChosen ? 'light' : 'filled'}
        aria-pressed={isChosen}
        data-testid="fast-choose"
        onClick={() => {
          session.actions.loadPreset(fastPreset.config);
          dropTypedText();
        }}
      >
        {t('fast.choose')}
      </Button>
    </Panel>
  );
}
