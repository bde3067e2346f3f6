/** The training metrics of the current run, every step of it, outside of React: growing typed arrays and chart lines. */
import type { StepMetrics } from '@/model/stepMetrics';
import { ChartSeries, type ChartPoint } from '@/session/chartSeries';

export type MetricName = Exclude<keyof StepMetrics, 'firstStep'>;

interface CachedSeries {
  readonly smoothing: number;
  readonly series: ChartSeries;
}

const metricNames: readonly MetricName[] = ['loss', 'accuracy', 'learningRate'];
const initialCapacity = 4096;

export class MetricsLog {
  #columns = emptyColumns(initialCapacity);
  #times = new Float64Array(initialCapacity);
  #firstStep = 0;
  #count = 0;
  readonly #charts = new Map<MetricName, CachedSeries>();

  /** Steps recorded. */
  get count(): number {
    return this.#count;
  }

  /** Forgets everything, for a new run. */
  clear(): void {
    this.#count = 0;
    this.#firstStep = 0;
    this.#charts.clear();
  }

  /**
   * Takes in the steps of one `metrics` event, heard of at `time` (milliseconds since 1970), or each at its own. Steps that are there already are
   * replaced: the run went back to an earlier state.
   */
  append(block: StepMetrics, time: number | Float64Array = Date.now()): void {
    if (this.#count === 0) this.#firstStep = block.firstStep;
    const start = block.firstStep - this.#firstStep;
    if (start < 0 || start > this.#count) {
      // Nothing joins: keep what is contiguous.
      this.clear();
      this.append(block, time);
      return;
    }
    if (start < this.#count) this.#charts.clear();
    this.#reserve(start + block.loss.length);
    for (const name of metricNames) this.#columns[name].set(block[name], start);
    this.#count = start + block.loss.length;
    if (typeof time === 'number') this.#times.fill(time, start, this.#count);
    else this.#times.set(time, start);
  }

  /** Forgets the steps from `step` on: the run went back to an earlier state. */
  truncate(step: number): void {
    const kept = Math.max(0, step - this.#firstStep);
    if (kept >= this.#count) return;
    this.#count = kept;
    this.#charts.clear();
  }

  /** All values, step firstStep + i at [i]; a view that the next append may replace. */
  values(name: MetricName): Float32Array {
    return this.#columns[name].subarray(0, this.#count);
  }

  /** All of it, as a copy. */
  block(): StepMetrics {
    const column = (name: MetricName): Float32Array<ArrayBuffer> => this.#columns[name].slice(0, this.#count);
    return {
      firstStep: this.#firstStep,
      loss: column('loss'),
      accuracy: column('accuracy'),
      learningRate: column('learningRate'),
    };
  }

  /** When each step was heard of, in milliseconds since 1970: a copy. */
  times(): Float64Array<ArrayBuffer> {
    return this.#times.slice(0, this.#count);
  }

  /** The last value, or null before the first step. */
  latest(name: MetricName): number | null {
    return this.#columns[name][this.#count - 1] ?? null;
  }

  /**
   * The line to draw: at most 800 points with all extremes kept, whatever the number of steps.
   * smoothing: TensorBoard's weight, 0 to less than 1.
   */
  chart(name: MetricName, smoothing: number): ChartPoint[] {
    let cached = this.#charts.get(name);
    if (cached === undefined || cached.smoothing !== smoothing) {
      cached = { smoothing, series: new ChartSeries(smoothing, this.#firstStep + 1) };
      this.#charts.set(name, cached);
    }
    for (const value of this.#columns[name].subarray(cached.series.count, this.#count)) {
      cached.series.append(value);
    }
    return cached.series.points();
  }

  #reserve(count: number): void {
    if (count <= this.#columns.loss.length) return;
    const grown = emptyColumns(Math.max(count, this.#columns.loss.length * 2));
    for (const name of metricNames) grown[name].set(this.values(name));
    this.#columns = grown;
    const times = new Float64Array(grown.loss.length);
    times.set(this.times());
    this.#times = times;
  }
}

function emptyColumns(capacity: number): Record<MetricName, Float32Array> {
  return {
    loss: new Float32Array(capacity),
    accuracy: new Float32Array(capacity),
    learningRate: new Float32Array(capacity),
  };
}
