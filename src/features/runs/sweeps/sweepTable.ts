/** The points of a sweep as a table for a file. */
import type { SweepPartProps } from '@/features/runs/sweeps/SweepHeatMap';
import type { HyperparameterValue } from '@/model/hyperparameter';
import type { CsvCell } from '@/ui/export/csv';
import type { ExportTable } from '@/ui/export/exportFiles';

const cellOf = (value: HyperparameterValue | undefined): CsvCell =>
  typeof value === 'number' ? value : String(value ?? '');

export function sweepTable({ sweep, results, metric }: SweepPartProps): ExportTable {
  return {
    header: ['point', ...sweep.fields.map(({ key }) => key), metric, 'deviation', 'runs'],
    rows: results.map(({ point, values, mean, deviation, count }) => [
      point,
      ...values.map(cellOf),
      mean ?? NaN,
      deviation ?? NaN,
      count,
    ]),
  };
}
