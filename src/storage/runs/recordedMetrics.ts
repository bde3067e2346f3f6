/** The metrics of a run from its first step on, in typed arrays that grow, and their chunks as they are stored. */
import type { StepMetrics } from '@/model/stepMetrics';

/** One number a step; `seconds`: time spent training up to there. */
export const metricColumns = ['loss', 'accuracy', 'learningRate', 'seconds'] as const;
export type MetricColumn = (typeof metricColumns)[number];

/** Steps of one stored chunk. */
export const chunkSteps = 1024;

/** Metrics of up to 1024 steps as they are stored: one ArrayBuffer of float32 a column. */
export interface MetricsChunk extends Readonly<Record<MetricColumn, ArrayBuffer>> {
  /** Its first step is 1024 times that. */
  readonly chunk: number;
}

type Columns = Record<MetricColumn, Float32Array<ArrayBuffer>>;

const emptyColumns = (capacity: number): Columns => ({
  loss: new Float32Array(capacity),
  accuracy: new Float32Array(capacity),
  learningRate: new Float32Array(capacity),
  seconds: new Float32Array(capacity),
});

export class RecordedMetrics {
  #columns = emptyColumns(chunkSteps);
  #count = 0;

  /** Steps from 0 on. */
  get count(): number {
    return this.#count;
  }

  /** Value of step i at [i]; a view that the next append may replace. */
  values(column: MetricColumn): Float32Array<ArrayBuffer> {
    return this.#columns[column].subarray(0, this.#count);
  }

  /** Steps that are there already are replaced; what does not join is left out. seconds: spent up to the last of them. */
  append({ firstStep, loss, accuracy, learningRate }: StepMetrics, seconds: number): void {
    if (firstStep > this.#count) return;
    this.truncate(firstStep);
    const before = this.#columns.seconds[firstStep - 1] ?? 0;
    const share = (seconds - before) / loss.length;
    this.#write(firstStep, {
      loss,
      accuracy,
      learningRate,
      seconds: loss.map((_, i) => before + share * (i + 1)),
    });
  }

  /** Forgets the steps from `step` on. */
  truncate(step: number): void {
    this.#count = Math.min(this.#count, step);
  }

  /** The chunks from step `from` on. */
  chunks(from: number): MetricsChunk[] {
    const first = Math.floor(from / chunkSteps);
    const last = Math.ceil(this.#count / chunkSteps);
    return Array.from({ length: Math.max(0, last - first) }, (_, i) => this.#chunk(first + i));
  }

  /** Takes in a stored chunk; false where it does not join, or is none. */
  take(chunk: MetricsChunk): boolean {
    const columns = emptyColumns(0);
    for (const name of metricColumns) {
      const buffer: unknown = chunk[name];
      if (!(buffer instanceof ArrayBuffer) || buffer.byteLength % 4 !== 0) return false;
      columns[name] = new Float32Array(buffer);
    }
    const { length } = columns.loss;
    if (metricColumns.some((name) => columns[name].length !== length) || length > chunkSteps) return false;
    if (chunk.chunk * chunkSteps !== this.#count) return false;
    this.#write(this.#count, columns);
    return true;
  }

  #chunk(chunk: number): MetricsChunk {
    const start = chunk * chunkSteps;
    const end = Math.min(start + chunkSteps, this.#count);
    const part = (column: MetricColumn): ArrayBuffer => this.#columns[column].slice(start, end).buffer;
    return {
      chunk,
      loss: part('loss'),
      accuracy: part('accuracy'),
      learningRate: part('learningRate'),
      seconds: part('seconds'),
    };
  }

  #write(start: number, columns: Columns): void {
    const count = start + columns.loss.length;
    if (count > this.#columns.loss.length) {
      const grown = emptyColumns(Math.max(count, 2 * this.#columns.loss.length));
      for (const name of metricColumns) grown[name].set(this.values(name));
      this.#columns = grown;
    }
    for (const name of metricColumns) this.#columns[name].set(columns[name], start);
    this.#count = count;
  }
}
