/** The one large button, and step, epoch and reset beside it. */
import { Button, Tooltip } from '@mantine/core';
import { useId, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { validateConfig } from '@/model/validate';
import { sharesWeights } from '@/model/weightsOrigin';
import { isTraining, isWaitingForBackend } from '@/store/selectors';
import { session, useSession } from '@/store/session';
import type { SessionState } from '@/store/sessionState';
import { canContinue } from '@/store/startPlan';
import { ContinueNote } from '@/views/train/ContinueNote';
import { useHasInvalidField } from '@/views/train/typedFields';
import { Icon, type IconName } from '@/views/ui/icons';
import { useNetworkProblem } from '@/views/ui/networkProblem';
import { useHasFailedToBuild, useMemoryProblem } from '@/views/ui/runProblems';
import { useNumberFormat } from '@/views/ui/numberFormat';
import classes from '@/views/train/RunBar.module.css';

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
  const draft = useSession((state) => state.draft);
  const isBusy = useSession((state) => isTraining(state.run?.phase) || isWaitingForBackend(state));
  const hasWorker = useSession((state) => state.worker !== 'stopped' && state.worker !== 'crashed');
  const hasInvalidField = useHasInvalidField();
  const networkProblem = useNetworkProblem();
  const format = useNumberFormat();
  const reasonId = useId();
  const isValid = useMemo(() => validateConfig(draft).length === 0, [draft]) && !hasInvalidField;
  const hasFailedToBuild = useHasFailedToBuild();
  const isTooLarge = useMemoryProblem() !== null || hasFailedToBuild;
  const takesSettings = action !== 'pause' && action !== 'resume';
  const isBlocked = !hasWorker || (takesSettings && (!isValid || isTooLarge));
  return (
    <fieldset className={classes['controls']} aria-label={t('controls.label')}>
      <Button
        size="lg"
        className={classes['main']}
        variant={action === 'pause' ? 'light' : 'filled'}
        leftSection={<Icon name={action === 'pause' ? 'pause' : 'play'} size={20} />}
        disabled={isBlocked}
        aria-describedby={takesSettings && (!isValid || isTooLarge) ? reasonId : undefined}
        onClick={() => perform(action)}
        data-testid="main-control"
        data-action={action}
      >
        {t(`controls.${action}`, { epochs: format.integer(draft.epochs) })}
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
          disabled={!hasWorker || !isValid}
          onClick={() => session.actions.reset()}
        />
      </div>
      {takesSettings && (!isValid || isTooLarge) && (
        <p className={classes['invalid']} id={reasonId}>
          {isValid ? t('controls.tooLarge') : (networkProblem ?? t('controls.invalid'))}
        </p>
      )}
      {action === 'continue' && <ContinueNote />}
    </fieldset>
  );
}
