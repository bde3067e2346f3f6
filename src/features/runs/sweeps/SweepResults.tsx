/** What a sweep has come to so far. */
import { Button, Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { CompareChart } from '@/features/runs/compare/CompareChart';
import type { ComparedLine } from '@/features/runs/compare/compareCurves';
import { mostCompared } from '@/features/runs/compare/runLines';
import { useCompared } from '@/features/runs/compare/useCompared';
import { ParallelCoordinates } from '@/features/runs/sweeps/ParallelCoordinates';
import { PointTable } from '@/features/runs/sweeps/PointTable';
import { SweepCurve } from '@/features/runs/sweeps/SweepCurve';
import { SweepHeatMap, type SweepPartProps } from '@/features/runs/sweeps/SweepHeatMap';
import {
  bestPoint,
  pointResults,
  sweepMetrics,
  type Sweep,
  type SweepMetric,
} from '@/features/runs/sweeps/sweepResults';
import { useSweepTexts } from '@/features/runs/sweeps/useSweepTexts';
import type { RunConfig } from '@/model/runConfig';
import { session } from '@/session/session';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/runs/sweeps/sweeps.module.css';

/** The best points' curves, each a mean over its seeds. */
function Curves({ sweep, results }: SweepPartProps) {
  const { t } = useTranslation('sweeps');
  const texts = useSweepTexts();
  const best = useMemo(() => results.filter(({ count }) => count > 0).slice(0, mostCompared), [results]);
  const ids = useMemo(
    () => best.flatMap(({ runs }) => runs.filter(({ phase }) => phase === 'finished').map(({ id }) => id)),
    [best],
  );
  const compared = useCompared(ids);
  const lines = useMemo(
    () =>
      best
        .map((result): ComparedLine => ({
          name: texts.point(sweep.fields, result),
          runs: compared.runs.filter(({ run }) => run.sweep?.point === result.point),
        }))
        .filter(({ runs }) => runs.length > 0),
    [best, compared.runs, texts, sweep.fields],
  );
  if (lines.length === 0) return null;
  return (
    <div>
      <h3 className={classes['subtitle']}>{t('results.curves')}</h3>
      <p className={classes['detail']}>{t('results.curvesHint', { count: lines.length })}</p>
      <CompareChart lines={lines} />
    </div>
  );
}

function Plots(props: SweepPartProps) {
  const { fields } = props.sweep;
  const [first] = fields;
  const isNumber = first?.kind === 'number' || first?.kind === 'integer';
  return (
    <>
      {fields.length === 1 && isNumber && <SweepCurve {...props} />}
      {fields.length >= 2 && <SweepHeatMap key={props.sweep.id} {...props} />}
      {fields.length >= 3 && <ParallelCoordinates {...props} />}
    </>
  );
}

export interface SweepResultsProps {
  readonly sweep: Sweep;
  readonly onSelect: (ids: readonly string[]) => void;
  /** Leaves nothing but the runs of this sweep in the table. */
  readonly onShowRuns: (id: string) => void;
}

export function SweepResults({ sweep, onSelect, onShowRuns }: SweepResultsProps) {
  const { t } = useTranslation('sweeps');
  const format = useNumberFormat();
  const texts = useSweepTexts();
  const [, navigate] = useLocation();
  const [metric, setMetric] = useState<SweepMetric>('bestAccuracy');
  const results = useMemo(() => pointResults(sweep, metric), [sweep, metric]);
  const best = bestPoint(results);
  const { runs, fields } = sweep;
  const done = runs.filter(({ phase }) => phase === 'finished').length;
  const use = (config: RunConfig): void => {
    session.actions.loadPreset(config);
    navigate('/');
  };
  return (
    <div className={classes['results']} data-testid="sweep-results" data-done={done}>
      <div className={classes['fields']}>
        <Select
          size="xs"
          label={t('results.metric')}
          data={sweepMetrics.map((value) => ({ value, label: t(`results.metrics.${value}`) }))}
          value={metric}
          allowDeselect={false}
          onChange={(value) => setMetric(sweepMetrics.find((one) => one === value) ?? metric)}
        />
        <p className={classes['detail']} aria-live="polite">
          {t('results.count', { done: format.integer(done), all: format.integer(runs.length) })}{' '}
          {best === undefined && t('results.none')}
        </p>
        <Button size="xs" variant="subtle" onClick={() => onSelect(runs.map(({ id }) => id))}>
          {t('results.select')}
        </Button>
        <Button size="xs" variant="subtle" onClick={() => onShowRuns(sweep.id)} data-testid="sweep-show-runs">
          {t('results.showRuns')}
        </Button>
      </div>
      {best !== undefined && (
        <div className={classes['best']} data-testid="sweep-best">
          <span>
            <span className={classes['detail']}>{t('results.best')}</span>
            {t('results.bestOf', { point: texts.point(fields, best), value: texts.mean(metric, best) })}
          </span>
          <Button size="xs" onClick={() => use(best.config)} data-testid="sweep-use">
            {t('results.use')}
          </Button>
        </div>
      )}
      {best !== undefined && <Plots {...{ sweep, results, metric }} />}
      <PointTable key={sweep.id} {...{ sweep, results, metric }} onUse={use} />
      <Curves {...{ sweep, results, metric }} />
    </div>
  );
}
