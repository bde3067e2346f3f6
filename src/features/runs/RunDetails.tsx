/** One run at the side: what a person writes to it, what it was computed with, and ways on. */
import { Button, Drawer, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { runs, useRuns } from '@/features/runs/runsStore';
import { runStatus } from '@/features/runs/runStatus';
import { nameOfRun } from '@/storage/runs/runName';
import { useRunTexts } from '@/features/runs/useRunTexts';
import { useQueuedRunText } from '@/panels/queue/useQueuedRunText';
import { session, useSession } from '@/session/session';
import type { RecordedRun } from '@/storage/runs/runSchema';
import { dataOf } from '@/model/dataSet';
import { useDataName } from '@/panels/data/useDataName';
import { useDeviceText } from '@/ui/text/deviceText';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/runs/runs.module.css';

const longestName = 200;
const longestNotes = 20_000;
const mostTags = 50;

function Notes({ run }: { readonly run: RecordedRun }) {
  const { t } = useTranslation('runs');
  const { name, tags, notes } = run.notes;
  const all = useRuns((state) => state.runs);
  const known = useMemo(() => [...new Set(all.flatMap((one) => one.notes.tags))].toSorted(), [all]);
  const change = (part: Parameters<typeof runs.actions.annotate>[1]): void =>
    void runs.actions.annotate(run.id, part);
  return (
    <>
      <TextInput
        label={t('details.name')}
        placeholder={run.config.network.name}
        maxLength={longestName}
        value={name}
        onChange={({ currentTarget }) => change({ name: currentTarget.value })}
      />
      <TagsInput
        label={t('details.tags')}
        description={t('details.tagsHint')}
        data={known}
        maxTags={mostTags}
        value={[...tags]}
        onChange={(next) => change({ tags: next.map((tag) => tag.slice(0, longestName)) })}
      />
      <Textarea
        label={t('details.notes')}
        autosize
        minRows={3}
        maxRows={12}
        maxLength={longestNotes}
        value={notes}
        onChange={({ currentTarget }) => change({ notes: currentTarget.value })}
      />
    </>
  );
}

function Facts({ run }: { readonly run: RecordedRun }) {
  const { t } = useTranslation('runs');
  const format = useNumberFormat();
  const deviceText = useDeviceText();
  const texts = useRunTexts();
  const { t: data } = useTranslation('data');
  const dataName = useDataName();
  const runData = dataOf(run.config);
  const parent = useRuns((state) => state.runs.find(({ id }) => id === run.parent?.runId));
  const sweepText = useQueuedRunText();
  const { summary, environment, origin } = run;
  const facts: readonly (readonly [string, string])[] = [
    [t('details.network'), run.config.network.name],
    [
      data('select.label'),
      `${dataName(runData)}, ${data('kept.checksum', { start: runData.sha256.slice(0, 12) })}`,
    ],
    [t('details.settings'), texts.settings(run)],
    [
      t('columns.steps'),
      t('details.steps', {
        steps: format.integer(summary.steps),
        total: format.integer(summary.totalSteps),
      }),
    ],
    ...(origin.fileName === null ? [] : [[t('details.weights'), origin.fileName] as const]),
    ...(run.parent === null
      ? []
      : [
          [
            t('details.parent'),
            t('details.parentAt', {
              name: parent === undefined ? run.parent.runId : nameOfRun(parent),
              step: format.integer(run.parent.step),
            }),
          ] as const,
        ]),
    ...(run.sweep === null ? [] : [[t('details.sweep'), sweepText(run)] as const]),
    [t('details.device'), deviceText(environment.device)],
    [t('details.browser'), environment.browser],
    [t('details.pageVersion'), environment.pageVersion],
    [t('columns.createdAt'), texts.date(run.createdAt)],
    [t('details.bytes'), format.bytes(summary.bytes)],
  ];
  return (
    <dl className={classes['facts']}>
      {facts
        .filter(([, value]) => value !== '')
        .map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function WaysOn({ run, onClose }: { readonly run: RecordedRun; readonly onClose: () => void }) {
  const { t } = useTranslation('runs');
  const [, navigate] = useLocation();
  const status = useRuns(({ open }) => runStatus(run, open));
  const isAtHand = useSession((state) => state.run?.runId === run.id);
  const toTrain = (): void => {
    onClose();
    navigate('/');
  };
  const open = async (train: boolean): Promise<void> => {
    if (!isAtHand) await session.actions.openRun(run.id, { train });
    if (session.store.getState().run?.runId === run.id) toTrain();
  };
  // Of one that an older version measured there is nothing else to show.
  const isFiguresAlone = run.thinnedLoss !== null;
  const canGoOn = status !== 'finished' && status !== 'stopped' && status !== 'training';
  return (
    <div className={classes['ways']}>
      {!isFiguresAlone && (isAtHand || status !== 'training') && (
        <Button size="xs" onClick={() => void open(false)}>
          {t('details.show')}
        </Button>
      )}
      {canGoOn && !isAtHand && (
        <Button size="xs" variant="default" onClick={() => void open(true)}>
          {t('details.goOn')}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        onClick={() => {
          session.actions.loadPreset(run.config);
          toTrain();
        }}
      >
        {t('details.useSettings')}
      </Button>
      {isFiguresAlone && <p className={classes['detail']}>{t('details.figuresAlone')}</p>}
      {status === 'training' && !isAtHand && <p className={classes['detail']}>{t('details.elsewhere')}</p>}
    </div>
  );
}

export function RunDetails({ id, onClose }: { readonly id: string | null; readonly onClose: () => void }) {
  const { t } = useTranslation('runs');
  const run = useRuns((state) => state.runs.find((one) => one.id === id));
  return (
    <Drawer
      opened={run !== undefined}
      onClose={onClose}
      position="right"
      size="md"
      title={run === undefined ? '' : nameOfRun(run)}
      closeButtonProps={{ 'aria-label': t('details.close') }}
    >
      {run !== undefined && (
        <div className={classes['details']} data-testid="run-details">
          <WaysOn run={run} onClose={onClose} />
          <Notes run={run} />
          <Facts run={run} />
        </div>
      )}
    </Drawer>
  );
}
