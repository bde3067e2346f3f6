/** Loss of every batch, raw and smoothed, with a logarithmic scale and the smoothing at hand. */
import { Slider, Switch, Tooltip } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ChartSeries, type ChartPoint } from '@/session/chartSeries';
import { session, useSession } from '@/session/session';
import { otherColor, useOtherCurve, valueOf } from '@/features/train/otherCurve';
import { DiagnosisMarks } from '@/features/train/DiagnosisMarks';
import { useEpochTexts } from '@/features/train/useEpochTexts';
import { StepScrubber } from '@/panels/run/StepScrubber';
import { useMetricsVersion } from '@/features/train/useMetricsVersion';
import { Chart } from '@/ui/chart/Chart';
import { ChartCurve } from '@/ui/chart/ChartCurve';
import type { Hover } from '@/ui/chart/ChartHover';
import { ChartPanel, type LegendItem } from '@/ui/chart/ChartPanel';
import { EpochLines, ReferenceLine } from '@/ui/chart/chartParts';
import {
  linearDomain,
  logDomain,
  plotMarginOf,
  stepAxis,
  stepAxisEnd,
  thinned,
  valueAxis,
} from '@/ui/chart/chartScale';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/train/charts.module.css';

const color = 'var(--series-train)';
const parentColor = 'var(--app-muted)';
const evidenceSeries = ['training_loss'] as const;
const refreshMilliseconds = 120;
/** Places where the pointer finds values: about one every six pixels. */
const hoverStops = 160;

const rawOf = (point: ChartPoint): number => point.value;
const smoothedOf = (point: ChartPoint): number => point.smoothed;
/** Null where no dot can stand. */
const dotOf = ({ smoothed }: ChartPoint): number | null => (Number.isFinite(smoothed) ? smoothed : null);

interface Range {
  readonly low: number;
  readonly high: number;
}

