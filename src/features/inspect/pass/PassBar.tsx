/** How far a long question about the network is: its share with a way to end it, which step is answered for, and the button that asks. */
import { Button, Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PassState } from '@/session/networkPass';
import { canPredict, followsTraining, networkVersion } from '@/session/selectors';
import { useSession } from '@/session/session';
import type { RequestType } from '@/session/sessionState';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { Icon } from '@/ui/icons/icons';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/inspect/pass/pass.module.css';

export interface PassBarProps<K extends RequestType> {
  readonly state: PassState<K>;
  /** What is asked, for its button: "Read all 10,000 test images". */
  readonly startText: string;
  /** The same once the network has changed since the answer; "Read again" where it is not said. */
  readonly againText?: string;
  /** What goes on, with its share: "Reading test images: 40 %". */
  readonly runningText: (share: string) => string;
  readonly start: () => void;
  readonly cancel: () => void;
  /** Steps behind the network that the answer is about; null without one. */
  readonly step: number | null;
  /** Whether the button is there though nothing has changed since. */
  readonly isRepeatable?: boolean;
  readonly isDisabled?: boolean;
  /** Said before the first answer, in place of what it costs. */
  readonly idleText?: string;
}

/** Of the answer, and of the network where that has gone on. */
function StepText({ step, isStale }: { readonly step: number; readonly isStale: boolean }) {
  const { t } = useTranslation('inspectPass');
  const format = useNumberFormat();
  const now = useSession(({ run, shown }) => shown?.at ?? run?.step ?? 0);
  return (
    <span className={classes['text']} data-testid="pass-step">
      {isStale
        ? t('stale', { step: format.integer(step), now: format.integer(now) })
        : t('at', { step: format.integer(step) })}
    </span>
  );
}

export function PassBar<K extends RequestType>(props: PassBarProps<K>) {
  const { state, startText, againText, runningText, start, cancel, step, idleText } = props;
  const { isRepeatable = false, isDisabled = false } = props;
  const { running, answer, error } = state;
  const { t } = useTranslation(['inspectPass', 'errors', 'common']);
  const format = useNumberFormat();
  const isReady = useSession(canPredict);
  const isTraining = useSession(followsTraining);
  const version = useSession(networkVersion);
  const isStale = answer !== null && version !== null && answer.network !== version;
  const idle = isReady ? (idleText ?? t(isTraining ? 'costs' : 'notYet')) : t('notReady');
  const share = format.percent(running?.done ?? 0, 0);
  return (
    <div
      className={classes['bar']}
      data-testid="pass"
      data-running={running !== null}
      data-current={answer !== null && !isStale}
    >
      {running !== null ? (
        <>
          <span className={classes['text']}>{runningText(share)}</span>
          <Progress
            className={classes['progress']}
            value={100 * (running.done ?? 0)}
            aria-label={runningText('')}
          />
          <Button size="xs" variant="default" onClick={cancel}>
            {t('cancel')}
          </Button>
        </>
      ) : (
        <>
          {answer !== null && step !== null && <StepText step={step} isStale={isStale} />}
          {(answer === null || isStale || isRepeatable) && (
            <Button
              size="xs"
              variant={answer === null ? 'filled' : 'default'}
              leftSection={<Icon name="play" size={14} />}
              disabled={!isReady || isDisabled}
              onClick={start}
            >
              {answer === null || !isStale ? startText : (againText ?? t('again'))}
            </Button>
          )}
          {answer === null && error === null && <span className={classes['text']}>{idle}</span>}
        </>
      )}
      {error !== null && running === null && (
        <div className={classes['error']}>
          <ErrorAlert
            title={t(`errors:${error.code}.title`)}
            detail={error.message}
            action={{ label: t('common:retry'), onClick: start }}
          >
            {t(`errors:${error.code}.text`)}
          </ErrorAlert>
        </div>
      )}
    </div>
  );
}
