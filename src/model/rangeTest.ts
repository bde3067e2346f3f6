/**
 * The learning-rate range test: train a fresh network at exponentially rising rates and see how far the loss falls.
 * L. N. Smith, "Cyclical Learning Rates for Training Neural Networks" (2017), section 3.3; smoothing, stop and choice as in
 * S. Gugger, "How Do You Find A Good Learning Rate" (2018) and fastai's Learner.lr_find.
 */
import { DebiasedAverage } from '@/model/debiasedAverage';

export interface RangeTest {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}

/** From where hardly anything moves to where hardly anything survives. */
export const defaultRangeTest: RangeTest = { from: 1e-5, to: 10, steps: 100 };

/** Weight of the past in the smoothed loss. fastai has 0.98, which over 100 steps lags by half of them; 0.9 lags by ten. */
const smoothing = 0.9;

export interface RangeTestPoint {
  readonly learningRate: number;
  readonly loss: number;
}

export interface SmoothedPoint extends RangeTestPoint {
  readonly smoothed: number;
}

/** The rate of step i, from 0: from * (to / from)^(i / (steps - 1)). */
export function rangeTestRate({ from, to, steps }: RangeTest, i: number): number {
  return steps <= 1 ? from : from * (to / from) ** (i / (steps - 1));
}

/** With the debiased moving average of the losses so far; those of NaN or infinity are left out. */
export function smoothedRangeTest(points: readonly RangeTestPoint[]): SmoothedPoint[] {
  const average = new DebiasedAverage(smoothing);
  return points
    .filter(({ loss }) => Number.isFinite(loss))
    .map((point) => ({ ...point, smoothed: average.next(point.loss) }));
}

/** Losses near 0 would make four times the least one of them a matter of noise. */
const smallestScale = 0.5;

/**
 * Whether the range test can end: the loss is not finite, or the smoothed one above four times the least so far, as in fastai;
 * where that is negative or near 0, three times its size above it.
 */
export function hasDiverged(points: readonly RangeTestPoint[]): boolean {
  const last = points.at(-1);
  if (last === undefined) return false;
  if (!Number.isFinite(last.loss)) return true;
  const smoothed = smoothedRangeTest(points).map((point) => point.smoothed);
  const least = Math.min(...smoothed);
  return (smoothed.at(-1) ?? least) > least + 3 * Math.max(Math.abs(least), smallestScale);
}

/** Gugger: "one order of magnitude before" the lowest loss; at the lowest itself the loss is about to rise. */
const marginFactor = 10;
/** Share of the range test at its beginning where rates are too small to change anything: what varies there is noise. */
const quietShare = 0.3;

export interface Suggestion {
  readonly learningRate: number;
  /** Where the smoothed loss is lowest. */
  readonly lowest: SmoothedPoint;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/**
 * A tenth of the rate where the smoothed loss is lowest. Null where it is not lower there than the noise of single batches
 * explains. The steepest fall, fastai's other rule, lies behind the end of what these networks bear: from PyTorch's
 * initialisation they hardly learn within 100 steps, and fall at all only shortly before they diverge.
 */
export function suggestedRate(points: readonly RangeTestPoint[]): Suggestion | null {
  const smoothed = smoothedRangeTest(points);
  const quiet = smoothed.slice(0, Math.max(2, Math.round(quietShare * smoothed.length)));
  const [first, ...others] = smoothed.slice(quiet.length);
  const start = quiet.at(-1);
  if (first === undefined || start === undefined) return null;
  const lowest = others.reduce((best, point) => (point.smoothed < best.smoothed ? point : best), first);
  const noise = deviation(quiet.map(({ loss }) => loss));
  if (start.smoothed - lowest.smoothed <= noise) return null;
  return { learningRate: lowest.learningRate / marginFactor, lowest };
}
