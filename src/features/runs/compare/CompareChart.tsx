/** The compared runs, or means of several, in one chart; names tell the lines apart. */
import { Checkbox, SegmentedControl, Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  compareAxes,
  layerQuantity,
  layersOf,
  lineCurve,
  metricFigures,
  type CompareAxis,
  type ComparedLine,
  type CompareFigure,
  type CurvePoint,
} from '@/features/runs/compare/compareCurves';
import { lineOf } from '@/features/runs/compare/runLines';
import { layerQuantities } from '@/model/layerQuantities';
import { useSession } from '@/session/session';
import { Chart } from '@/ui/chart/Chart';
import { ChartBand, ChartCurve, ChartDots } from '@/ui/chart/ChartCurve';
import type { Hover } from '@/ui/chart/ChartHover';
import { ChartFigure } from '@/ui/chart/ChartPanel';
import { linearDomain, logDomain, niceTicks, thinned, valueAxis, type Axis } from '@/ui/chart/chartScale';
import { anySize, useNumberFormat } from '@/ui/text/numberFormat';
import { useQuantityText } from '@/ui/text/useQuantityText';
import classes from '@/features/runs/runs.module.css';

/** One standard deviation to both sides of the mean. */
function edgesOf({ smoothed, deviation }: CurvePoint): readonly [number, number] | null {
  return deviation === undefined ? null : [smoothed - deviation, smoothed + deviation];
}

const rawOf = ({ value }: CurvePoint): number => value;
const smoothedOf = ({ smoothed }: CurvePoint): number => smoothed;
const mostHoverRows = 400;

function useFigures(lines: readonly ComparedLine[]) {
  const { t } = useTranslation('runs');
  const quantity = useQuantityText();
  const layers = useMemo(() => layersOf(lines.flatMap(({ runs }) => runs)), [lines]);
  const [chosen, setChosen] = useState<string>('loss');
  const [chosenLayer, setLayer] = useState<string | null>(null);
  const layer = chosenLayer !== null && layers.includes(chosenLayer) ? chosenLayer : (layers[0] ?? '');
  const ofLayer = layerQuantity(chosen);
  const figure = useMemo<CompareFigure>(
    () =>
      ofLayer === undefined
        ? { kind: metricFigures.find((one) => one === chosen) ?? 'loss' }
        : { kind: 'layer', quantity: ofLayer, layer },
    [chosen, ofLayer, layer],
  );
  const data = [
    {
      group: t('compare.groups.run'),
      items: metricFigures.map((value) => ({ value, label: t(`compare.figures.${value}`) })),
    },
    {
      group: t('compare.groups.layers'),
      items: layerQuantities.map((one) => ({ value: one.id, label: quantity.name(one) })),
    },
  ];
  const name = figure.kind === 'layer' ? quantity.name(figure.quantity) : t(`compare.figures.${figure.kind}`);
  return { figure, name, data, chosen, setChosen, layers, layer, setLayer };
}

function useValueText(figure: CompareFigure): (value: number) => string {
  const format = useNumberFormat();
  if (figure.kind === 'accuracy' || figure.kind === 'testAccuracy') return (value) => format.percent(value);
  if (figure.kind === 'layer' && figure.quantity.scale === 'share')
    return (value) => format.percent(value, 1);
  return figure.kind === 'loss' || figure.kind === 'testLoss'
    ? format.loss
    : (value) => anySize(value, format);
}

/** The nearest point at or before a place on the axis. */
const pointAt = (points: readonly CurvePoint[], at: number): CurvePoint | undefined =>
  points.findLast(({ step }) => step <= at);

interface LinesProps {
  readonly lines: readonly ComparedLine[];
  readonly figure: CompareFigure;
  readonly name: string;
  readonly axis: CompareAxis;
  readonly isLog: boolean;
}

