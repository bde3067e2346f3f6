/** Every point of a sweep as a line over its settings and what it came to. */
import { useElementSize } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { isLogarithmic, orderedValues, placesOf } from '@/features/runs/sweeps/sweepAxis';
import { HeatLegend, type SweepPartProps } from '@/features/runs/sweeps/SweepHeatMap';
import { bestPoint, goodness, type PointResult, type SweepMetric } from '@/features/runs/sweeps/sweepResults';
import { sweepTable } from '@/features/runs/sweeps/sweepTable';
import { useSweepTexts } from '@/features/runs/sweeps/useSweepTexts';
import type { Hyperparameter, HyperparameterValue } from '@/model/hyperparameter';
import { logTicks, niceTicks } from '@/ui/chart/chartScale';
import { ExportFrame } from '@/ui/export/ExportFrame';
import { heatColour } from '@/ui/theme/heatColours';
import classes from '@/features/runs/sweeps/sweeps.module.css';

const height = 260;
const margin = { top: 30, bottom: 14, left: 64, right: 64 } as const;
const mostTicks = 7;

interface Tick {
  readonly place: number;
  readonly text: string;
}

interface ParallelAxis {
  readonly name: string;
  readonly ticks: readonly Tick[];
  /** From 0, below, to 1; null where a point has no such value. */
  readonly placeOf: (result: PointResult) => number | null;
}

/** Ticks at the values themselves where they are few, else at round numbers between. */
function tickValues(
  field: Hyperparameter,
  values: readonly HyperparameterValue[],
): readonly HyperparameterValue[] {
  if (values.length <= mostTicks || typeof values[0] !== 'number') return values;
  const [low, high] = [values[0], Number(values.at(-1))];
  return isLogarithmic(field, values) ? logTicks(low, high) : niceTicks(low, high);
}

function useAxes({ sweep, results, metric }: SweepPartProps): readonly ParallelAxis[] {
  const { t } = useTranslation('sweeps');
  const texts = useSweepTexts();
  const settings = sweep.fields.map((field, i): ParallelAxis => {
    const all = results.map(({ values }) => values[i]);
    const place = placesOf(field, all);
    const values = orderedValues(field, all).filter((value) => value !== undefined);
    return {
      name: texts.fieldName(field),
      placeOf: ({ values: own }) => place(own[i]),
      ticks: tickValues(field, values).flatMap((value) => {
        const at = place(value);
        return at === null ? [] : [{ place: at, text: texts.setting(field, value) }];
      }),
    };
  });
  return [...settings, metricAxis(results, metric, t(`results.metrics.${metric}`), texts.metric)];
}

function metricAxis(
  results: readonly PointResult[],
  metric: SweepMetric,
  name: string,
  text: (metric: SweepMetric, value: number) => string,
): ParallelAxis {
  const means = results.flatMap(({ mean }) => (mean !== null && Number.isFinite(mean) ? [mean] : []));
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const place = (value: number): number => (high > low ? (value - low) / (high - low) : 0.5);
  return {
    name,
    placeOf: ({ mean }) => (mean !== null && Number.isFinite(mean) ? place(mean) : null),
    ticks: [...new Set([low, high])].filter(Number.isFinite).map((value) => ({
      place: place(value),
      text: text(metric, value),
    })),
  };
}

export function ParallelCoordinates(props: SweepPartProps) {
  const { sweep, results, metric } = props;
  const { t } = useTranslation('sweeps');
  const texts = useSweepTexts();
  const axes = useAxes(props);
  const { ref, width } = useElementSize();
  const good = goodness(results, metric);
  const best = bestPoint(results);
  const across = (i: number): number =>
    margin.left + (i * (width - margin.left - margin.right)) / Math.max(1, axes.length - 1);
  const up = (place: number): number =>
    height - margin.bottom - place * (height - margin.top - margin.bottom);
  const pathOf = (result: PointResult): string =>
    axes
      .map(({ placeOf }, i) => [i, placeOf(result)] as const)
      .flatMap(([i, place]) => (place === null ? [] : [`${across(i).toFixed(1)} ${up(place).toFixed(1)}`]))
      .join('L');
  // The best is drawn last, over the others.
  const ended = results.filter(({ mean }) => good(mean) !== null).toReversed();
  return (
    <ExportFrame
      heading={<h3 className={classes['subtitle']}>{t('results.parallel')}</h3>}
      files={{
        label: t('results.saveParallel'),
        fileName: `sweep-parallel-${metric}`,
        picture: { heading: t('results.parallel') },
        table: () => sweepTable(props),
      }}
    >
      <p className={classes['detail']}>{t('results.parallelHint')}</p>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways, which the keyboard has to reach */}
      <section className={classes['sideways']} tabIndex={0} aria-label={t('results.parallel')}>
        <figure
          ref={ref}
          className={classes['parallel']}
          style={{ minWidth: 130 * axes.length }}
          aria-label={t('results.parallelSummary', {
            axes: axes.map(({ name }) => name).join(', '),
            best: best === undefined ? '–' : texts.point(sweep.fields, best),
          })}
          data-testid="sweep-parallel"
        >
          {width > 0 && (
            <svg className={classes['plot']} width={width} height={height} aria-hidden="true">
              {ended.map((result) => (
                <g key={result.point} fill="none" strokeWidth={result === best ? 3 : 1.5}>
                  {/* The brightest colours alone would be lost on a white ground. */}
                  <path className={classes['edge']} d={`M${pathOf(result)}`} data-best={result === best} />
                  <path
                    d={`M${pathOf(result)}`}
                    stroke={`rgb(${heatColour(good(result.mean) ?? 0).join(' ')})`}
                  />
                </g>
              ))}
              {axes.map(({ name, ticks }, i) => (
                <g key={name} transform={`translate(${across(i)} 0)`}>
                  <line y1={up(1)} y2={up(0)} stroke="var(--app-border-strong)" />
                  <text y={14} textAnchor="middle">
                    {name}
                  </text>
                  {ticks.map((tick) => (
                    <text
                      key={tick.text}
                      className={classes['tick']}
                      x={i === axes.length - 1 ? 7 : -7}
                      y={up(tick.place)}
                      dy="0.355em"
                      textAnchor={i === axes.length - 1 ? 'start' : 'end'}
                    >
                      {tick.text}
                    </text>
                  ))}
                </g>
              ))}
            </svg>
          )}
        </figure>
      </section>
      <HeatLegend results={results} metric={metric} />
    </ExportFrame>
  );
}
