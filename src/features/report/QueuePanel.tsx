/** Chooses a set of runs, starts it, and shows how far the queue is. */
import { Button, Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { reportRunById, reportRuns, type RunLength } from '@/report/reportRuns';
import { queueProgress, runningItem, type QueueItem } from '@/features/report/reportQueue';
import { report, useReport } from '@/features/report/reportStore';
import { isUnderWay } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import { type ChosenKey, chosenKey } from '@/features/report/RunTable';
import { useRunTexts } from '@/features/report/useRunTexts';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { Panel } from '@/ui/layout/Panel';
import { WorkerErrorAlert } from '@/panels/run/WorkerErrorAlert';
import classes from '@/features/report/report.module.css';

/** Whose full length takes minutes, not hours, without a GPU. */
const smallNetworks: readonly string[] = ['mynn', 'resnet', 'lenet'];

interface Selection {
  readonly chosen: ReadonlySet<ChosenKey>;
  readonly onChoose: (chosen: ReadonlySet<ChosenKey>) => void;
}

interface Chosen {
  readonly runId: string;
  readonly length: RunLength;
}

/** The chosen runs in the table's order. */
function chosenRuns(chosen: ReadonlySet<ChosenKey>): Chosen[] {
  return reportRuns.flatMap((run) =>
    (['full', 'short'] as const)
      .filter((length) => chosen.has(chosenKey(run, length)))
      .map((length) => ({ runId: run.id, length })),
  );
}

function ItemList({ items }: { readonly items: readonly QueueItem[] }) {
  const { t } = useTranslation('report');
  const { name, lengthOf } = useRunTexts();
  return (
    <ol className={classes['items']}>
      {items.map(({ runId, length, state }) => {
        const run = reportRunById(runId);
        if (run === undefined) return null;
        return (
          <li key={`${runId}/${length}`} data-state={state}>
            <span>
              {name(run)}, {lengthOf(run, length)}
            </span>
            <span className={classes['itemState']}>{t(`queue.states.${state}`)}</span>
          </li>
        );
      })}
    </ol>
  );
}

function TimeLeft({ secondsLeft }: { readonly secondsLeft: number | null }) {
  const { t } = useTranslation('report');
  const format = useNumberFormat();
  const run = useSession((state) => state.run);
  if (run?.phase === 'waiting') return t('queue.waitingForData');
  if (secondsLeft === null) return t('queue.leftUnknown');
  const left = t('queue.left', { time: format.duration(secondsLeft) });
  return run !== null && run.testedImages !== null ? `${left}, ${t('queue.testing')}` : left;
}

function RunningQueue() {
  const { t } = useTranslation('report');
  const format = useNumberFormat();
  const { name, lengthOf } = useRunTexts();
  const queue = useReport((state) => state.queue);
  const run = useSession((state) => state.run);
  const dataError = useSession((state) => state.data.error);
  const progress = queueProgress(queue, run);
  const item = runningItem(queue);
  const current = item === null ? undefined : reportRunById(item.runId);
  const share = format.percent(progress.share, 0);
  return (
    <div className={classes['running']} data-testid="queue-running">
      {item !== null && current !== undefined && (
        <p className={classes['current']}>
          {t('queue.running', {
            position: String(progress.finished + 1),
            count: queue.items.length,
            name: name(current),
            length: lengthOf(current, item.length),
          })}
        </p>
      )}
      <Progress.Root size="lg">
        <Progress.Section value={100 * progress.share} aria-label={t('queue.progress')} />
      </Progress.Root>
      <p className={classes['detail']}>
        {t('queue.percent', { share })}, <TimeLeft secondsLeft={progress.secondsLeft} />
      </p>
      {dataError !== null && (
        <WorkerErrorAlert
          error={dataError}
          action={{ label: t('queue.resumeRun'), onClick: () => session.actions.retryData() }}
        />
      )}
      {run?.phase === 'paused' && (
        <div className={classes['buttons']}>
          <span>{t('queue.paused')}</span>
          <Button size="xs" onClick={() => session.actions.resume()}>
            {t('queue.resumeRun')}
          </Button>
        </div>
      )}
      <div className={classes['buttons']}>
        <Button
          size="xs"
          variant="default"
          onClick={() => report.actions.cancelQueue()}
          data-testid="queue-cancel"
        >
          {t('queue.cancel')}
        </Button>
        <Link href="/">{t('queue.watch')}</Link>
      </div>
      <ItemList items={queue.items} />
    </div>
  );
}

function StandingQueue() {
  const { t } = useTranslation('report');
  const queue = useReport((state) => state.queue);
  const waiting = queue.items.filter(({ state }) => state === 'waiting').length;
  return (
    <ErrorAlert tone="warning" title={t('queue.interrupted')}>
      {t('queue.interruptedText', { count: waiting })}
      <ItemList items={queue.items} />
      <div className={classes['buttons']}>
        <Button size="xs" onClick={() => report.actions.resumeQueue()} data-testid="queue-resume">
          {t('queue.resume')}
        </Button>
        <Button size="xs" variant="default" onClick={() => report.actions.cancelQueue()}>
          {t('queue.forget')}
        </Button>
      </div>
    </ErrorAlert>
  );
}

function Chooser({ chosen, onChoose }: Selection) {
  const { t } = useTranslation('report');
  const willReplace = useSession(isUnderWay);
  const finished = useReport((state) => state.queue.items);
  const runs = chosenRuns(chosen);
  const small = reportRuns.filter(({ preset }) => smallNetworks.includes(preset.config.network.id));
  return (
    <>
      {finished.length > 0 && (
        <section data-testid="queue-finished">
          <p className={classes['current']}>{t('queue.finished')}</p>
          <ItemList items={finished} />
          <Button size="xs" variant="default" onClick={() => report.actions.cancelQueue()}>
            {t('queue.close')}
          </Button>
        </section>
      )}
      <div className={classes['buttons']}>
        <Button
          size="xs"
          variant="default"
          onClick={() => onChoose(new Set(reportRuns.map((run) => chosenKey(run, 'short'))))}
        >
          {t('queue.chooseShort')}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => onChoose(new Set(small.map((run) => chosenKey(run, 'full'))))}
        >
          {t('queue.chooseSmall')}
        </Button>
        <Button size="xs" variant="subtle" color="gray" onClick={() => onChoose(new Set())}>
          {t('queue.chooseNone')}
        </Button>
      </div>
      <div className={classes['buttons']}>
        <Button
          disabled={runs.length === 0}
          onClick={() => report.actions.runQueue(runs)}
          data-testid="queue-start"
        >
          {t('queue.start', { count: runs.length })}
        </Button>
        <span className={classes['muted']}>
          {runs.length === 0 ? t('queue.nothing') : willReplace ? t('queue.replaces') : null}
        </span>
      </div>
    </>
  );
}

export function QueuePanel(selection: Selection) {
  const { t } = useTranslation('report');
  const phase = useReport((state) => state.queue.phase);
  return (
    <Panel title={t('queue.title')} hint={t('queue.hint')}>
      <div className={classes['stack']} data-testid="queue" data-phase={phase}>
        {phase === 'running' && <RunningQueue />}
        {phase === 'interrupted' && <StandingQueue />}
        {phase === 'elsewhere' && (
          <ErrorAlert tone="warning" title={t('queue.elsewhere')}>
            {t('queue.elsewhereText')}
          </ErrorAlert>
        )}
        {phase === 'idle' && <Chooser {...selection} />}
      </div>
    </Panel>
  );
}