function Lines({ lines, figure, name, axis, isLog }: LinesProps) {
  const { t } = useTranslation('runs');
  const format = useNumberFormat();
  const valueText = useValueText(figure);
  const smoothing = useSession((state) => state.settings.smoothing);
  const pointText = ({ value, deviation }: CurvePoint): string =>
    deviation === undefined ? valueText(value) : `${valueText(value)} ± ${valueText(deviation)}`;
  const curves = useMemo(
    () => lines.map((line) => lineCurve(line, figure, axis, smoothing)),
    [lines, figure, axis, smoothing],
  );
  const values = curves.flatMap((points) =>
    points.flatMap((point) => [point.value, ...(edgesOf(point) ?? [])].filter(Number.isFinite)),
  );
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const scale = isLog && low > 0 ? 'log' : 'linear';
  const end = Math.max(1e-9, ...curves.map((points) => points.at(-1)?.step ?? 0));
  const x: Axis = {
    title: t(`compare.axes.${axis}`),
    low: 0,
    high: end,
    ticks: niceTicks(0, end),
    format: axis === 'step' ? format.compact : format.plain,
  };
  const y = valueAxis(
    name,
    scale === 'log' ? logDomain(low, high) : linearDomain(low, high),
    format.tick,
    scale,
  );
  const longest = curves.reduce<readonly CurvePoint[]>(
    (best, points) => ((points.at(-1)?.step ?? 0) > (best.at(-1)?.step ?? 0) ? points : best),
    [],
  );
  const hover: Hover<CurvePoint> = {
    rows: thinned(longest, mostHoverRows),
    dot: () => null,
    color: 'var(--chart-axis)',
    title: ({ step }) =>
      t(`compare.at.${axis}`, {
        at: axis === 'step' ? format.integer(step) : format.plain(Number(step.toPrecision(4))),
      }),
    values: ({ step }) =>
      lines.map(({ name: label }, i) => {
        const point = pointAt(curves[i] ?? [], step);
        return {
          label,
          color: lineOf(i).color,
          value: point === undefined ? '–' : pointText(point),
        };
      }),
  };
  const isSmoothed = smoothing > 0 && (figure.kind === 'loss' || figure.kind === 'accuracy');
  const hasDots = ['testLoss', 'testAccuracy', 'curvature'].includes(figure.kind);
  const summary = lines.map((line, i) => {
    const last = curves[i]?.at(-1);
    return `${line.name}: ${last === undefined ? '–' : pointText(last)}`;
  });
  if (values.length === 0) return <p className={classes['empty']}>{t('compare.nothing')}</p>;
  return (
    <ChartFigure
      fileName={
        figure.kind === 'layer' ? `compare-${figure.layer}-${figure.quantity.id}` : `compare-${figure.kind}`
      }
      table={() => ({
        header: ['run', axis, 'value', 'smoothed', 'deviation'],
        rows: lines.flatMap((line, i) =>
          (curves[i] ?? []).map(({ step, value, smoothed, deviation }) => [
            line.name,
            step,
            value,
            smoothed,
            deviation ?? NaN,
          ]),
        ),
      })}
      title={figure.kind === 'layer' ? `${name}, ${figure.layer}` : name}
      legend={lines.map((line, i) => ({
        label: line.name,
        color: lineOf(i).color,
        mark: lineOf(i).isDashed ? 'dashed_line' : 'line',
      }))}
      summary={t('compare.summary', { figure: name, values: summary.join('; ') })}
    >
      <Chart x={x} y={y} hover={hover} minHeight={320}>
        {lines.map(({ name: key }, i) => (
          <ChartBand key={key} points={curves[i] ?? []} edges={edgesOf} color={lineOf(i).color} />
        ))}
        {isSmoothed &&
          lines.map(({ name: key }, i) => (
            <ChartCurve
              key={key}
              points={curves[i] ?? []}
              value={rawOf}
              color={lineOf(i).color}
              width={1}
              opacity={0.2}
            />
          ))}
        {lines.map(({ name: key }, i) => (
          <ChartCurve
            key={key}
            points={curves[i] ?? []}
            value={smoothedOf}
            color={lineOf(i).color}
            width={2}
            isDashed={lineOf(i).isDashed}
          />
        ))}
        {hasDots &&
          lines.map(({ name: key }, i) => (
            <ChartDots
              key={key}
              points={curves[i] ?? []}
              value={rawOf}
              color={lineOf(i).color}
              radius={3.5}
            />
          ))}
      </Chart>
    </ChartFigure>
  );
}

export function CompareChart({ lines }: { readonly lines: readonly ComparedLine[] }) {
  const { t } = useTranslation('runs');
  const { figure, name, data, chosen, setChosen, layers, layer, setLayer } = useFigures(lines);
  const [axis, setAxis] = useState<CompareAxis>('step');
  const logScale = useSession((state) => state.settings.logScale);
  const [isLog, setIsLog] = useState(logScale);
  return (
    <div className={classes['compareChart']} data-testid="compare-chart">
      <div className={classes['filters']}>
        <Select
          size="xs"
          aria-label={t('compare.figure')}
          data={data}
          value={chosen}
          allowDeselect={false}
          onChange={(value) => value !== null && setChosen(value)}
        />
        {figure.kind === 'layer' && (
          <Select
            size="xs"
            aria-label={t('compare.layer')}
            data={layers}
            value={layer}
            allowDeselect={false}
            onChange={setLayer}
          />
        )}
        <SegmentedControl
          size="xs"
          aria-label={t('compare.axis')}
          data={compareAxes.map((value) => ({ value, label: t(`compare.axes.${value}`) }))}
          value={axis}
          onChange={setAxis}
        />
        <Checkbox
          size="xs"
          label={t('compare.log')}
          checked={isLog}
          onChange={({ currentTarget }) => setIsLog(currentTarget.checked)}
        />
      </div>
      <Lines lines={lines} figure={figure} name={name} axis={axis} isLog={isLog} />
    </div>
  );
}
