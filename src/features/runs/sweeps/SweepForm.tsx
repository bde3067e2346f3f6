/** A sweep that is to come: which settings vary and how, what that makes, how long it takes. */
import { Button, SegmentedControl, Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useRuns } from '@/features/runs/runsStore';
import { DimensionFields } from '@/features/runs/sweeps/DimensionFields';
import {
  draftOf,
  newSweepDraft,
  plannedSweep,
  type DraftProblem,
  type SweepDraft,
} from '@/features/runs/sweeps/sweepDraft';
import { useRunTexts } from '@/features/runs/useRunTexts';
import type { Hyperparameter } from '@/model/hyperparameter';
import { hyperparameter, hyperparameters } from '@/model/hyperparameters';
import type { NumberRange } from '@/model/numberRange';
import { mostValues, sweepable, type SweepRuns } from '@/model/sweep/sweep';
import { validateConfig } from '@/model/validate';
import { useProblemText } from '@/panels/run/useProblemText';
import { runQueue, useRunQueue } from '@/session/queue/pageQueue';
import { estimatedSeconds } from '@/session/queue/queueProgress';
import { mostQueued } from '@/session/queue/queueStorage';
import { newRunId } from '@/session/runActions';
import { useSession } from '@/session/session';
import { NumberField } from '@/ui/form/NumberField';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { useFieldTexts } from '@/ui/text/useFieldTexts';
import { useSettingText } from '@/ui/text/useSettingText';
import classes from '@/features/runs/sweeps/sweeps.module.css';

const whole = (min: number, max: number): NumberRange => ({
  kind: 'integer',
  min,
  max,
  step: 1,
  scale: 'linear',
});
const seedsRange = whole(1, 20);
const pointsRange = whole(1, mostQueued);
const drawSeedRange = whole(0, 2 ** 32 - 1);

function useDraftProblemText(): (problem: DraftProblem) => string {
  const { t } = useTranslation('sweeps');
  const format = useNumberFormat();
  const fieldTexts = useFieldTexts();
  const settingText = useSettingText();
  const configProblem = useProblemText();
  return (problem) => {
    const nameOf = (key: Hyperparameter['key']): string => fieldTexts(hyperparameter(key)).label;
    switch (problem.code) {
      case 'nothing':
      case 'base':
        return t(`form.problems.${problem.code}`);
      case 'too_many':
        return t('form.problems.too_many', {
          runs: format.compact(problem.runs),
          most: format.integer(mostQueued),
        });
      case 'no_points': {
        const [first] = validateConfig(problem.config);
        return t('form.problems.no_points', { problem: first === undefined ? '' : configProblem(first) });
      }
      case 'not_a_number':
        return t('form.problems.not_a_number', { name: nameOf(problem.key), value: problem.value });
      case 'dimension': {
        const { key, problem: inner } = problem;
        const name = nameOf(key);
        if (inner.code !== 'out_of_range')
          return t(`form.problems.${inner.code}`, { name, most: String(mostValues) });
        const field = hyperparameter(key);
        const [min, max] = 'min' in field ? [field.min, field.max] : [0, 0];
        return t('form.problems.out_of_range', {
          name,
          value: settingText(field, inner.value),
          min: format.plain(min),
          max: format.plain(max),
        });
      }
      default:
        return problem satisfies never;
    }
  };
}

function Size({ planned }: { readonly planned: SweepRuns }) {
  const { t } = useTranslation('sweeps');
  const format = useNumberFormat();
  const kept = useRuns((state) => state.runs);
  const backend = useSession((state) => state.backend);
  const isBehind = useRunQueue(({ phase }) => phase !== 'idle');
  const { runs, points, invalid } = planned;
  const seconds = useMemo(
    () =>
      backend.kind === 'ready'
        ? estimatedSeconds(
            runs.map(({ config }) => config),
            kept,
            backend.backend,
          )
        : null,
    [runs, kept, backend],
  );
  return (
    <>
      {t('form.size', {
        points: format.integer(points),
        seeds: format.integer(points === 0 ? 0 : runs.length / points),
        runs: format.integer(runs.length),
      })}{' '}
      {seconds === null ? t('form.timeUnknown') : t('form.time', { time: format.duration(seconds) })}{' '}
      {isBehind && t('form.behind')} {invalid.length > 0 && t('form.invalid', { count: invalid.length })}
    </>
  );
}

interface PointsProps {
  readonly draft: SweepDraft;
  readonly setDraft: (draft: SweepDraft) => void;
}

