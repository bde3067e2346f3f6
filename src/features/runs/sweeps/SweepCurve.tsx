/** What a sweep came to over its one number: means over seeds, with their spread. */
import { useTranslation } from 'react-i18next';
import { isLogarithmic } from '@/features/runs/sweeps/sweepAxis';
import type { SweepPartProps } from '@/features/runs/sweeps/SweepHeatMap';
import { bestPoint } from '@/features/runs/sweeps/sweepResults';
import { useSweepTexts } from '@/features/runs/sweeps/useSweepTexts';
import { Chart } from '@/ui/chart/Chart';
import { ChartBand, ChartCurve, ChartDots } from '@/ui/chart/ChartCurve';
import type { Hover } from '@/ui/chart/ChartHover';
import { ChartFigure } from '@/ui/chart/ChartPanel';
import { linearDomain, valueAxis } from '@/ui/chart/chartScale';
import { useNumberFormat } from '@/ui/text/numberFormat';

interface CurvePoint {
  /** The setting's value. */
  readonly step: number;
  readonly mean: number;
  readonly deviation: number | null;
}

const color = 'var(--series-accuracy)';
const meanOf = ({ mean }: CurvePoint): number => mean;
const edgesOf = ({ mean, deviation }: CurvePoint): readonly [number, number] | null =>
  deviation === null ? null : [mean - deviation, mean + deviation];

export function SweepCurve({ sweep, results, metric }: SweepPartProps) {
  const { t } = useTranslation('sweeps');
  const format = useNumberFormat();
  const texts = useSweepTexts();
  const [field] = sweep.fields;
  if (field === undefined) return null;
  const points = results
    .flatMap(({ values: [value], mean, deviation }): CurvePoint[] =>
      typeof value === 'number' && mean !== null && Number.isFinite(mean)
        ? [{ step: value, mean, deviation }]
        : [],
    )
    .toSorted((a, b) => a.step - b.step);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const isLog = isLogarithmic(
    field,
    points.map(({ step }) => step),
  );
  const name = texts.fieldName(field);
  const metricName = t(`results.metrics.${metric}`);
  const edges = points.flatMap((point) => edgesOf(point) ?? [point.mean]);
  const x = valueAxis(name, [first.step, last.step], format.tick, isLog ? 'log' : 'linear');
  const y = valueAxis(metricName, linearDomain(Math.min(...edges), Math.max(...edges)), (value, step) =>
    metric === 'lastLoss' ? format.tick(value, step) : format.percent(value, 1),
  );
  const best = bestPoint(results);
  const hover: Hover<CurvePoint> = {
    rows: points,
    dot: meanOf,
    color,
    title: ({ step }) => t('results.at', { name, value: texts.setting(field, step) }),
    values: (point) => [{ label: metricName, color, value: texts.mean(metric, point) }],
  };
  return (
    <ChartFigure
      fileName={`sweep-${field.key}-${metric}`}
      table={() => ({
        header: [field.key, metric, 'deviation'],
        rows: points.map(({ step, mean, deviation }) => [step, mean, deviation ?? NaN]),
      })}
      title={t('results.curve', { metric: metricName, name })}
      legend={[]}
      summary={t('results.curveSummary', {
        metric: metricName,
        name,
        best: best === undefined ? '–' : texts.point(sweep.fields, best),
      })}
    >
      <Chart x={x} y={y} hover={hover} minHeight={260}>
        <ChartBand points={points} edges={edgesOf} color={color} />
        <ChartCurve points={points} value={meanOf} color={color} width={2} />
        <ChartDots points={points} value={meanOf} color={color} radius={4} />
      </Chart>
    </ChartFigure>
  );
}
