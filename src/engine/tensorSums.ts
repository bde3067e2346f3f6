/** Statistics of a tensor from its values on the CPU or from parts that a GPU summed up, in float64. */
import type { TensorStatistics } from '@/model/layerStatistics';

/** Of some of a tensor's values; all but `nonFinite` over the finite ones. */
export interface PartSums {
  readonly finite: number;
  readonly mean: number;
  /** Sum of (value - mean)^2. */
  readonly squaredDeviations: number;
  readonly maxAbs: number;
  readonly zeros: number;
  readonly nonFinite: number;
}

export class TensorSums {
  #finite = 0;
  #zeros = 0;
  #nonFinite = 0;
  #sum = 0;
  #squares = 0;
  #maxAbs = 0;

  /** Adds values[from .. to), and tells whether one of them is not 0. Local sums, because this loop is all the cost there is. */
  addValues(values: Float32Array | Float64Array, from: number, to: number): boolean {
    let zeros = 0;
    let nonFinite = 0;
    let sum = 0;
    let squares = 0;
    let maxAbs = this.#maxAbs;
    for (let i = from; i < to; i += 1) {
      const value = values[i] ?? 0;
      if (value === 0) zeros += 1;
      else if (value - value !== 0) nonFinite += 1;
      else {
        sum += value;
        squares += value * value;
        const size = Math.abs(value);
        if (size > maxAbs) maxAbs = size;
      }
    }
    this.#zeros += zeros;
    this.#nonFinite += nonFinite;
    this.#finite += to - from - nonFinite;
    this.#sum += sum;
    this.#squares += squares;
    this.#maxAbs = maxAbs;
    return zeros < to - from;
  }

  addPart({ finite, mean, squaredDeviations, maxAbs, zeros, nonFinite }: PartSums): void {
    this.#finite += finite;
    this.#zeros += zeros;
    this.#nonFinite += nonFinite;
    this.#sum += finite * mean;
    this.#squares += squaredDeviations + finite * mean * mean;
    this.#maxAbs = Math.max(this.#maxAbs, maxAbs);
  }

  statistics(): TensorStatistics {
    const finite = this.#finite;
    const nonFinite = this.#nonFinite;
    if (finite === 0) return { mean: 0, std: 0, maxAbs: 0, zeroShare: 0, nonFinite };
    const mean = this.#sum / finite;
    const std = Math.sqrt(Math.max(0, this.#squares / finite - mean * mean));
    return { mean, std, maxAbs: this.#maxAbs, zeroShare: this.#zeros / finite, nonFinite };
  }
}

export function statisticsOf(values: Float32Array | Float64Array): TensorStatistics {
  const sums = new TensorSums();
  sums.addValues(values, 0, values.length);
  return sums.statistics();
}

/** ||after - before|| / ||before|| of a weight. */
export function changeRatio(before: Float32Array | Float64Array, after: Float32Array | Float64Array): number {
  let change = 0;
  let norm = 0;
  for (let i = 0; i < before.length; i += 1) {
    const value = before[i] ?? 0;
    const difference = (after[i] ?? 0) - value;
    change += difference * difference;
    norm += value * value;
  }
  return ratioOfSquares(change, norm);
}

/** sqrt(change / norm), NaN where it is not finite. */
export function ratioOfSquares(change: number, norm: number): number {
  const ratio = Math.sqrt(change / norm);
  return Number.isFinite(ratio) ? ratio : Number.NaN;
}
