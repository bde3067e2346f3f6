/** Metrics from a table as train.py, pandas, Trackio or this page write it: a header, a column `step`, a column a metric. */
import Papa from 'papaparse';
import {
  CurveBuilder,
  metricNamed,
  MetricsFileError,
  someCurves,
  type MetricCurves,
} from '@/formats/metrics/metricsFile';

const mostRows = 2_000_000;

const notNumbers: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '+infinity': Infinity,
  '-infinity': -Infinity,
};

/** Undefined for an empty cell, null for what is no number. */
function numberIn(cell: string): number | null | undefined {
  const text = cell.trim();
  if (text === '') return undefined;
  const named = notNumbers[text.toLowerCase()];
  if (named !== undefined) return named;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
}

function lineBreaks(text: string): number {
  let found = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) found += 1;
  return found;
}

/** @throws MetricsFileError */
export function readCsv(text: string): MetricCurves {
  if (lineBreaks(text) > mostRows)
    throw new MetricsFileError(
      { kind: 'too_many_rows', most: mostRows },
      `The table has over ${mostRows} rows.`,
    );
  const { data } = Papa.parse<string[]>(text);
  const header = (data[0] ?? []).map((name) => name.trim());
  if (header.length < 2)
    throw new MetricsFileError({ kind: 'not_metrics' }, 'The file is no table with a header.');
  const stepAt = header.findIndex((name) => name.toLowerCase() === 'step');
  if (stepAt < 0) throw new MetricsFileError({ kind: 'no_step_column' }, 'The table has no column "step".');
  const columns = header.flatMap((name, at) => {
    const column = metricNamed(name);
    return column === null ? [] : [{ at, column }];
  });
  const builder = new CurveBuilder();
  data.slice(1).forEach((cells, row) => {
    const numberAt = (at: number): number | undefined => {
      const cell = cells[at] ?? '';
      const value = numberIn(cell);
      if (value !== null && !(at === stepAt && value !== undefined && !isStep(value))) return value;
      const details = { line: row + 2, column: header[at] ?? '', text: cell.slice(0, 60) };
      throw new MetricsFileError(
        { kind: 'bad_number', ...details },
        `Line ${details.line}, column ${details.column.slice(0, 60)}: "${details.text}" is no number that fits.`,
      );
    };
    const step = numberAt(stepAt);
    if (step === undefined) return;
    for (const { at, column } of columns) {
      const value = numberAt(at);
      if (value !== undefined) builder.add(column, step, value);
    }
  });
  return someCurves(builder.curves(), header);
}

function isStep(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
