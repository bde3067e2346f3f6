/** Says that the network only guesses so far, with the way to change that. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { isUntrained } from '@/model/weightsOrigin';
import { session, useSession } from '@/session/session';
import { weightsHeld } from '@/session/startPlan';
import { useStartObstacle } from '@/panels/run/runProblems';
import { Icon } from '@/ui/icons/icons';
import classes from '@/panels/network/UntrainedNote.module.css';

/** Starts training; where the settings do not allow that, leads to where it says why. */
function TrainButton() {
  const { t } = useTranslation('draw');
  const obstacle = useStartObstacle();
  if (obstacle !== null && obstacle !== 'no_worker') {
    return (
      <Button size="sm" variant="default" component={Link} href="/">
        {t('cannotTrain')}
      </Button>
    );
  }
  return (
    <Button
      size="sm"
      leftSection={<Icon name="play" size={15} />}
      disabled={obstacle !== null}
      onClick={() => session.actions.start()}
    >
      {t('goTrain')}
    </Button>
  );
}

export function UntrainedNote() {
  const { t } = useTranslation('draw');
  // Also while the network is being built, so that the pad does not move under a hand that draws already.
  const hasOnlyGuesses = useSession(
    (state) =>
      [undefined, 'preparing', 'ready'].includes(state.run?.phase) && isUntrained(weightsHeld(state)),
  );
  if (!hasOnlyGuesses) return null;
  return (
    <div className={classes['untrained']}>
      <Icon name="info" />
      <span className={classes['untrainedText']}>{t('prediction.untrained')}</span>
      <TrainButton />
    </div>
  );
}
