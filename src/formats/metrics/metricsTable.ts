/** A run's metrics as a table, a row a step, under the names that files have them by. */
import type { RunHistory } from '@/model/runHistory';

/** In the order of columns. Training values are of the batch; test_loss_sum is the sum of the means of test batches, as the report has it. */
export const metricColumns = [
  'train_loss',
  'train_accuracy',
  'learning_rate',
  'test_loss',
  'test_loss_sum',
  'test_accuracy',
] as const;
export type MetricColumn = (typeof metricColumns)[number];

export interface MetricsRow {
  /** Steps done, so that the first batch has 1; a test stands at the steps before it. */
  readonly step: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly values: Partial<Readonly<Record<MetricColumn, number>>>;
}

/** In the order of steps. */
export function metricsTable({ metrics, times, tests }: RunHistory): MetricsRow[] {
  const { firstStep, loss, accuracy, learningRate } = metrics;
  const rows = new Map<number, MetricsRow>();
  loss.forEach((trainLoss, i) => {
    const step = firstStep + i + 1;
    const values = {
      train_loss: trainLoss,
      train_accuracy: accuracy[i] ?? NaN,
      learning_rate: learningRate[i] ?? NaN,
    };
    rows.set(step, { step, time: times[i] ?? NaN, values });
  });
  const start = times[0] ?? NaN;
  for (const { step, extent, loss: mean, sumOfBatchMeans, accuracy: share } of tests) {
    if (extent !== 'full') continue;
    const { time, values } = rows.get(step) ?? { time: start, values: {} };
    const test = { test_loss: mean, test_loss_sum: sumOfBatchMeans, test_accuracy: share };
    rows.set(step, { step, time, values: { ...values, ...test } });
  }
  return [...rows.values()].sort((a, b) => a.step - b.step);
}