function PointFields({ draft, setDraft }: PointsProps) {
  const { t } = useTranslation('sweeps');
  const isRandom = draft.method === 'random';
  return (
    <>
      <div className={classes['fields']}>
        <SegmentedControl
          size="xs"
          aria-label={t('form.method')}
          data={(['grid', 'random'] as const).map((value) => ({ value, label: t(`form.${value}`) }))}
          value={draft.method}
          onChange={(method) => setDraft({ ...draft, method })}
        />
        {isRandom && (
          <>
            <NumberField
              size="xs"
              label={t('form.points')}
              range={pointsRange}
              value={draft.points}
              onChange={(points) => setDraft({ ...draft, points })}
            />
            <NumberField
              size="xs"
              label={t('form.drawSeed')}
              range={drawSeedRange}
              value={draft.drawSeed}
              onChange={(drawSeed) => setDraft({ ...draft, drawSeed })}
            />
          </>
        )}
        <NumberField
          size="xs"
          label={t('form.seeds')}
          hint={t('form.seedsHint')}
          range={seedsRange}
          value={draft.seeds}
          onChange={(seeds) => setDraft({ ...draft, seeds })}
        />
      </div>
      <p className={classes['detail']}>
        {t(isRandom ? 'form.randomHint' : 'form.gridHint')} {t('form.seedsHint')}
      </p>
    </>
  );
}

function AddSetting({ draft, setDraft }: PointsProps) {
  const { t } = useTranslation('sweeps');
  const { t: words } = useTranslation('hyperparameters');
  const fieldTexts = useFieldTexts();
  const base = useSession((state) => state.draft);
  const keys = draft.dimensions.map(({ key }) => key);
  const fields = sweepable(base, keys).filter(({ key }) => !keys.includes(key));
  const groups = [...new Set(fields.map(({ group }) => group))];
  return (
    <Select
      size="xs"
      className={classes['add']}
      label={t('form.add')}
      placeholder={t('form.addHint')}
      searchable
      data={groups.map((group) => ({
        group: words(`groups.${group}`),
        items: fields
          .filter((field) => field.group === group)
          .map((field) => ({ value: field.key, label: fieldTexts(field).label })),
      }))}
      value={null}
      onChange={(value) => {
        const field = hyperparameters.find(({ key }) => key === value);
        if (field !== undefined)
          setDraft({ ...draft, dimensions: [...draft.dimensions, draftOf(field.key, base)] });
      }}
      data-testid="sweep-add"
    />
  );
}

export function SweepForm({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('sweeps');
  const texts = useRunTexts();
  const problemText = useDraftProblemText();
  const base = useSession((state) => state.draft);
  const [draft, setDraft] = useState<SweepDraft>(() => newSweepDraft(base));
  const planned = useMemo(() => plannedSweep(draft, base, newRunId()), [draft, base]);
  const { dimensions } = draft;
  return (
    <section className={classes['form']} aria-label={t('form.title')} data-testid="sweep-form">
      <p className={classes['detail']}>
        {t('form.base', { network: base.network.name, settings: texts.settings({ config: base }) })}{' '}
        <Link href="/">{t('form.changeBase')}</Link>
      </p>
      {dimensions.map((dimension) => (
        <DimensionFields
          key={dimension.key}
          draft={dimension}
          isGrid={draft.method === 'grid'}
          onChange={(changed) =>
            setDraft({
              ...draft,
              dimensions: dimensions.map((one) => (one.key === changed.key ? changed : one)),
            })
          }
          onRemove={() =>
            setDraft({ ...draft, dimensions: dimensions.filter(({ key }) => key !== dimension.key) })
          }
        />
      ))}
      <AddSetting draft={draft} setDraft={setDraft} />
      <PointFields draft={draft} setDraft={setDraft} />
      <output className={classes['size']} data-testid="sweep-size">
        {'code' in planned ? (
          <span className={classes['problem']}>{problemText(planned)}</span>
        ) : (
          <Size planned={planned} />
        )}
      </output>
      <div className={classes['buttons']}>
        <Button
          disabled={'code' in planned}
          onClick={() => {
            if ('code' in planned) return;
            void runQueue.actions.add(planned.runs).then((isTaken) => {
              if (isTaken) onClose();
            });
          }}
          data-testid="sweep-start"
        >
          {t('form.start')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('form.cancel')}
        </Button>
      </div>
    </section>
  );
}
