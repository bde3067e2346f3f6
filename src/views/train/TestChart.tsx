/** One value of the tests over the run: quick tests as small points, full tests joined by a strong line. */
import { memo, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ComposedChart, Line, ResponsiveContainer } from 'recharts';
import { useSession } from '@/store/session';
import type { EvaluationPoint } from '@/store/sessionState';
import { useEpochTexts } from '@/views/train/useEpochTexts';
import { ChartPanel } from '@/views/ui/ChartPanel';
import { ChartGrid, chartMargin, EpochLines, HoverValues, StepAxis, ValueAxis } from '@/views/ui/chartParts';
import { niceTicks } from '@/views/ui/chartScale';
import { useNumberFormat } from '@/views/ui/numberFormat';

interface TestRow {
  readonly step: number;
  readonly quick: number | null;
  readonly full: number | null;
}

export interface TestChartProps {
  readonly title: string;
  readonly axisTitle: string;
  readonly color: string;
  readonly empty: string;
  readonly value: (point: EvaluationPoint) => number;
  readonly formatValue: (value: number) => string;
  readonly formatAxis: (value: number) => string;
  /** The axis for the lowest value; without it the chart chooses. */
  readonly domainFor?: (lowest: number) => [number, number];
  readonly className?: string | undefined;
}

/** Points of one step share a row, so that hovering shows both. */
function rowsOf(points: readonly EvaluationPoint[], value: TestChartProps['value']): TestRow[] {
  const rows = new Map<number, TestRow>();
  for (const point of points) {
    const row = rows.get(point.step) ?? { step: point.step, quick: null, full: null };
    const number = value(point);
    rows.set(point.step, { ...row, [point.extent]: Number.isFinite(number) ? number : null });
  }
  return [...rows.values()].sort((a, b) => a.step - b.step);
}

const lowestOf = (rows: readonly TestRow[]): number =>
  Math.min(...rows.flatMap(({ quick, full }) => [quick ?? Infinity, full ?? Infinity]));

export const TestChart = memo(function TestChart(props: TestChartProps) {
  const { title, axisTitle, color, empty, value, formatValue, formatAxis, domainFor, className } = props;
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const evaluations = useSession((state) => state.evaluations);
  const rows = useMemo(() => rowsOf(evaluations, value), [evaluations, value]);
  const last = rows.at(-1);
  const epochs = useEpochTexts(last?.step ?? 0);
  const domain = useMemo(() => domainFor?.(lowestOf(rows)), [domainFor, rows]);
  const lastValue = last?.full ?? last?.quick ?? null;

  return (
    <ChartPanel
      className={className}
      title={title}
      legend={[
        { label: t('charts.fullShort'), color, mark: 'line' },
        { label: t('charts.quickShort'), color, mark: 'small_dot' },
      ]}
      empty={rows.length === 0 ? empty : null}
      summary={t('charts.summaryTest', {
        step: format.integer(last?.step ?? 0),
        value: lastValue === null ? '–' : formatValue(lastValue),
      })}
    >
      <ResponsiveContainer width="100%" height="100%" minHeight={232}>
        <ComposedChart data={rows} margin={chartMargin}>
          <ChartGrid />
          <StepAxis title={t('charts.stepAxis')} last={last?.step ?? 0} format={format.compact} />
          <ValueAxis
            title={axisTitle}
            format={formatAxis}
            {...(domain === undefined ? {} : { domain, ticks: niceTicks(...domain) })}
          />
          <EpochLines marks={epochs.marks} label={epochs.label} />
          <Line
            dataKey="quick"
            stroke={color}
            strokeWidth={1}
            strokeOpacity={0.25}
            dot={{ r: 2, fill: color, stroke: 'none', fillOpacity: 0.6 }}
            connectNulls
            isAnimationActive={false}
          />
          <Line
            dataKey="full"
            stroke={color}
            strokeWidth={2.5}
            dot={{ r: 4, fill: color, stroke: 'var(--app-panel)', strokeWidth: 1.5 }}
            connectNulls
            isAnimationActive={false}
          />
          <HoverValues<TestRow>
            title={({ step }) => epochs.hoverTitle(step)}
            rows={({ quick, full }) => [
              ...(full === null ? [] : [{ label: t('charts.fullShort'), color, value: formatValue(full) }]),
              ...(quick === null
                ? []
                : [{ label: t('charts.quickShort'), color, value: formatValue(quick) }]),
            ]}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </ChartPanel>
  );
});
