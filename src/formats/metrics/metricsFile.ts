/** What can be wrong with a file of metrics from outside, and what it holds. */
import type { MetricColumn } from '@/formats/metrics/metricsTable';

export type MetricsFileDetails =
  /** Bytes, and how many are taken. */
  | { readonly kind: 'too_large'; readonly size: number; readonly most: number }
  | { readonly kind: 'too_many_rows'; readonly most: number }
  | { readonly kind: 'unreadable' }
  /** Neither a table with a header nor an event file. */
  | { readonly kind: 'not_metrics' }
  | { readonly kind: 'no_step_column' }
  /** None of the names under which a metric is looked for. */
  | { readonly kind: 'no_metric'; readonly found: readonly string[] }
  /** Line as editors count. */
  | { readonly kind: 'bad_number'; readonly line: number; readonly column: string; readonly text: string }
  /** An event file whose checksums or messages are wrong. */
  | { readonly kind: 'damaged' };

export class MetricsFileError extends Error {
  override readonly name = 'MetricsFileError';
  readonly details: MetricsFileDetails;
  constructor(details: MetricsFileDetails, message: string, options?: ErrorOptions) {
    super(message, options);
    this.details = details;
  }
}

/** Values of some steps, in their order; each step once. */
export interface MetricCurve {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

export type MetricCurves = ReadonlyMap<MetricColumn, MetricCurve>;

/** Other names of a metric, in lower case: TensorBoard's and PyTorch Lightning's usual ones, and the report's spelling. */
const names: Readonly<Record<MetricColumn, readonly string[]>> = {
  train_loss: ['train_loss', 'loss', 'loss/train', 'training_loss'],
  train_accuracy: ['train_accuracy', 'accuracy', 'accuracy/train', 'train_acc'],
  learning_rate: ['learning_rate', 'lr'],
  test_loss: ['test_loss', 'loss/test', 'val_loss'],
  test_loss_sum: ['test_loss_sum'],
  test_accuracy: ['test_accuracy', 'test_accurary', 'accuracy/test', 'test_acc', 'val_accuracy', 'val_acc'],
};

const columnByName = new Map(
  Object.entries(names).flatMap(([column, all]) =>
    all.map((name) => [name, column as MetricColumn] as const),
  ),
);

/** The metric that a column or tag holds; null for another. */
export function metricNamed(name: string): MetricColumn | null {
  return columnByName.get(name.trim().toLowerCase()) ?? null;
}

/** Points of several curves as they come: of a step that comes twice, as where a run was resumed, the last value counts. */
export class CurveBuilder {
  readonly #points = new Map<MetricColumn, Map<number, number>>();

  add(column: MetricColumn, step: number, value: number): void {
    const points = this.#points.get(column) ?? new Map<number, number>();
    points.set(step, value);
    this.#points.set(column, points);
  }

  curves(): MetricCurves {
    return new Map(
      [...this.#points].map(([column, points]) => {
        const sorted = [...points].sort(([a], [b]) => a - b);
        return [column, { steps: sorted.map(([step]) => step), values: sorted.map(([, value]) => value) }];
      }),
    );
  }
}

/** @param found the names that the file has, for the message */
export function someCurves(curves: MetricCurves, found: Iterable<string>): MetricCurves {
  if (curves.size > 0) return curves;
  const shown = [...found].slice(0, 10).map((name) => name.slice(0, 60));
  throw new MetricsFileError(
    { kind: 'no_metric', found: shown },
    `The file has no metric of a known name; it has ${shown.join(', ')}.`,
  );
}
