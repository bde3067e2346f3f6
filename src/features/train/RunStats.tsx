/** Where the run stands, in numbers. */
import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { session, useSession } from '@/session/session';
import type { EvaluationPoint, RunState } from '@/session/sessionState';
import { useMetricsVersion } from '@/features/train/useMetricsVersion';
import { type NumberFormat, useNumberFormat } from '@/ui/text/numberFormat';
import { Stat, StatList } from '@/ui/layout/Stat';
import classes from '@/features/train/RunBar.module.css';

/** The newest test; a full one before a quick one of the same step. */
function latestTest(evaluations: readonly EvaluationPoint[]): EvaluationPoint | null {
  return evaluations.at(-1) ?? null;
}

/** The epoch that runs now, from 1; the last one when all are done. */
function currentEpoch(run: RunState): number {
  return Math.min(run.epoch + 1, run.config.epochs);
}

function LossStat({ format }: { readonly format: NumberFormat }) {
  const { t } = useTranslation('train');
  useMetricsVersion(100);
  const loss = session.metrics.latest('loss');
  return <Stat label={t('stats.loss')} value={loss === null ? null : format.loss(loss)} testId="stat-loss" />;
}

function AccuracyStat({ format }: { readonly format: NumberFormat }) {
  const { t } = useTranslation('train');
  const latest = useSession((state) => latestTest(state.evaluations));
  return (
    <Stat
      label={t('stats.accuracy')}
      value={latest === null ? null : format.percent(latest.accuracy)}
      suffix={
        latest?.extent === 'quick' ? t('stats.partial', { images: format.integer(latest.count) }) : undefined
      }
      testId="stat-accuracy"
    />
  );
}

export function RunStats() {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const run = useSession((state) => state.run);
  const started = run !== null && run.totalSteps > 0;
  return (
    <>
      <StatList>
        <Stat
          label={t('stats.epoch')}
          value={started ? format.integer(currentEpoch(run)) : null}
          suffix={started && t('stats.ofEpochs', { epochs: format.integer(run.config.epochs) })}
          testId="stat-epoch"
        />
        <Stat
          label={t('stats.step')}
          value={started ? format.integer(run.step) : null}
          suffix={started && t('stats.ofSteps', { steps: format.integer(run.totalSteps) })}
          testId="stat-step"
        />
        <LossStat format={format} />
        <AccuracyStat format={format} />
        <Stat
          label={t('stats.speed')}
          value={run?.imagesPerSecond == null ? null : format.integer(run.imagesPerSecond)}
          testId="stat-speed"
        />
        <Stat
          label={t('stats.timeLeft')}
          value={run?.secondsLeft == null ? null : format.duration(run.secondsLeft)}
          testId="stat-time-left"
        />
      </StatList>
      <Progress
        className={classes['progress']}
        value={started ? (100 * run.step) / run.totalSteps : 0}
        size={4}
        // A transition would have the page laid out and drawn anew in every frame of a run.
        transitionDuration={0}
        aria-label={t('stats.progress')}
      />
    </>
  );
}
