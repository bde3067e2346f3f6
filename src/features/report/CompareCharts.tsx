/** Two runs in one chart: training loss, test accuracy, and recall by digit. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import { recallOf } from '@/model/classCounts';
import type { RunResult } from '@/model/runResult';
import type { Compared } from '@/features/report/ComparePanel';
import { Chart } from '@/ui/chart/Chart';
import { ChartCurve, ChartDots } from '@/ui/chart/ChartCurve';
import { type Hover, HoverValues } from '@/ui/chart/ChartHover';
import { ChartFigure } from '@/ui/chart/ChartPanel';
import { linearDomain, stepAxis, valueAxis } from '@/ui/chart/chartScale';
import { useNumberFormat } from '@/ui/text/numberFormat';

export interface NamedComparison extends Compared {
  /** Of the files, before what the chart shows. */
  readonly name: string;
}

const brokenColor = 'var(--series-test-loss)';
const fixedColor = 'var(--series-train)';

interface Point {
  readonly step: number;
  readonly value: number | null;
}

const valueOf = (point: Point): number | null => point.value;

function lossPoints(result: RunResult | null): Point[] {
  const { steps, values } = result?.trainingLoss ?? { steps: [], values: [] };
  return steps.map((step, i) => ({ step, value: values[i] ?? null }));
}

function accuracyPoints(result: RunResult | null): Point[] {
  return (result?.tests ?? []).map(({ step, accuracy }) => ({ step, value: 100 * accuracy }));
}

function useLegend() {
  const { t } = useTranslation('report');
  return [
    { label: t('compare.broken'), color: brokenColor, mark: 'line' },
    { label: t('compare.fixed'), color: fixedColor, mark: 'line' },
  ] as const;
}

/** The value of the last point at or before a step: null where it is none, undefined where there is no point. */
function valueAt(points: readonly Point[], step: number): number | null | undefined {
  return points.findLast((point) => point.step <= step)?.value;
}

interface LinesProps {
  readonly broken: readonly Point[];
  readonly fixed: readonly Point[];
  readonly title: string;
  readonly fileName: string;
  readonly summary: string;
  readonly axisTitle: string;
  readonly format: (value: number) => string;
  readonly domain: readonly [number, number];
  readonly hasDots: boolean;
}

function Lines({
  broken,
  fixed,
  title,
  fileName,
  summary,
  axisTitle,
  format: text,
  domain,
  hasDots,
}: LinesProps) {
  const { t } = useTranslation('report');
  const format = useNumberFormat();
  const legend = useLegend();
  const rows = broken.length >= fixed.length ? broken : fixed;
  const lines = [
    { points: broken, color: brokenColor, label: t('compare.broken') },
    { points: fixed, color: fixedColor, label: t('compare.fixed') },
  ];
  const last = rows.at(-1)?.step ?? 0;
  const x = useMemo(() => stepAxis(t('compare.step'), last, format.compact), [t, last, format]);
  const [low, high] = domain;
  const y = useMemo(() => valueAxis(axisTitle, [low, high], format.tick), [axisTitle, low, high, format]);
  const hover: Hover<Point> = {
    rows,
    dot: valueOf,
    color: 'var(--chart-axis)',
    title: ({ step }) => t('compare.hover', { step: format.integer(step) }),
    values: ({ step }) =>
      lines.map(({ points, color, label }) => {
        const value = valueAt(points, step);
        return { label, color, value: value === undefined ? '–' : text(value ?? NaN) };
      }),
  };
  return (
    <ChartFigure
      title={title}
      fileName={fileName}
      table={() => ({
        header: ['run', 'step', 'value'],
        rows: Object.entries({ broken, fixed }).flatMap(([run, points]) =>
          points.map(({ step, value }) => [run, step, value ?? NaN]),
        ),
      })}
      legend={legend}
      summary={summary}
    >
      <Chart x={x} y={y} hover={hover}>
        {lines.map(({ points, color, label }) => (
          <ChartCurve key={label} points={points} value={valueOf} color={color} width={hasDots ? 2 : 1.5} />
        ))}
        {hasDots &&
          lines.map(({ points, color, label }) => (
            <ChartDots key={label} points={points} value={valueOf} color={color} radius={3.5} />
          ))}
      </Chart>
    </ChartFigure>
  );
}

function rangeOf(points: readonly Point[]): [number, number] {
  const values = points.flatMap(({ value }) => value ?? []);
  return values.length === 0 ? [0, 1] : linearDomain(Math.min(...values), Math.max(...values));
}

