/** The learning-rate finder: tests a copy of the settings, shows the loss against the rate, and takes the suggestion over. */
import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { defaultRangeTest, type Suggestion, suggestedRate } from '@/model/rangeTest';
import { validateConfig } from '@/model/validate';
import { hasWorker, isTraining } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import { startsFromWeights } from '@/session/startPlan';
import type { SessionState } from '@/session/sessionState';
import { RangeTestChart } from '@/features/train/RangeTestChart';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { WorkerErrorAlert } from '@/panels/run/WorkerErrorAlert';
import classes from '@/features/train/settings.module.css';

type RangeTest = NonNullable<SessionState['rangeTest']>;

/** Two digits are as exact as a range test is. */
const rounded = (rate: number): number => Number(rate.toPrecision(2));

function Outcome({
  rangeTest,
  suggestion,
}: {
  readonly rangeTest: RangeTest;
  readonly suggestion: Suggestion | null;
}) {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  if (rangeTest.error !== null) return <WorkerErrorAlert error={rangeTest.error} />;
  if (rangeTest.phase === 'running') {
    return t('finder.progress', {
      done: format.integer(rangeTest.points.length),
      steps: format.integer(rangeTest.steps),
    });
  }
  if (suggestion === null) return t('finder.none');
  return t('finder.suggested', {
    rate: format.plain(rounded(suggestion.learningRate)),
    lowest: format.plain(rounded(suggestion.lowest.learningRate)),
  });
}

function FinderButtons({
  rangeTest,
  suggestion,
  onTaken,
}: {
  readonly rangeTest: RangeTest;
  readonly suggestion: Suggestion | null;
  readonly onTaken: () => void;
}) {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const { runRangeTest, stopRangeTest, setLearningRate } = session.actions;
  if (rangeTest.phase === 'running') {
    return (
      <Button variant="default" onClick={stopRangeTest}>
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
      <Button variant="default" onClick={runRangeTest}>
        {t('finder.again')}
      </Button>
    </>
  );
}

export function LearningRateFinder() {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const [isOpen, { open, close }] = useDisclosure(false);
  const rangeTest = useSession((state) => state.rangeTest);
  const draft = useSession((state) => state.draft);
  const isReady = useSession(
    (state) => hasWorker(state) && state.backend.kind === 'ready' && state.data.trainingImages > 0,
  );
  const isBusy = useSession(({ run }) => isTraining(run?.phase));
  const isCopy = useSession((state) => startsFromWeights(state, state.draft));
  const isValid = useMemo(() => validateConfig(draft).length === 0, [draft]);
  const points = rangeTest?.points;
  const suggestion = useMemo(() => suggestedRate(points ?? []), [points]);
  const leave = (): void => {
    session.actions.closeRangeTest();
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
          session.actions.runRangeTest();
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
              from: format.plain(defaultRangeTest.from),
              to: format.plain(defaultRangeTest.to),
              steps: format.integer(defaultRangeTest.steps),
            })}
            {isBusy && ` ${t('finder.stands')}`}
          </p>
          {rangeTest !== null && (
            <>
              <RangeTestChart
                points={rangeTest.points}
                suggestion={rangeTest.phase === 'running' ? null : suggestion}
              />
              <output data-testid="finder-outcome" data-phase={rangeTest.phase}>
                <Outcome rangeTest={rangeTest} suggestion={suggestion} />
              </output>
              <div className={classes['buttons']}>
                <FinderButtons rangeTest={rangeTest} suggestion={suggestion} onTaken={leave} />
              </div>
              <p className={classes['text']}>{t('finder.source')}</p>
            </>
          )}
        </div>
      </Modal>
    </>
  );
}
