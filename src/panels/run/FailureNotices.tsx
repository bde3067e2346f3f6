/** What went wrong with what computes, on every page: the worker, the engine that does not start, and a run that came through. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { session, useSession } from '@/session/session';
import type { Recovery, SessionState } from '@/session/sessionState';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/panels/run/FailureNotices.module.css';

type Trouble = Extract<SessionState['worker'], 'late' | 'silent' | 'crashed'>;

/** Starting an engine takes about a second; the first visit's downloads a few. */
const slowMilliseconds = 10_000;

function WorkerTrouble({ trouble }: { readonly trouble: Trouble }) {
  const { t } = useTranslation('errors');
  const format = useNumberFormat();
  const step = useSession(({ run }) => run?.step ?? 0);
  const keptStep = useSession(({ run }) => run?.keptStep ?? 0);
  const detail = useSession(({ run }) => (trouble === 'crashed' ? run?.error?.message : undefined));
  const outlook =
    keptStep > 0
      ? t('worker.goesOn', { step: format.integer(keptStep) })
      : t(step > 0 ? 'worker.startsOver' : 'worker.builds');
  return (
    <ErrorAlert
      tone={trouble === 'crashed' ? 'error' : 'warning'}
      title={t(`worker.${trouble}.title`)}
      detail={detail}
      action={{
        label: t(trouble === 'late' ? 'worker.load' : 'worker.restart'),
        onClick: () => session.actions.restartWorker(),
      }}
    >
      {t(`worker.${trouble}.text`)} {trouble !== 'late' && outlook}
    </ErrorAlert>
  );
}

/** Whether an engine has been starting for long. */
function useIsSlow(isStarting: boolean): boolean {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    if (!isStarting) return undefined;
    const timer = setTimeout(() => setSlow(true), slowMilliseconds);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [isStarting]);
  return isSlow && isStarting;
}

function Recovered({ recovery }: { readonly recovery: Recovery & { readonly step: number } }) {
  const { t } = useTranslation('errors');
  const { t: common } = useTranslation();
  const format = useNumberFormat();
  const now = useSession(({ backend }) => (backend.kind === 'ready' ? backend.backend.backend : null));
  const lostStep = format.integer(recovery.lostStep);
  const { lost } = recovery;
  return (
    <ErrorAlert
      tone="warning"
      title={
        recovery.step === 0
          ? t('recovered.anew')
          : t('recovered.title', { step: format.integer(recovery.step) })
      }
      action={{ label: t('recovered.close'), onClick: () => session.actions.closeRecovery() }}
    >
      {lost === null
        ? t('recovered.worker', { lostStep })
        : t('recovered.device', {
            lost: common(`backend.names.${lost}`),
            lostStep,
            now: common(`backend.names.${now ?? lost}`),
          })}
    </ErrorAlert>
  );
}

export function FailureNotices() {
  const { t } = useTranslation('errors');
  const { t: common } = useTranslation();
  const worker = useSession((state) => state.worker);
  const recovery = useSession((state) => state.recovery);
  const isSlow = useIsSlow(useSession(({ backend }) => backend.kind === 'probing') && worker === 'running');
  const trouble = worker === 'late' || worker === 'silent' || worker === 'crashed' ? worker : null;
  const isRecovered = recovery !== null && recovery.step !== null;
  if (trouble === null && !isSlow && !isRecovered) return null;
  return (
    <div className={classes['notices']}>
      {trouble !== null && <WorkerTrouble trouble={trouble} />}
      {isSlow && (
        <ErrorAlert
          tone="warning"
          title={t('slowEngine.title')}
          action={{ label: common('retry'), onClick: () => session.actions.restartWorker() }}
        >
          {t('slowEngine.text')}
        </ErrorAlert>
      )}
      {recovery !== null && recovery.step !== null && (
        <Recovered recovery={{ ...recovery, step: recovery.step }} />
      )}
    </div>
  );
}
