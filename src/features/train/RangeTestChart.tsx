/** Loss against the learning rate, both raw and smoothed, with the suggested rate marked. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { defaultRangeTest, smoothedRangeTest, type Suggestion, type RangeTestPoint } from '@/model/rangeTest';
import { Chart } from '@/ui/chart/Chart';
import { ChartCurve, ChartDots } from '@/ui/chart/ChartCurve';
import type { Hover } from '@/ui/chart/ChartHover';
import { ChartFigure } from '@/ui/chart/ChartPanel';
import { ReferenceLine } from '@/ui/chart/chartParts';
import { type Axis, linearDomain, valueAxis } from '@/ui/chart/chartScale';
import { useNumberFormat } from '@/ui/text/numberFormat';

const color = 'var(--series-train)';
const markColor = 'var(--series-test-loss)';
const decades = [1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10] as const;

interface Row {
  /** The learning rate: a curve's x is called its step. */
  readonly step: number;
  readonly loss: number;
  readonly smoothed: number;
}

const lossOf = (row: Row): number => row.loss;
const smoothedOf = (row: Row): number => row.smoothed;

/** The smoothed line with room around it: single batches at the end would flatten everything before them. */
function lossDomain(rows: readonly Row[]): [number, number] {
  if (rows.length === 0) return [0, 1];
  const start = rows[0]?.smoothed ?? 0;
  const lowest = Math.min(...rows.map(smoothedOf));
  const room = Math.max(start - lowest, 0.05 * Math.abs(start), 0.02);
  return linearDomain(lowest - room, start + 2 * room);
}

export interface RangeTestChartProps {
  readonly points: readonly RangeTestPoint[];
  readonly suggestion: Suggestion | null;
}

export function RangeTestChart({ points, suggestion }: RangeTestChartProps) {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const rows = useMemo(
    () =>
      smoothedRangeTest(points).map(({ learningRate, loss, smoothed }): Row => ({
        step: learningRate,
        loss,
        smoothed,
      })),
    [points],
  );
  const [low, high] = lossDomain(rows);
  const x = useMemo(
    (): Axis => ({
      title: t('finder.axis'),
      low: defaultRangeTest.from,
      high: defaultRangeTest.to,
      scale: 'log',
      ticks: decades,
      format: (rate) => (rate < 0.001 ? rate.toExponential(0) : String(rate)),
    }),
    [t],
  );
  const y = useMemo(() => valueAxis(t('charts.lossAxis'), [low, high], format.tick), [t, low, high, format]);
  const hover: Hover<Row> = {
    rows,
    dot: smoothedOf,
    color,
    title: ({ step }) => t('finder.hover', { rate: format.plain(Number(step.toPrecision(3))) }),
    values: ({ loss, smoothed }) => [
      { label: t('charts.smoothed'), color, value: format.loss(smoothed) },
      { label: t('charts.raw'), color, value: format.loss(loss) },
    ],
  };
  return (
    <ChartFigure
      title={t('finder.chart')}
      fileName="learning-rate-range"
      table={() => ({
        header: ['learning_rate', 'loss', 'smoothed'],
        rows: rows.map(({ step, loss, smoothed }) => [step, loss, smoothed]),
      })}
      legend={[
        { label: t('charts.smoothed'), color, mark: 'line' },
        { label: t('charts.raw'), color, mark: 'small_dot' },
      ]}
      summary={t('finder.summary', { rates: format.integer(points.length) })}
    >
      <Chart x={x} y={y} hover={hover} minHeight={260}>
        <ChartDots points={rows} value={lossOf} color={color} radius={1.8} opacity={0.45} />
        <ChartCurve points={rows} value={smoothedOf} color={color} width={2} />
        {suggestion !== null && (
          <ReferenceLine
            at={suggestion.learningRate}
            color={markColor}
            isDashed
            label={format.plain(Number(suggestion.learningRate.toPrecision(2)))}
          />
        )}
      </Chart>
    </ChartFigure>
  );
}
