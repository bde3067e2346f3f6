/** The largest eigenvalue of the Hessian along the run, measured while it trains or once, beside the largest at which its steps are stable. */
import { Button, NativeSelect, Switch } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import {
  affordableInterval,
  curvatureImages,
  curvatureIntervals,
  type CurvaturePoint,
  curvatureShare,
  largestCurvatureShare,
} from '@/model/curvature';
import { session, useSession } from '@/session/session';
import { Chart } from '@/ui/chart/Chart';
import { ChartCurve, ChartDots } from '@/ui/chart/ChartCurve';
import type { Hover } from '@/ui/chart/ChartHover';
import { ChartPanel } from '@/ui/chart/ChartPanel';
import { linearDomain, logDomain, stepAxis, stepAxisEnd, valueAxis } from '@/ui/chart/chartScale';
import type { ExportTable } from '@/ui/export/exportFiles';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { changeCurvature, useCurvatureSettings } from '@/features/inspect/landscape/curvaturePass';
import { MeasureOnce } from '@/features/inspect/landscape/MeasureOnce';
import classes from '@/features/inspect/landscape/landscape.module.css';

const eigenvalueColor = 'var(--series-train)';
const stableColor = 'var(--series-test-loss)';
/** Where the bound lies so many times above all values, they would be a line at the bottom. */
const flattening = 5;

const eigenvalueOf = (point: CurvaturePoint): number | null =>
  Number.isFinite(point.eigenvalue) ? point.eigenvalue : null;
const stableOf = ({ stable }: CurvaturePoint): number | null => stable;

function useAxes(points: readonly CurvaturePoint[]) {
  const { t } = useTranslation('inspectLandscape');
  const format = useNumberFormat();
  return useMemo(() => {
    const eigenvalues = points.map(eigenvalueOf).filter((value) => value !== null);
    const bounds = points.map(stableOf).filter((value) => value !== null);
    const all = [...eigenvalues, ...bounds];
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const isLog = low > 0 && high > flattening * Math.max(...eigenvalues);
    const domain = isLog ? logDomain(low, high) : linearDomain(Math.min(0, low), high);
    return {
      x: stepAxis(t('curvature.stepAxis'), stepAxisEnd(points.at(-1)?.step ?? 0), format.compact),
      y: valueAxis(t('curvature.valueAxis'), domain, format.tick, isLog ? 'log' : 'linear'),
    };
  }, [points, t, format]);
}

/** What measuring costs the run. */
function Cost({ last }: { readonly last: CurvaturePoint }) {
  const { t } = useTranslation('inspectLandscape');
  const format = useNumberFormat();
  const interval = useSession(({ curvature }) => curvature.settings?.interval ?? null);
  const perStep = useSession(({ run }) =>
    run === null || run.imagesPerSecond === null ? null : (1000 * run.config.batchSize) / run.imagesPerSecond,
  );
  if (interval === null || perStep === null) return null;
  const share = curvatureShare(last.milliseconds, interval, perStep);
  const better = affordableInterval(last.milliseconds, perStep);
  const isDear = share > largestCurvatureShare && better > interval;
  return (
    <div className={classes['controls']} data-testid="curvature-cost">
      <span className={classes['note']}>
        {t('curvature.cost', {
          time: format.stopwatch(last.milliseconds / 1000),
          share: format.percent(share, 0),
          products: format.integer(last.iterations),
        })}
      </span>
      {isDear && (
        <Button size="compact-xs" variant="default" onClick={() => changeCurvature({ interval: better })}>
          {t('curvature.rarer', { steps: format.integer(better) })}
        </Button>
      )}
    </div>
  );
}

