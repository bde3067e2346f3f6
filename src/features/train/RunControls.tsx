/** The one large button, and step, epoch and reset beside it. */
import { Button, Tooltip } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { sharesWeights } from '@/model/weightsOrigin';
import { isTraining, isWaitingForBackend } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import type { SessionState } from '@/session/sessionState';
import { canContinue } from '@/session/startPlan';
import { ContinueNote } from '@/features/train/ContinueNote';
import { useHasInvalidField } from '@/features/train/typedFields';
import { Icon, type IconName } from '@/ui/icons/icons';
import { useNetworkProblem } from '@/panels/run/networkProblem';
import { useStartObstacle } from '@/panels/run/runProblems';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/train/RunBar.module.css';

type MainAction = 'start' | 'startAgain' | 'pause' | 'resume' | 'continue';

function mainAction(state: SessionState): MainAction {
  const { run, draft } = state;
  const phase = run?.phase;
  if (isTraining(phase)) return 'pause';
  if (phase === 'paused' || isWaitingForBackend(state)) return 'resume';
  if (canContinue(state)) return 'continue';
  const hasEnded = phase === 'finished' || phase === 'stopped' || phase === 'failed';
  return hasEnded && sharesWeights(run?.config.network ?? draft.network, draft.network)
    ? 'startAgain'
    : 'start';
}

function perform(action: MainAction): void {
  const { start, pause, resume } = session.actions;
  if (action === 'pause') pause();
  else if (action === 'resume' || action === 'continue') resume();
  else start();
}

interface SmallControlProps {
  readonly icon: IconName;
  readonly label: string;
  readonly hint: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
}

function SmallControl({ icon, label, hint, disabled, onClick }: SmallControlProps) {
  return (
    <Tooltip label={hint}>
      <Button
        variant="default"
        size="md"
        px="sm"
        classNames={{ section: classes['smallIcon'] ?? '' }}
        leftSection={<Icon name={icon} size={16} />}
        disabled={disabled}
        onClick={onClick}
      >
        {label}
      </Button>
    </Tooltip>
  );
}

export function RunControls() {
  const { t } = useTranslation('train');
  const action = useSession(mainAction);
  const epochs = useSession((state) => state.draft.epochs);
  const isBusy = useSession((state) => isTraining(state.run?.phase) || isWaitingForBackend(state));
  const hasInvalidField = useHasInvalidField();
  const networkProblem = useNetworkProblem();
  const format = useNumberFormat();
  const reasonId = useId();
  const obstacle = useStartObstacle();
  const isThere = obstacle !== 'no_worker';
  const isValid = obstacle !== 'invalid' && !hasInvalidField;
  const takesSettings = action !== 'pause' && action !== 'resume';
  const hasReason = takesSettings && ((isThere && obstacle !== null) || !isValid);
  const isBlocked = !isThere || hasReason;
  return (
    <fieldset className={classes['controls']} aria-label={t('controls.label')}>
      <Button
        size="lg"
        className={classes['main']}
        variant={action === 'pause' ? 'light' : 'filled'}
        leftSection={<Icon name={action === 'pause' ? 'pause' : 'play'} size={20} />}
        disabled={isBlocked}
        aria-describedby={hasReason ? reasonId : undefined}
        onClick={() => perform(action)}
        data-testid="main-control"
        data-action={action}
      >
        {t(`controls.${action}`, { epochs: format.integer(epochs) })}
      </Button>
      <div className={classes['small']}>
        <SmallControl
          icon="step"
          label={t('controls.step')}
          hint={t('controls.stepHint')}
          disabled={isBlocked || isBusy}
          onClick={() => session.actions.stepOnce()}
        />
        <SmallControl
          icon="epoch"
          label={t('controls.epoch')}
          hint={t('controls.epochHint')}
          disabled={isBlocked || isBusy}
          onClick={() => session.actions.epochOnce()}
        />
        <SmallControl
          icon="reset"
          label={t('controls.reset')}
          hint={t('controls.resetHint')}
          disabled={!isThere || !isValid}
          onClick={() => session.actions.reset()}
        />
      </div>
      {hasReason && (
        <p className={classes['invalid']} id={reasonId}>
          {isValid ? t('controls.tooLarge') : (networkProblem ?? t('controls.invalid'))}
        </p>
      )}
      {action === 'continue' && <ContinueNote />}
    </fieldset>
  );
}
