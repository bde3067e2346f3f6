/**
 * The debiased exponential moving average of TensorBoard's scalar charts (vz_line_chart2, resmoothDataset):
 * last = w * last + (1 - w) * x; smoothed = last / (1 - w^n). Values that are not finite pass as they are.
 */
export class DebiasedAverage {
  readonly #weight: number;
  #last = 0;
  #count = 0;

  /** weight: 0 (no smoothing) to less than 1. */
  constructor(weight: number) {
    this.#weight = weight;
  }

  next(value: number): number {
    if (!Number.isFinite(value)) return value;
    this.#last = this.#weight * this.#last + (1 - this.#weight) * value;
    this.#count += 1;
    return this.#last / (1 - this.#weight ** this.#count);
  }
}
