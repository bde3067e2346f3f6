/** What training measures step by step: engines give it, the worker tells it, the page keeps it. */

/** One value a training step, for steps firstStep .. firstStep + loss.length - 1 (step 0 is the first). */
export interface StepMetrics {
  readonly firstStep: number;
  /** Mean training loss of the batch, before the update. */
  readonly loss: Float32Array<ArrayBuffer>;
  /** Share of the batch classified right, dropout on, before the update. */
  readonly accuracy: Float32Array<ArrayBuffer>;
  readonly learningRate: Float32Array<ArrayBuffer>;
}
