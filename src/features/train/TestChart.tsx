/** One value of the tests over the run: quick tests as small points, full tests joined by a strong line. */
import { memo, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { EvidenceSeries } from '@/doctor/finding';
import { dataOf } from '@/model/dataSet';
import { shownData } from '@/session/selectors';
import { useSession } from '@/session/session';
import type { EvaluationPoint } from '@/session/sessionState';
import type { MetricColumn } from '@/formats/metrics/metricsTable';
import { otherColor, useOtherCurve, valueOf, type OtherCurve } from '@/features/train/otherCurve';
import { DiagnosisMarks } from '@/features/train/DiagnosisMarks';
import { useEpochTexts } from '@/features/train/useEpochTexts';
import { Chart } from '@/ui/chart/Chart';
import { ChartCurve, ChartDots } from '@/ui/chart/ChartCurve';
import type { Hover } from '@/ui/chart/ChartHover';
import { ChartPanel } from '@/ui/chart/ChartPanel';
import { EpochLines } from '@/ui/chart/chartParts';
import { linearDomain, stepAxis, stepAxisEnd, valueAxis } from '@/ui/chart/chartScale';
import { useNumberFormat } from '@/ui/text/numberFormat';

/** NaN or infinity stays as it is; null: there was no such test. */
interface TestRow {
  readonly step: number;
  readonly quick: number | null;
  readonly full: number | null;
}

export interface TestChartProps {
  readonly title: string;
  readonly fileName: string;
  readonly axisTitle: string;
  readonly color: string;
  readonly empty: string;
  readonly value: (point: EvaluationPoint) => number;
  readonly formatValue: (value: number) => string;
  /** The axis for the lowest and the highest value. */
  readonly domainFor?: (low: number, high: number) => [number, number];
  /** What of another program's run is laid over it, and what its values are multiplied by. */
  readonly other: MetricColumn;
  readonly otherFactor?: number;
  /** Findings of the doctor that show in this chart. */
  readonly evidence: readonly EvidenceSeries[];
  readonly className?: string | undefined;
}

/** Points of one step share a row, so that hovering shows both. */
function rowsOf(points: readonly EvaluationPoint[], value: TestChartProps['value']): TestRow[] {
  const rows = new Map<number, TestRow>();
  for (const point of points) {
    const row = rows.get(point.step) ?? { step: point.step, quick: null, full: null };
    const number = value(point);
    rows.set(point.step, { ...row, [point.extent]: number });
  }
  return [...rows.values()].sort((a, b) => a.step - b.step);
}

const quickOf = ({ quick }: TestRow): number | null => quick;
const fullOf = ({ full }: TestRow): number | null => full;
/** Null where no dot can stand. */
function dotOf({ quick, full }: TestRow): number | null {
  const shown = full ?? quick;
  return shown !== null && Number.isFinite(shown) ? shown : null;
}

function rangeOf(rows: readonly TestRow[], other: OtherCurve | null): [number, number] {
  const values = rows.flatMap(({ quick, full }) => [quick ?? NaN, full ?? NaN]).filter(Number.isFinite);
  const { low, high } = other ?? { low: Infinity, high: -Infinity };
  return [Math.min(low, ...values), Math.max(high, ...values)];
}

export const TestChart = memo(function TestChart(props: TestChartProps) {
  const {
    title,
    fileName,
    axisTitle,
    color,
    empty,
    value,
    formatValue,
    domainFor = linearDomain,
    other: otherColumn,
    otherFactor = 1,
    evidence,
    className,
  } = props;
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const testImages = useSession((state) => dataOf({ data: shownData(state) }).testImages);
  const fullLabel = t('charts.fullShort', { images: format.integer(testImages) });
  const quickLabel = t('charts.quickShort', { images: format.integer(Math.min(1000, testImages)) });
  const evaluations = useSession((state) => state.evaluations);
  const rows = useMemo(() => rowsOf(evaluations, value), [evaluations, value]);
  const other = useOtherCurve(otherColumn, 0, otherFactor);
  const last = rows.at(-1);
  const epochs = useEpochTexts(last?.step ?? 0);
  const [low, high] = useMemo(() => domainFor(...rangeOf(rows, other)), [domainFor, rows, other]);
  const end = stepAxisEnd(Math.max(last?.step ?? 0, other?.last ?? 0));
  const x = useMemo(() => stepAxis(t('charts.stepAxis'), end, format.compact), [t, end, format]);
  const y = useMemo(() => valueAxis(axisTitle, [low, high], format.tick), [axisTitle, low, high, format]);
  const hover: Hover<TestRow> = {
    rows,
    dot: dotOf,
    color,
    title: ({ step }) => epochs.hoverTitle(step),
    values: ({ quick, full }) => [
      ...(full === null ? [] : [{ label: fullLabel, color, value: formatValue(full) }]),
      ...(quick === null ? [] : [{ label: quickLabel, color, value: formatValue(quick) }]),
    ],
  };
  const lastValue = last?.full ?? last?.quick ?? null;

  return (
    <ChartPanel
      className={className}
      title={title}
      fileName={fileName}
      table={() => ({
        header: ['step', 'quick_test', 'full_test'],
        rows: rows.map(({ step, quick, full }) => [step, quick ?? NaN, full ?? NaN]),
      })}
      legend={[
        { label: fullLabel, color, mark: 'line' },
        { label: quickLabel, color, mark: 'small_dot' },
        ...(other === null ? [] : [{ label: t('other.legend'), color: otherColor, mark: 'line' as const }]),
      ]}
      empty={rows.length === 0 && other === null ? empty : null}
      summary={t('charts.summaryTest', {
        step: format.integer(last?.step ?? 0),
        value: lastValue === null ? '–' : formatValue(lastValue),
      })}
    >
      <Chart x={x} y={y} hover={hover}>
        <EpochLines marks={epochs.marks} label={epochs.label} />
        <ChartCurve points={rows} value={quickOf} color={color} width={1} opacity={0.25} connectsNulls />
        <ChartDots points={rows} value={quickOf} color={color} radius={2} opacity={0.6} />
        <ChartCurve points={rows} value={fullOf} color={color} width={2.5} connectsNulls />
        <ChartDots points={rows} value={fullOf} color={color} radius={4} ring="var(--app-panel)" />
        {other !== null && (
          <>
            <ChartCurve points={other.points} value={valueOf} color={otherColor} width={2} />
            <ChartDots points={other.points} value={valueOf} color={otherColor} radius={3} />
          </>
        )}
        <DiagnosisMarks series={evidence} />
      </Chart>
    </ChartPanel>
  );
});
