/** The learning-rate finder: sweeps a copy of the settings, shows the loss against the rate, and takes the suggestion over. */
import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { defaultSweep, type Suggestion, suggestedRate } from '@/model/learningRateSweep';
import { validateConfig } from '@/model/validate';
import { hasWorker, isTraining } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import { startsFromWeights } from '@/session/startPlan';
import type { SessionState } from '@/session/sessionState';
import { SweepChart } from '@/features/train/SweepChart';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { WorkerErrorAlert } from '@/panels/run/WorkerErrorAlert';
import classes from '@/features/train/settings.module.css';

type Sweep = NonNullable<SessionState['sweep']>;

/** Two digits are as exact as a sweep is. */
const rounded = (rate: number): number => Number(rate.toPrecision(2));

function Outcome({ sweep, suggestion }: { readonly sweep: Sweep; readonly suggestion: Suggestion | null }) {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  if (sweep.error !== null) return <WorkerErrorAlert error={sweep.error} />;
  if (sweep.phase === 'running') {
    return t('finder.progress', {
      done: format.integer(sweep.points.length),
      steps: format.integer(sweep.steps),
    });
  }
  if (suggestion === null) return t('finder.none');
  return t('finder.suggested', {
    rate: format.plain(rounded(suggestion.learningRate)),
    lowest: format.plain(rounded(suggestion.lowest.learningRate)),
  });
}

function FinderButtons({
  sweep,
  suggestion,
  onTaken,
}: {
  readonly sweep: Sweep;
  readonly suggestion: Suggestion | null;
  readonly onTaken: () => void;
}) {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const { sweepLearningRate, stopSweep, setLearningRate } = session.actions;
  if (sweep.phase === 'running') {
    return (
      <Button variant="default" onClick={stopSweep}>
        {t('finder.stop')}
      </Button>
    );
  }
  const rate = suggestion === null ? null : rounded(suggestion.learningRate);
  return (
    <>
      {rate !== null && (
        <Button
          data-testid="finder-take"
          onClick={() => {
            setLearningRate(rate);
            onTaken();
          }}
        >
          {t('finder.take', { rate: format.plain(rate) })}
        </Button>
      )}
      <Button variant="default" onClick={sweepLearningRate}>
        {t('finder.again')}
      </Button>
    </>
  );
}

export function LearningRateFinder() {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const [isOpen, { open, close }] = useDisclosure(false);
  const sweep = useSession((state) => state.sweep);
  const draft = useSession((state) => state.draft);
  const isReady = useSession(
    (state) => hasWorker(state) && state.backend.kind === 'ready' && state.data.trainingImages > 0,
  );
  const isBusy = useSession(({ run }) => isTraining(run?.phase));
  const isCopy = useSession((state) => startsFromWeights(state, state.draft));
  const isValid = useMemo(() => validateConfig(draft).length === 0, [draft]);
  const points = sweep?.points;
  const suggestion = useMemo(() => suggestedRate(points ?? []), [points]);
  const leave = (): void => {
    session.actions.closeSweep();
    close();
  };
  return (
    <>
      <Button
        className={classes['fix']}
        size="xs"
        variant="default"
        fullWidth
        disabled={!isReady || !isValid}
        data-testid="finder-open"
        onClick={() => {
          open();
          session.actions.sweepLearningRate();
        }}
      >
        {t('finder.open')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={leave}
        title={t('finder.title')}
        size="xl"
        // A header in a dialog would be a second banner of the page.
        attributes={{ header: { role: 'presentation' } }}
        closeButtonProps={{ 'aria-label': t('finder.close') }}
      >
        <div className={classes['stack']}>
          <p className={classes['text']}>
            {t(isCopy ? 'finder.textCopy' : 'finder.text', {
              from: format.plain(defaultSweep.from),
              to: format.plain(defaultSweep.to),
              steps: format.integer(defaultSweep.steps),
            })}
            {isBusy && ` ${t('finder.stands')}`}
          </p>
          {sweep !== null && (
            <>
              <SweepChart points={sweep.points} suggestion={sweep.phase === 'running' ? null : suggestion} />
              <output data-testid="finder-outcome" data-phase={sweep.phase}>
                <Outcome sweep={sweep} suggestion={suggestion} />
              </output>
              <div className={classes['buttons']}>
                <FinderButtons sweep={sweep} suggestion={suggestion} onTaken={leave} />
              </div>
              <p className={classes['text']}>{t('finder.source')}</p>
            </>
          )}
        </div>
      </Modal>
    </>
  );
}
