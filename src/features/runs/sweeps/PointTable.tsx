/** The points of a sweep, the best first; each one's settings can be taken over. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SweepPartProps } from '@/features/runs/sweeps/SweepHeatMap';
import { sweepTable } from '@/features/runs/sweeps/sweepTable';
import { useSweepTexts } from '@/features/runs/sweeps/useSweepTexts';
import type { RunConfig } from '@/model/runConfig';
import { ExportFrame } from '@/ui/export/ExportFrame';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/runs/sweeps/sweeps.module.css';

const shownAtOnce = 12;

export interface PointTableProps extends SweepPartProps {
  readonly onUse: (config: RunConfig) => void;
}

export function PointTable({ sweep, results, metric, onUse }: PointTableProps) {
  const { t } = useTranslation('sweeps');
  const format = useNumberFormat();
  const texts = useSweepTexts();
  const [showsAll, setShowsAll] = useState(false);
  const { fields } = sweep;
  const rows = showsAll ? results : results.slice(0, shownAtOnce);
  return (
    <ExportFrame
      heading={<h3 className={classes['subtitle']}>{t('results.table')}</h3>}
      files={{
        label: t('results.saveTable'),
        fileName: `sweep-${metric}`,
        table: () => sweepTable({ sweep, results, metric }),
      }}
    >
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways, which the keyboard has to reach */}
      <section className={classes['sideways']} tabIndex={0} aria-label={t('results.table')}>
        <table className={classes['points']} data-testid="sweep-points">
          <thead>
            <tr>
              {fields.map((field) => (
                <th key={field.key} scope="col">
                  {texts.fieldName(field)}
                </th>
              ))}
              <th scope="col">{t(`results.metrics.${metric}`)}</th>
              <th scope="col">{t('results.columns.runs')}</th>
              <th scope="col">{t('results.columns.action')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((result) => (
              <tr key={result.point}>
                {fields.map((field, i) => (
                  <td key={field.key}>{texts.setting(field, result.values[i])}</td>
                ))}
                <td>{texts.mean(metric, result)}</td>
                <td>
                  {t('results.runsDone', {
                    done: format.integer(result.count),
                    all: format.integer(result.runs.length),
                  })}
                </td>
                <td>
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={t('results.useOne', { point: texts.point(fields, result) })}
                    onClick={() => onUse(result.config)}
                  >
                    {t('results.useShort')}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {results.length > shownAtOnce && (
        <Button size="compact-xs" variant="subtle" onClick={() => setShowsAll(!showsAll)}>
          {showsAll
            ? t('results.fewer', { count: shownAtOnce })
            : t('results.more', { count: results.length })}
        </Button>
      )}
    </ExportFrame>
  );
}