export function LossChart({ broken, fixed, name }: NamedComparison) {
  const { t } = useTranslation('report');
  const format = useNumberFormat();
  const lines = useMemo(() => ({ broken: lossPoints(broken), fixed: lossPoints(fixed) }), [broken, fixed]);
  const last = Math.max(lines.broken.at(-1)?.step ?? 0, lines.fixed.at(-1)?.step ?? 0);
  return (
    <Lines
      {...lines}
      title={t('compare.loss')}
      fileName={`${name}-loss`}
      summary={t('compare.lossSummary', { steps: format.integer(last) })}
      axisTitle={t('compare.loss')}
      format={format.loss}
      domain={rangeOf([...lines.broken, ...lines.fixed])}
      hasDots={false}
    />
  );
}

export function AccuracyChart({ broken, fixed, name }: NamedComparison) {
  const { t } = useTranslation('report');
  const format = useNumberFormat();
  const lines = useMemo(
    () => ({ broken: accuracyPoints(broken), fixed: accuracyPoints(fixed) }),
    [broken, fixed],
  );
  const end = (result: RunResult | null): string => {
    const last = result?.tests.at(-1);
    return last === undefined ? '–' : format.percent(last.accuracy);
  };
  return (
    <Lines
      {...lines}
      title={t('compare.accuracy')}
      fileName={`${name}-accuracy`}
      summary={t('compare.accuracySummary', { broken: end(broken), fixed: end(fixed) })}
      axisTitle={t('compare.accuracy')}
      format={(value) => format.percent(value / 100)}
      domain={[0, 100]}
      hasDots
    />
  );
}

const axisText = { fontSize: 11, fill: 'var(--chart-axis)' } as const;

interface RecallRow {
  readonly digit: number;
  readonly broken: number | null;
  readonly fixed: number | null;
}

function recallRows({ broken, fixed }: Compared): RecallRow[] {
  const shares = [broken, fixed].map((result) => {
    const last = result?.tests.at(-1);
    return last === undefined ? [] : recallOf(last.classes);
  });
  const percentOf = (run: number, digit: number): number | null => {
    const share = shares[run]?.[digit] ?? null;
    return share === null ? null : 100 * share;
  };
  return Array.from({ length: 10 }, (_, digit) => ({
    digit,
    broken: percentOf(0, digit),
    fixed: percentOf(1, digit),
  }));
}

export function RecallChart(shown: NamedComparison) {
  const { t } = useTranslation('report');
  const format = useNumberFormat();
  const legend = useLegend();
  const rows = recallRows(shown);
  const percent = (value: number | null): string => (value === null ? '–' : format.percent(value / 100, 1));
  const list = (run: 'broken' | 'fixed'): string =>
    rows.map((row) => `${row.digit}: ${percent(row[run])}`).join(', ');
  return (
    <ChartFigure
      title={t('compare.recallTitle')}
      fileName={`${shown.name}-recall`}
      table={() => ({
        header: ['digit', 'broken', 'fixed'],
        rows: rows.map((row) => [row.digit, row.broken ?? NaN, row.fixed ?? NaN]),
      })}
      legend={legend}
      summary={t('compare.recallSummary', { broken: list('broken'), fixed: list('fixed') })}
    >
      <ResponsiveContainer width="100%" height="100%" minHeight={220}>
        <BarChart data={rows} margin={{ top: 16, right: 14, bottom: 18, left: 6 }} barGap={1}>
          <CartesianGrid stroke="var(--chart-grid)" vertical={false} />
          <XAxis
            dataKey="digit"
            tick={axisText}
            tickLine={false}
            height={28}
            label={{ value: t('compare.digit'), position: 'insideBottom', offset: -12, style: axisText }}
          />
          <YAxis
            domain={[0, 100]}
            ticks={[0, 20, 40, 60, 80, 100]}
            tick={axisText}
            tickLine={false}
            axisLine={false}
            width={62}
            label={{
              value: t('compare.recall'),
              angle: -90,
              position: 'insideLeft',
              offset: 4,
              style: { ...axisText, textAnchor: 'middle' },
            }}
          />
          <Bar dataKey="broken" fill={brokenColor} isAnimationActive={false} />
          <Bar dataKey="fixed" fill={fixedColor} isAnimationActive={false} />
          <HoverValues<RecallRow>
            title={({ digit }) => t('compare.hoverDigit', { digit: String(digit) })}
            values={({ broken, fixed }) => [
              { label: t('compare.broken'), color: brokenColor, value: percent(broken) },
              { label: t('compare.fixed'), color: fixedColor, value: percent(fixed) },
            ]}
          />
        </BarChart>
      </ResponsiveContainer>
    </ChartFigure>
  );
}
