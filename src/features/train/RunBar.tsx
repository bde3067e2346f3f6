/** The head of the page: what this is, the controls, the numbers, and whatever went wrong. */
import { Title, VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isWaitingForBackend } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import type { RunState } from '@/session/sessionState';
import { DataStatus } from '@/features/train/DataStatus';
import { LinkIssues } from '@/features/train/LinkIssues';
import { RunControls } from '@/features/train/RunControls';
import { RunStats } from '@/features/train/RunStats';
import { CurrentNetwork } from '@/panels/network/CurrentNetwork';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { isMnist, trainingSize } from '@/model/dataSet';
import { useShownData } from '@/panels/data/useShownData';
import { Panel } from '@/ui/layout/Panel';
import { useMemoryProblem } from '@/panels/run/runProblems';
import { WorkerErrorAlert } from '@/panels/run/WorkerErrorAlert';
import classes from '@/features/train/RunBar.module.css';

type PhaseText = RunState['phase'] | 'testing' | 'tested' | 'compiling';

function phaseText({ phase, testedImages, step, firstStepMilliseconds }: RunState): PhaseText {
  if (testedImages !== null) return testedImages === 0 ? 'testing' : 'tested';
  if (phase === 'training' && step === 0 && firstStepMilliseconds === null) return 'compiling';
  return phase;
}

function PhaseBadge() {
  const { t } = useTranslation('train');
  const text = useSession(({ run }) => (run === null ? null : phaseText(run)));
  const phase = useSession(({ run }) => run?.phase);
  const images = useSession(({ run }) => run?.testedImages ?? 0);
  const format = useNumberFormat();
  if (text === null) return null;
  return (
    <span className={classes['phase']} data-phase={phase} data-testid="run-phase">
      <span className={classes['dot']} aria-hidden="true" />
      {t(`phase.${text}`, { images: format.integer(images) })}
    </span>
  );
}

/** Says the large changes aloud, and nothing of what changes ten times a second. */
function Announcer() {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const [text, setText] = useState('');
  useEffect(
    () =>
      session.store.subscribe((state, before) => {
        const { run, evaluations } = state;
        const full = evaluations.at(-1);
        if (full?.extent === 'full' && full !== before.evaluations.at(-1)) {
          const accuracy = format.percent(full.accuracy);
          setText(t('announce.tested', { epoch: format.integer(Math.round(full.epoch)), accuracy }));
        }
        if (run === null || run.phase === before.run?.phase) return;
        if (run.phase === 'training') setText(t('announce.training'));
        if (run.phase === 'paused') setText(t('announce.paused', { step: format.integer(run.step) }));
        if (run.phase === 'failed') setText(t('announce.failed'));
        if (run.phase === 'finished' && full !== undefined) {
          setText(t('announce.finished', { accuracy: format.percent(full.accuracy) }));
        }
      }),
    [t, format],
  );
  return <VisuallyHidden aria-live="polite">{text}</VisuallyHidden>;
}

function RunErrors() {
  const error = useSession((state) => state.run?.error ?? null);
  const isWaiting = useSession(isWaitingForBackend);
  const { t } = useTranslation('train');
  // Of the worker's end all pages tell.
  const hasWorker = useSession((state) => state.worker !== 'crashed');
  const isTold = useMemoryProblem() !== null;
  // The notice of the memory says the same, with the way out.
  if (error === null || !hasWorker || (error.code === 'limits' && isTold)) return null;
  const resume = { label: t('controls.resume'), onClick: () => session.actions.resume() };
  return <WorkerErrorAlert error={error} action={isWaiting ? resume : undefined} />;
}

export function RunBar() {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const data = useShownData();
  return (
    <Panel className={classes['bar']}>
      <div className={classes['head']}>
        <Title order={1}>{isMnist(data) ? t('title') : t('titleOther', { name: data.name })}</Title>
        <PhaseBadge />
      </div>
      {/* It stays while it trains: else the buttons jump away from under the pointer that pressed one. */}
      <p className={classes['intro']}>
        {isMnist(data)
          ? t('intro')
          : t('introOther', { name: data.name, images: format.integer(trainingSize(data)) })}
      </p>
      <RunControls />
      <CurrentNetwork />
      <LinkIssues />
      <DataStatus />
      <RunErrors />
      <RunStats />
      <Announcer />
    </Panel>
  );
}
