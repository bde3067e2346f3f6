/**
 * A long series made small enough to draw: buckets that keep both extremes at their own steps, and TensorBoard's
 * smoothing. Values are taken in as they come, so that a chart of 100,000 steps costs as little as one of 100.
 */
import { DebiasedAverage } from '@/model/debiasedAverage';

export interface ChartPoint {
  /** Number of the step, from 1. */
  readonly step: number;
  /** The value itself; null where it is NaN or infinite, which leaves a gap. */
  readonly value: number | null;
  readonly smoothed: number | null;
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

  append(given: number): void {
    // An infinite value would hide the finite extremes of its bucket.
    const value = Number.isFinite(given) ? given : Number.NaN;
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
  // NaN compares false with everything: it stays only while nothing else is there.
  if (next.min < into.min || Number.isNaN(into.min)) {
    into.minStep = next.minStep;
    into.min = next.min;
    into.minSmoothed = next.minSmoothed;
  }
  if (next.max > into.max || Number.isNaN(into.max)) {
    into.maxStep = next.maxStep;
    into.max = next.max;
    into.maxSmoothed = next.maxSmoothed;
  }
}

function pointsOf(bucket: Bucket): ChartPoint[] {
  const least = {
    step: bucket.minStep,
    value: finite(bucket.min),
    smoothed: finite(bucket.minSmoothed),
  };
  if (bucket.minStep === bucket.maxStep) return [least];
  const greatest = {
    step: bucket.maxStep,
    value: finite(bucket.max),
    smoothed: finite(bucket.maxSmoothed),
  };
  return bucket.minStep < bucket.maxStep ? [least, greatest] : [greatest, least];
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
