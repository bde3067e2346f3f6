/** Chooses a set of runs, starts it, and shows how far the queue is. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { reportRuns } from '@/report/reportRuns';
import { type ChosenKey, chosenKey, queuedRun, type ChosenRun } from '@/features/report/chosenRuns';
import { QueueStatus } from '@/panels/queue/QueueStatus';
import { runQueue, useRunQueue } from '@/session/queue/pageQueue';
import { isUnderWay } from '@/session/selectors';
import { useSession } from '@/session/session';
import { Panel } from '@/ui/layout/Panel';
import classes from '@/features/report/report.module.css';

/** Whose full length takes minutes, not hours, without a GPU. */
const smallNetworks: readonly string[] = ['mynn', 'resnet', 'lenet'];

interface Selection {
  readonly chosen: ReadonlySet<ChosenKey>;
  readonly onChoose: (chosen: ReadonlySet<ChosenKey>) => void;
}

/** The chosen runs in the table's order. */
function chosenRuns(chosen: ReadonlySet<ChosenKey>): ChosenRun[] {
  return reportRuns.flatMap((run) =>
    (['full', 'short'] as const)
      .filter((length) => chosen.has(chosenKey(run, length)))
      .map((length) => ({ run, length })),
  );
}

function Chooser({ chosen, onChoose }: Selection) {
  const { t } = useTranslation('report');
  const willReplace = useSession(isUnderWay);
  const runs = chosenRuns(chosen);
  const small = reportRuns.filter(({ preset }) => smallNetworks.includes(preset.config.network.id));
  return (
    <>
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
          onClick={() => void runQueue.actions.add(runs.map(queuedRun))}
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
  const phase = useRunQueue((queue) => queue.phase);
  return (
    <Panel title={t('queue.title')} hint={t('queue.hint')}>
      <div className={classes['stack']} data-testid="queue" data-phase={phase}>
        <QueueStatus />
        {phase === 'idle' && <Chooser {...selection} />}
      </div>
    </Panel>
  );
}
