/** Means of a sweep over two of its settings, as a table whose cells have the colour of their value. */
import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sweepHeat, type AxisBin } from '@/features/runs/sweeps/sweepAxis';
import {
  goodness,
  type PointResult,
  type Sweep,
  type SweepMetric,
} from '@/features/runs/sweeps/sweepResults';
import { useSweepTexts } from '@/features/runs/sweeps/useSweepTexts';
import type { Hyperparameter } from '@/model/hyperparameter';
import { ExportFrame } from '@/ui/export/ExportFrame';
import { heatColour, heatGradient } from '@/ui/theme/heatColours';
import { inkOn } from '@/ui/theme/luminance';
import classes from '@/features/runs/sweeps/sweeps.module.css';

export interface SweepPartProps {
  readonly sweep: Sweep;
  readonly results: readonly PointResult[];
  readonly metric: SweepMetric;
}

/** What the colours mean: from the worst to the best mean. */
export function HeatLegend({ results, metric }: Omit<SweepPartProps, 'sweep'>) {
  const { t } = useTranslation('sweeps');
  const texts = useSweepTexts();
  const ended = results.filter(({ mean }) => mean !== null && Number.isFinite(mean));
  const [best, worst] = [ended[0]?.mean ?? null, ended.at(-1)?.mean ?? null];
  if (best === null || worst === null) return null;
  return (
    <p className={classes['legend']} aria-hidden="true">
      {t('results.worst', { value: texts.metric(metric, worst) })}
      <span className={classes['scale']} style={{ background: heatGradient }} />
      {t('results.bestEnd', { value: texts.metric(metric, best) })}
    </p>
  );
}

function useBinText(): (field: Hyperparameter, bin: AxisBin) => string {
  const { t } = useTranslation('sweeps');
  const { setting } = useSweepTexts();
  return (field, { first, last }) => {
    if (first === last) return setting(field, first);
    const short = (value: typeof first): string =>
      setting(field, typeof value === 'number' ? Number(value.toPrecision(3)) : value);
    return t('results.stretch', { first: short(first), last: short(last) });
  };
}

export function SweepHeatMap({ sweep, results, metric }: SweepPartProps) {
  const { t } = useTranslation('sweeps');
  const texts = useSweepTexts();
  const binText = useBinText();
  const { fields } = sweep;
  const [axes, setAxes] = useState<readonly [number, number]>([0, 1]);
  const heat = sweepHeat(results, fields, axes);
  const [x, y] = [fields[axes[0]], fields[axes[1]]];
  if (heat === null || x === undefined || y === undefined) return null;
  const good = goodness(results, metric);
  const data = fields.map((field, i) => ({ value: String(i), label: texts.fieldName(field) }));
  const choose = (place: 0 | 1, value: string | null): void => {
    if (value === null) return;
    const chosen = Number(value);
    const other = axes[1 - place] === chosen ? (axes[place] ?? 0) : (axes[1 - place] ?? 0);
    setAxes(place === 0 ? [chosen, other] : [other, chosen]);
  };
  return (
    <ExportFrame
      heading={<h3 className={classes['subtitle']}>{t('results.heat')}</h3>}
      files={{
        label: t('results.saveHeat'),
        fileName: `sweep-heat-map-${metric}`,
        picture: { heading: `${t('results.heat')}: ${t(`results.metrics.${metric}`)}` },
        table: () => ({
          header: [`${y.key} \\ ${x.key}`, ...heat.columns.map((column) => binText(x, column))],
          rows: heat.rows.map((row, i) => [
            binText(y, row),
            ...(heat.cells[i] ?? []).map(({ mean }) => mean ?? NaN),
          ]),
        }),
      }}
    >
      <p className={classes['detail']} data-unsaved>
        {t('results.heatHint')}
      </p>
      <div className={classes['fields']} data-unsaved>
        {fields.length > 2 &&
          ([0, 1] as const).map((place) => (
            <Select
              key={place}
              size="xs"
              label={t(place === 0 ? 'results.across' : 'results.down')}
              data={data}
              value={String(axes[place])}
              allowDeselect={false}
              onChange={(value) => choose(place, value)}
            />
          ))}
        {fields.length === 2 && (
          <Button size="xs" variant="default" onClick={() => setAxes([axes[1], axes[0]])}>
            {t('results.swap')}
          </Button>
        )}
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways, which the keyboard has to reach */}
      <section className={classes['sideways']} tabIndex={0} aria-label={t('results.heat')}>
        <table className={classes['heat']} data-testid="sweep-heat">
          <thead>
            <tr>
              <th scope="col">
                {texts.fieldName(y)} \ {texts.fieldName(x)}
              </th>
              {heat.columns.map((column) => (
                <th key={binText(x, column)} scope="col">
                  {binText(x, column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {heat.rows.map((row, i) => (
              <tr key={binText(y, row)}>
                <th scope="row">{binText(y, row)}</th>
                {heat.columns.map((column, j) => {
                  const cell = heat.cells[i]?.[j];
                  const place = good(cell?.mean ?? null);
                  const key = binText(x, column);
                  if (cell === undefined || cell.mean === null) return <td key={key}>–</td>;
                  const colour = place === null ? null : heatColour(place);
                  return (
                    <td
                      key={key}
                      style={
                        colour === null
                          ? undefined
                          : { background: `rgb(${colour.join(' ')})`, color: inkOn(colour) }
                      }
                    >
                      {texts.metric(metric, cell.mean)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <HeatLegend results={results} metric={metric} />
    </ExportFrame>
  );
}
