/** What becomes of runs beyond this visit: the one that was left before its end, and what is not kept. */
import { Alert, Anchor, Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { isUnfinished } from '@/session/lastRun';
import { session, useSession } from '@/session/session';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/panels/run/FailureNotices.module.css';

function LastRun() {
  const { t, i18n } = useTranslation('recording');
  const format = useNumberFormat();
  const lastRun = useSession((state) => state.lastRun);
  // Whoever has trained another one since has decided.
  const isFree = useSession(({ run }) => (run?.step ?? 0) === 0);
  if (lastRun === null || !isFree) return null;
  const { run, hasState } = lastRun;
  const { id, config, summary, updatedAt } = run;
  const isOpen = isUnfinished(run);
  const kind = !hasState ? 'cut' : isOpen ? 'open' : 'ended';
  const date = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'short' });
  const open = (train: boolean): void => void session.actions.openRun(id, { train });
  return (
    <Alert
      role="note"
      title={t(`lastRun.${kind}.title`)}
      variant="outline"
      data-testid="last-run"
      data-kind={kind}
    >
      {t(`lastRun.${kind}.text`, {
        network: config.network.name,
        step: format.integer(summary.steps),
        total: format.integer(summary.totalSteps),
        date: date.format(updatedAt),
      })}
      <Group gap="xs" mt="sm">
        {isOpen && (
          <Button size="xs" onClick={() => open(true)}>
            {t(hasState ? 'lastRun.goOn' : 'lastRun.again')}
          </Button>
        )}
        {hasState && (
          <Button size="xs" variant="default" onClick={() => open(false)}>
            {t('lastRun.show')}
          </Button>
        )}
        <Button size="xs" variant="subtle" onClick={() => session.actions.dismissLastRun()}>
          {t('lastRun.dismiss')}
        </Button>
      </Group>
    </Alert>
  );
}

function NotKept() {
  const { t } = useTranslation('recording');
  const problem = useSession((state) => state.recordingProblem);
  if (problem === null) return null;
  return (
    <ErrorAlert
      tone="warning"
      title={t(`problem.${problem}.title`)}
      action={{ label: t('problem.close'), onClick: () => session.actions.closeRecordingProblem() }}
    >
      {t(`problem.${problem}.text`)}
      {problem === 'full' && (
        <>
          {' '}
          <Anchor component={Link} href="/runs" size="sm" underline="always">
            {t('problem.toStorage')}
          </Anchor>
        </>
      )}
    </ErrorAlert>
  );
}

export function RunNotices() {
  const isNeeded = useSession(
    ({ lastRun, recordingProblem }) => lastRun !== null || recordingProblem !== null,
  );
  if (!isNeeded) return null;
  return (
    <div className={classes['notices']}>
      <LastRun />
      <NotKept />
    </div>
  );
}
