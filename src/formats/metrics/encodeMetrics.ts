/** A run's metrics as CSV, which pandas and Trackio's import_csv read, and as JSON. */
import { metricColumns, metricsTable } from '@/formats/metrics/metricsTable';
import { completeQuery } from '@/model/configQuery';
import type { RunConfig } from '@/model/runConfig';
import type { RunHistory } from '@/model/runHistory';

/** As Python writes a float that is none; an empty cell for what there is not. */
function cell(value: number | undefined): string {
  if (value === undefined) return '';
  if (Number.isNaN(value)) return 'nan';
  return Number.isFinite(value) ? String(value) : `${value < 0 ? '-' : ''}inf`;
}

const timestamp = (time: number): string => (Number.isFinite(time) ? new Date(time).toISOString() : '');

/** Rows by step: `step`, `timestamp` (ISO 8601), then a column a metric. */
export function encodeMetricsCsv(run: RunHistory): Uint8Array<ArrayBuffer> {
  const lines = metricsTable(run).map(({ step, time, values }) =>
    [step, timestamp(time), ...metricColumns.map((name) => cell(values[name]))].join(','),
  );
  return new TextEncoder().encode(
    `${[['step', 'timestamp', ...metricColumns].join(','), ...lines].join('\n')}\n`,
  );
}

/** JSON has no NaN and no infinity: they are strings, as in protobuf's JSON. */
const withNonFinite = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

/** The same as objects, with the settings, what computed them, and every test with its classes. */
export function encodeMetricsJson(config: RunConfig, link: string, run: RunHistory): Uint8Array<ArrayBuffer> {
  const content = {
    link,
    settings: Object.fromEntries(completeQuery(config)),
    backend: run.backend,
    steps: run.step,
    metrics: metricsTable(run).map(({ step, time, values }) => ({
      step,
      timestamp: timestamp(time),
      ...values,
    })),
    tests: run.tests,
  };
  return new TextEncoder().encode(`${JSON.stringify(content, withNonFinite, 1)}\n`);
}