function Controls() {
  const { t } = useTranslation('inspectLandscape');
  const format = useNumberFormat();
  const settings = useSession(({ curvature }) => curvature.settings);
  const most = useSession(({ run }) => run?.config.trainingImages ?? Infinity);
  const chosen = useCurvatureSettings();
  const { interval, images } = chosen;
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label={t('curvature.interval')}
        value={String(interval)}
        disabled={settings === null}
        onChange={(event) => changeCurvature({ interval: Number(event.currentTarget.value) })}
        data={curvatureIntervals.map((steps) => ({
          value: String(steps),
          label: t('curvature.every', { count: steps }),
        }))}
      />
      <NativeSelect
        size="xs"
        aria-label={t('curvature.images')}
        value={String(images)}
        onChange={(event) => changeCurvature({ images: Number(event.currentTarget.value) })}
        data={curvatureImages
          .filter((count) => count <= most || count === images)
          .map((count) => ({
            value: String(count),
            label: t('curvature.ofImages', { n: format.integer(count) }),
          }))}
      />
      <Switch
        size="sm"
        label={t('curvature.measure')}
        checked={settings !== null}
        onChange={(event) => session.actions.setCurvature(event.currentTarget.checked ? chosen : null)}
      />
    </>
  );
}

const tableOf = (points: readonly CurvaturePoint[]): ExportTable => ({
  header: ['step', 'largest_eigenvalue', 'stable_up_to', 'products', 'has_converged', 'milliseconds'],
  rows: points.map(({ step, eigenvalue, stable, iterations, isConverged, milliseconds }) => [
    step,
    eigenvalue,
    stable ?? '',
    iterations,
    isConverged ? 1 : 0,
    milliseconds,
  ]),
});

export function CurvaturePanel() {
  const { t } = useTranslation(['inspectLandscape', 'errors']);
  const format = useNumberFormat();
  const { settings, points, error } = useSession(({ curvature }) => curvature);
  const optimizer = useSession(({ run }) => run?.config.optimizer.kind ?? 'SGD');
  const isPlain = useSession(({ run }) => {
    const spec = run?.config.optimizer;
    return spec?.kind !== 'SGD' || (spec.momentum === 0 && spec.weightDecay === 0);
  });
  const { x, y } = useAxes(points);
  const last = points.at(-1);
  const bound = t(isPlain ? 'curvature.bound' : 'curvature.boundOther');
  const hover: Hover<CurvaturePoint> = {
    rows: points,
    dot: eigenvalueOf,
    color: eigenvalueColor,
    title: ({ step }) => t('curvature.atStep', { step: format.integer(step) }),
    values: ({ eigenvalue, stable, isConverged }) => [
      {
        label: t(isConverged ? 'curvature.eigenvalue' : 'curvature.unsettled'),
        color: eigenvalueColor,
        value: format.loss(eigenvalue),
      },
      ...(stable === null ? [] : [{ label: bound, color: stableColor, value: format.loss(stable) }]),
    ],
  };
  const values = last && {
    value: format.loss(last.eigenvalue),
    bound: last.stable === null ? '' : format.loss(last.stable),
    step: format.integer(last.step),
  };
  return (
    <ChartPanel
      title={t('curvature.title')}
      fileName="curvature"
      table={() => tableOf(points)}
      testId="curvature-chart"
      legend={[
        { label: t('curvature.eigenvalue'), color: eigenvalueColor, mark: 'line' },
        ...(optimizer === 'SGD' ? [{ label: bound, color: stableColor, mark: 'dashed_line' } as const] : []),
      ]}
      actions={<Controls />}
      empty={points.length > 0 ? null : t(settings === null ? 'curvature.off' : 'curvature.waiting')}
      summary={
        values === undefined
          ? t('curvature.title')
          : t(last?.stable === null ? 'curvature.summary' : 'curvature.summaryBound', values)
      }
      footer={
        <>
          {error !== null && (
            <ErrorAlert title={t('curvature.failed')} detail={error.message}>
              {t(`errors:${error.code}.text`)}
            </ErrorAlert>
          )}
          <MeasureOnce />
          {last !== undefined && <Cost last={last} />}
          <p className={classes['note']}>
            {optimizer === 'SGD' ? t('curvature.edge') : t('curvature.noBound', { optimizer })}{' '}
            {t('curvature.hint')}
          </p>
        </>
      }
    >
      <Chart x={x} y={y} hover={hover}>
        <ChartCurve points={points} value={stableOf} color={stableColor} width={1.6} isDashed />
        <ChartCurve points={points} value={eigenvalueOf} color={eigenvalueColor} width={2} />
        <ChartDots points={points} value={eigenvalueOf} color={eigenvalueColor} radius={2.5} />
      </Chart>
    </ChartPanel>
  );
}