/** Of the finite values; from infinity to minus infinity where there is none. */
function rangeOf(points: readonly ChartPoint[]): Range {
  let low = Infinity;
  let high = -Infinity;
  for (const { value } of points) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

/** Of both curves. */
function joinedRange({ low, high }: Range, other: Range | null): Range {
  return other === null ? { low, high } : { low: Math.min(low, other.low), high: Math.max(high, other.high) };
}

function LossControls({ canUseLog }: { readonly canUseLog: boolean }) {
  const { t } = useTranslation('train');
  const { logScale, smoothing } = useSession((state) => state.settings);
  return (
    <>
      <label className={classes['slider']}>
        <span id="smoothing-label">{t('charts.smoothing')}</span>
        <Slider
          size="sm"
          w={96}
          min={0}
          max={0.99}
          step={0.01}
          label={(value) => value.toFixed(2)}
          value={smoothing}
          onChange={(value) => session.actions.updateSettings({ smoothing: value })}
          thumbProps={{ 'aria-labelledby': 'smoothing-label' }}
        />
      </label>
      <Tooltip label={t('charts.logImpossible')} disabled={canUseLog}>
        <Switch
          size="sm"
          label={t('charts.logScale')}
          checked={logScale && canUseLog}
          disabled={!canUseLog}
          onChange={(event) => session.actions.updateSettings({ logScale: event.currentTarget.checked })}
        />
      </Tooltip>
    </>
  );
}

/** Every step, not only the ones that are drawn. */
function lossRows(): number[][] {
  const { firstStep, loss } = session.metrics.block();
  return Array.from(loss, (value, i) => [firstStep + i + 1, value]);
}

const noPoints: readonly ChartPoint[] = [];

/** The loss of the run that the one at hand branched from, where there is one. */
function useComparison(smoothing: number): readonly ChartPoint[] {
  const comparison = useSession((state) => state.comparison);
  return useMemo(() => {
    if (comparison === null) return noPoints;
    const series = new ChartSeries(smoothing, 1);
    for (const loss of comparison.loss) series.append(loss);
    return series.points();
  }, [comparison, smoothing]);
}

const parentLegend = (label: string): LegendItem => ({ label, color: parentColor, mark: 'line' });

export function TrainingLossChart({ className }: { readonly className?: string | undefined }) {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const { logScale, smoothing } = useSession((state) => state.settings);
  const version = useMetricsVersion(refreshMilliseconds);
  // The version stands for the log's content, which React cannot see.
  // oxlint-disable-next-line react/exhaustive-deps
  const points = useMemo(() => session.metrics.chart('loss', smoothing), [version, smoothing]);
  const parent = useComparison(smoothing);
  const branchStep = useSession(({ comparison }) => comparison?.step ?? 0);
  const shownStep = useSession(({ shown }) => shown?.at ?? null);
  const other = useOtherCurve('train_loss', smoothing);
  const last = Math.max(points.at(-1)?.step ?? 0, parent.at(-1)?.step ?? 0);
  const hasCurve = points.length > 0 || other !== null;
  const epochs = useEpochTexts(last);
  const range = useMemo(() => joinedRange(rangeOf([...points, ...parent]), other), [points, parent, other]);
  const canUseLog = !hasCurve || range.low > 0;
  const usesLog = logScale && hasCurve && range.low > 0;
  const [low, high] = usesLog ? logDomain(range.low, range.high) : linearDomain(range.low, range.high);
  const end = stepAxisEnd(Math.max(last, other?.last ?? 0));
  const x = useMemo(() => stepAxis(t('charts.stepAxis'), end, format.compact), [t, end, format]);
  const y = useMemo(
    () => valueAxis(t('charts.lossAxis'), [low, high], format.tick, usesLog ? 'log' : 'linear'),
    [t, low, high, usesLog, format],
  );
  const hover: Hover<ChartPoint> = {
    rows: useMemo(() => thinned(points, hoverStops), [points]),
    dot: dotOf,
    color,
    title: ({ step }) => epochs.hoverTitle(step),
    values: ({ value, smoothed }) => [
      { label: t('charts.smoothed'), color, value: format.loss(smoothed) },
      { label: t('charts.raw'), color, value: format.loss(value) },
    ],
  };
  const latest = session.metrics.latest('loss');

  return (
    <ChartPanel
      className={className}
      title={t('charts.trainingLoss')}
      fileName="training-loss"
      table={() => ({ header: ['step', 'loss'], rows: lossRows() })}
      legend={[
        { label: t('charts.smoothed'), color, mark: 'line' },
        { label: t('charts.raw'), color, mark: 'faint_line' },
        ...(other === null ? [] : [{ label: t('other.legend'), color: otherColor, mark: 'line' as const }]),
        ...(parent.length === 0 ? [] : [parentLegend(t('charts.parent'))]),
      ]}
      actions={<LossControls canUseLog={canUseLog} />}
      empty={hasCurve ? null : t('charts.emptyTraining')}
      summary={t('charts.summaryTraining', {
        steps: format.integer(last),
        loss: latest === null ? '–' : format.loss(latest),
      })}
      testId="training-loss"
      footer={<StepScrubber margin={plotMarginOf(y)} axisEnd={end} />}
    >
      <Chart x={x} y={y} hover={hover}>
        <EpochLines marks={epochs.marks} label={epochs.label} />
        {parent.length > 0 && (
          <>
            <ChartCurve points={parent} value={smoothedOf} color={parentColor} width={2} />
            <ReferenceLine at={branchStep} color={parentColor} isDashed />
          </>
        )}
        <ChartCurve points={points} value={rawOf} color={color} width={1} opacity={0.32} />
        <ChartCurve points={points} value={smoothedOf} color={color} width={2} />
        {other !== null && (
          <ChartCurve points={other.points} value={valueOf} color={otherColor} width={2} opacity={0.8} />
        )}
        <DiagnosisMarks series={evidenceSeries} />
        {shownStep !== null && <ReferenceLine at={shownStep} color="var(--app-text)" />}
      </Chart>
    </ChartPanel>
  );
}
