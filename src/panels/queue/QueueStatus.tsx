/** The queue of runs: how far it is, why it stands still, or that it is done; nothing where none was begun. */
import { Button, Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { Link } from 'wouter';
import { useQueuedRunText } from '@/panels/queue/useQueuedRunText';
import { WorkerErrorAlert } from '@/panels/run/WorkerErrorAlert';
import { runQueue, useRunQueue } from '@/session/queue/pageQueue';
import { queueProgress } from '@/session/queue/queueProgress';
import { runningItem, type QueueItem } from '@/session/queue/runQueue';
import { session, useSession } from '@/session/session';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/panels/queue/QueueStatus.module.css';

function ItemList({ items }: { readonly items: readonly QueueItem[] }) {
  const { t } = useTranslation('queue');
  const text = useQueuedRunText();
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long one scrolls, which the keyboard has to reach
    <section className={classes['list']} tabIndex={0} aria-label={t('label')}>
      <ol>
        {items.map((item, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- items stay where they are, and may be alike
          <li key={i} data-state={item.state}>
            <span>{text(item)}</span>
            <span className={classes['state']}>{t(`states.${item.state}`)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function TimeLeft({ secondsLeft }: { readonly secondsLeft: number | null }) {
  const { t } = useTranslation('queue');
  const format = useNumberFormat();
  const run = useSession((state) => state.run);
  if (run?.phase === 'waiting') return t('waitingForData');
  if (secondsLeft === null) return t('leftUnknown');
  const left = t('left', { time: format.duration(secondsLeft) });
  return run !== null && run.testedImages !== null ? `${left}, ${t('testing')}` : left;
}

function RunningQueue() {
  const { t } = useTranslation('queue');
  const format = useNumberFormat();
  const text = useQueuedRunText();
  const queue = useRunQueue((state) => state);
  const outlivesReload = useStore(runQueue.store, (state) => state.outlivesReload);
  const run = useSession((state) => state.run);
  const dataError = useSession((state) => state.data.error);
  const progress = queueProgress(queue, run);
  const item = runningItem(queue);
  const share = format.percent(progress.share, 0);
  const isPaused = queue.phase === 'paused';
  return (
    <div className={classes['running']} data-testid="queue-running">
      {item !== null && (
        <p className={classes['current']}>
          {t('running', {
            position: String(progress.finished + 1),
            count: queue.items.length,
            name: text(item),
          })}
        </p>
      )}
      <Progress.Root size="lg">
        <Progress.Section value={100 * progress.share} aria-label={t('progress')} />
      </Progress.Root>
      <p className={classes['detail']}>
        {isPaused && `${t('paused')} `}
        {t('percent', { share })}, <TimeLeft secondsLeft={progress.secondsLeft} />
      </p>
      {!outlivesReload && <p className={classes['detail']}>{t('notKept')}</p>}
      {dataError !== null && (
        <WorkerErrorAlert
          error={dataError}
          action={{ label: t('resumeRun'), onClick: () => session.actions.retryData() }}
        />
      )}
      <div className={classes['buttons']}>
        {isPaused ? (
          <Button size="xs" onClick={() => runQueue.actions.resume()} data-testid="queue-go-on">
            {t('resumeRun')}
          </Button>
        ) : (
          <Button
            size="xs"
            variant="default"
            onClick={() => runQueue.actions.pause()}
            data-testid="queue-pause"
          >
            {t('pause')}
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          onClick={() => runQueue.actions.cancel()}
          data-testid="queue-cancel"
        >
          {t('cancel')}
        </Button>
        <Link href="/">{t('watch')}</Link>
      </div>
      <ItemList items={queue.items} />
    </div>
  );
}

function StandingQueue() {
  const { t } = useTranslation('queue');
  const items = useRunQueue((queue) => queue.items);
  const waiting = items.filter(({ state }) => state === 'waiting').length;
  return (
    <ErrorAlert tone="warning" title={t('interrupted')}>
      {t('interruptedText', { count: waiting })}
      <ItemList items={items} />
      <div className={classes['buttons']}>
        <Button size="xs" onClick={() => runQueue.actions.resume()} data-testid="queue-resume">
          {t('resume')}
        </Button>
        <Button size="xs" variant="default" onClick={() => runQueue.actions.cancel()}>
          {t('forget')}
        </Button>
      </div>
    </ErrorAlert>
  );
}

function DoneQueue({ items }: { readonly items: readonly QueueItem[] }) {
  const { t } = useTranslation('queue');
  if (items.length === 0) return null;
  return (
    <section data-testid="queue-finished">
      <p className={classes['current']}>{t('finished')}</p>
      <ItemList items={items} />
      <Button size="xs" variant="default" onClick={() => runQueue.actions.cancel()}>
        {t('close')}
      </Button>
    </section>
  );
}

export function QueueStatus() {
  const { t } = useTranslation('queue');
  const phase = useRunQueue((queue) => queue.phase);
  const items = useRunQueue((queue) => queue.items);
  switch (phase) {
    case 'running':
    case 'paused':
      return <RunningQueue />;
    case 'interrupted':
      return <StandingQueue />;
    case 'elsewhere':
      return (
        <ErrorAlert
          tone="warning"
          title={t('elsewhere')}
          action={{ label: t('resume'), onClick: () => runQueue.actions.resume() }}
        >
          {t('elsewhereText')}
        </ErrorAlert>
      );
    case 'idle':
      return <DoneQueue items={items} />;
    default:
      return phase satisfies never;
  }
}
