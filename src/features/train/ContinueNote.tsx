/** A run that has ended and has more epochs now: how it goes on, and the way to begin anew instead. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { dependsOnLength } from '@/model/schedules';
import { session, useSession } from '@/session/session';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { useStartObstacle } from '@/panels/run/runProblems';
import classes from '@/features/train/RunBar.module.css';

export function ContinueNote() {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const run = useSession((state) => state.run);
  const isBlocked = useStartObstacle() !== null;
  const { epochs, learningRate, schedule } = useSession((state) => state.draft);
  if (run === null) return null;
  const step = format.integer(run.step);
  const numbers = { step, epochs: format.integer(epochs) };
  const text = (): string => {
    if (dependsOnLength(schedule)) return t('controls.continueStretched', numbers);
    if (learningRate !== run.config.learningRate)
      return t('controls.continueRate', { step, rate: format.plain(learningRate) });
    return t('controls.continueExact', numbers);
  };
  return (
    <p className={classes['continue']}>
      {text()}{' '}
      <Button
        size="compact-xs"
        variant="default"
        disabled={isBlocked}
        onClick={() => session.actions.start()}
      >
        {t('controls.startOver')}
      </Button>
    </p>
  );
}
