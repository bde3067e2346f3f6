/**
 * A long series made small enough to draw: buckets that keep both extremes at their own steps, and TensorBoard's
 * smoothing. Values are taken in as they come, so that a chart of 100,000 steps costs as little as one of 100.
 */
import { DebiasedAverage } from '@/model/debiasedAverage';

export interface ChartPoint {
  /** Number of the step, from 1. */
  readonly step: number;
  /** The value itself; NaN or infinite where it is none, which leaves a gap in the line. */
  readonly value: number;
  readonly smoothed: number;
}

interface Bucket {
  minStep: number;
  min: number;
  minSmoothed: number;
  maxStep: number;
  max: number;
  maxSmoothed: number;
}

const maxBuckets = 400;

/** One chart's line: append values, read at most 800 points. */
export class ChartSeries {
  readonly #average: DebiasedAverage;
  readonly #firstStep: number;
  #buckets: Bucket[] = [];
  #width = 1;
  #count = 0;

  /** firstStep: the step number (from 1) of the first value. */
  constructor(smoothing: number, firstStep: number) {
    this.#average = new DebiasedAverage(smoothing);
    this.#firstStep = firstStep;
  }

  /** Values taken in so far. */
  get count(): number {
    return this.#count;
  }

  append(value: number): void {
    const smoothed = this.#average.next(value);
    const step = this.#firstStep + this.#count;
    const bucket: Bucket = {
      minStep: step,
      min: value,
      minSmoothed: smoothed,
      maxStep: step,
      max: value,
      maxSmoothed: smoothed,
    };
    const last = this.#buckets.at(-1);
    if (last === undefined || this.#count % this.#width === 0) {
      if (this.#buckets.length === maxBuckets) this.#halve();
      this.#buckets.push(bucket);
    } else {
      merge(last, bucket);
    }
    this.#count += 1;
  }

  /** In the order of steps; the smallest and the largest value of every bucket are among them. */
  points(): ChartPoint[] {
    return this.#buckets.flatMap(pointsOf);
  }

  #halve(): void {
    const halved: Bucket[] = [];
    for (const [index, bucket] of this.#buckets.entries()) {
      const before = halved.at(-1);
      if (index % 2 === 0 || before === undefined) halved.push(bucket);
      else merge(before, bucket);
    }
    this.#buckets = halved;
    this.#width *= 2;
  }
}

function merge(into: Bucket, next: Bucket): void {
  // NaN or infinity stays only while nothing else is there: it would hide the finite extremes of its bucket.
  if (!Number.isFinite(into.min) || (Number.isFinite(next.min) && next.min < into.min)) {
    into.minStep = next.minStep;
    into.min = next.min;
    into.minSmoothed = next.minSmoothed;
  }
  if (!Number.isFinite(into.max) || (Number.isFinite(next.max) && next.max > into.max)) {
    into.maxStep = next.maxStep;
    into.max = next.max;
    into.maxSmoothed = next.maxSmoothed;
  }
}

function pointsOf(bucket: Bucket): ChartPoint[] {
  const least = {
    step: bucket.minStep,
    value: bucket.min,
    smoothed: bucket.minSmoothed,
  };
  if (bucket.minStep === bucket.maxStep) return [least];
  const greatest = {
    step: bucket.maxStep,
    value: bucket.max,
    smoothed: bucket.maxSmoothed,
  };
  return bucket.minStep < bucket.maxStep ? [least, greatest] : [greatest, least];
}
