/** Loss of every batch, raw and smoothed, with a logarithmic scale and the smoothing at hand. */
import { Slider, Switch, Tooltip } from '@mantine/core';
import { createContext, memo, use, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ComposedChart, ResponsiveContainer } from 'recharts';
import type { ChartPoint } from '@/store/chartSeries';
import { session, useSession } from '@/store/session';
import { DiagnosisMarks } from '@/views/train/DiagnosisMarks';
import { type EpochTexts, useEpochTexts } from '@/views/train/useEpochTexts';
import { useMetricsVersion } from '@/views/train/useMetricsVersion';
import { ChartCurve } from '@/views/ui/ChartCurve';
import { ChartPanel } from '@/views/ui/ChartPanel';
import {
  ChartGrid,
  chartMargin,
  EpochLines,
  HoverLine,
  type HoverRow,
  HoverValues,
  StepAxis,
  ValueAxis,
} from '@/views/ui/chartParts';
import { linearDomain, logDomain, stepAxisEnd, thinned } from '@/views/ui/chartScale';
import { useNumberFormat } from '@/views/ui/numberFormat';
import { useHoverRows } from '@/views/ui/useHoverRows';
import classes from '@/views/train/charts.module.css';

const color = 'var(--series-train)';
const evidenceSeries = ['training_loss'] as const;
const refreshMilliseconds = 120;
/** Places where the pointer finds values: about one every six pixels. */
const hoverStops = 160;

const rawOf = (point: ChartPoint): number | null => point.value;
const smoothedOf = (point: ChartPoint): number | null => point.smoothed;

interface Range {
  readonly low: number;
  readonly high: number;
}

function rangeOf(points: readonly ChartPoint[]): Range {
  let low = Infinity;
  let high = -Infinity;
  for (const { value } of points) {
    if (value === null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
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

/** The lines take their points from here, past the chart around them, which stands still between two changes of an axis. */
const Points = createContext<readonly ChartPoint[]>([]);

function Curves() {
  const points = use(Points);
  return (
    <>
      <ChartCurve points={points} value={rawOf} color={color} width={1} opacity={0.32} />
      <ChartCurve points={points} value={smoothedOf} color={color} width={2} />
    </>
  );
}

interface PlotProps {
  readonly stops: ChartPoint[];
  /** Where the step axis ends. */
  readonly end: number;
  readonly low: number;
  readonly high: number;
  readonly usesLog: boolean;
  readonly epochs: EpochTexts;
}

const Plot = memo(function Plot({ stops, end, low, high, usesLog, epochs }: PlotProps) {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const hover = useMemo(
    () => ({
      title: ({ step }: ChartPoint): string => epochs.hoverTitle(step),
      rows: ({ value, smoothed }: ChartPoint): readonly HoverRow[] => [
        { label: t('charts.smoothed'), color, value: smoothed === null ? '–' : format.loss(smoothed) },
        { label: t('charts.raw'), color, value: value === null ? 'NaN' : format.loss(value) },
      ],
    }),
    [t, format, epochs],
  );
  return (
    <ResponsiveContainer width="100%" height="100%" minHeight={232}>
      <ComposedChart data={stops} margin={chartMargin}>
        <ChartGrid />
        <StepAxis title={t('charts.stepAxis')} last={end} format={format.compact} />
        <ValueAxis
          title={t('charts.lossAxis')}
          format={format.plain}
          scale={usesLog ? 'log' : 'linear'}
          low={low}
          high={high}
        />
        <EpochLines marks={epochs.marks} label={epochs.label} />
        <Curves />
        <DiagnosisMarks series={evidenceSeries} />
        <HoverLine dataKey="smoothed" color={color} />
        <HoverValues<ChartPoint> title={hover.title} rows={hover.rows} />
      </ComposedChart>
    </ResponsiveContainer>
  );
});

export function TrainingLossChart({ className }: { readonly className?: string | undefined }) {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const { logScale, smoothing } = useSession((state) => state.settings);
  const version = useMetricsVersion(refreshMilliseconds);
  // The version stands for the log's content, which React cannot see.
  // oxlint-disable-next-line react/exhaustive-deps
  const points = useMemo(() => session.metrics.chart('loss', smoothing), [version, smoothing]);
  const last = points.at(-1)?.step ?? 0;
  const epochs = useEpochTexts(last);
  const range = useMemo(() => rangeOf(points), [points]);
  const canUseLog = points.length === 0 || range.low > 0;
  const usesLog = logScale && points.length > 0 && range.low > 0;
  const [low, high] = usesLog ? logDomain(range.low, range.high) : linearDomain(range.low, range.high);
  const hover = useHoverRows(useMemo(() => thinned(points, hoverStops), [points]));
  const latest = session.metrics.latest('loss');

  return (
    <ChartPanel
      className={className}
      title={t('charts.trainingLoss')}
      legend={[
        { label: t('charts.smoothed'), color, mark: 'line' },
        { label: t('charts.raw'), color, mark: 'faint_line' },
      ]}
      actions={<LossControls canUseLog={canUseLog} />}
      empty={points.length === 0 ? t('charts.emptyTraining') : null}
      summary={t('charts.summaryTraining', {
        steps: format.integer(last),
        loss: latest === null ? '–' : format.loss(latest),
      })}
      hover={hover.handlers}
      testId="training-loss"
    >
      <Points value={points}>
        <Plot
          stops={hover.rows}
          end={stepAxisEnd(last)}
          low={low}
          high={high}
          usesLog={usesLog}
          epochs={epochs}
        />
      </Points>
    </ChartPanel>
  );
}
