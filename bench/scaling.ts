/** Time a step against batch size and width, on one engine, with the exponent that fits best. */
import type { Measured } from './measure.ts';
import { measure, type MeasureOptions } from './measure.ts';
import type { BenchRow, BenchTask } from './row.ts';

export interface Scaling {
  readonly label: string;
  readonly network: string;
  readonly by: 'batch' | 'width';
  readonly points: readonly Measured[];
  /** b in time = a * size^b, by least squares of the logarithms of the minima over the larger half of the sizes. */
  readonly exponent: number;
}

const batchSizes = [1, 4, 16, 64, 256, 1024];
const widths = [0.5, 1, 2, 4];

/** Slope of the straight line that fits best through (log size, log time). */
export function fittedExponent(points: readonly (readonly [size: number, time: number])[]): number {
  const logs = points.map(([size, time]) => [Math.log(size), Math.log(time)] as const);
  const mean = (at: 0 | 1): number => logs.reduce((sum, point) => sum + point[at], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return covariance / logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
}

async function along(
  by: Scaling['by'],
  open: () => BenchRow,
  tasks: readonly BenchTask[],
  options: MeasureOptions,
): Promise<Scaling> {
  const points: Measured[] = [];
  let label = '';
  for (const task of tasks) {
    // A fresh process each: what one size has cached must not help the next.
    const row = open();
    label = row.label;
    points.push(...(await measure([row], task, options)));
    await row.close();
  }
  const measured = points.filter(({ error }) => error === null);
  const larger = measured.slice(Math.min(measured.length - 2, Math.floor(measured.length / 2)));
  const pairs = larger.map(
    (point) => [by === 'batch' ? point.batchSize : point.width, point.minimum] as const,
  );
  return { label, network: tasks[0]?.network ?? '', by, points, exponent: fittedExponent(pairs) };
}

/** `open` starts the engine anew. */
export async function measureScaling(
  network: string,
  open: () => BenchRow,
  options: MeasureOptions,
): Promise<Scaling[]> {
  const byBatch = batchSizes.map((batchSize) => ({ network, batchSize }));
  const byWidth = widths.map((width) => ({ network, batchSize: 64, width }));
  return [await along('batch', open, byBatch, options), await along('width', open, byWidth, options)];
}
