/** Loss and accuracy of each step, left on the device until someone asks: reading back every step would stall a GPU. */
import * as tf from '@tensorflow/tfjs-core';
import type { StepMetrics } from '@/model/stepMetrics';

/** Scalars are joined into one tensor when this many wait, so that a run that nobody watches stays small. */
const foldAt = 128;

export class UnreadMetrics {
  #firstStep = 0;
  /** Scalars of single steps: loss, accuracy, loss, accuracy, ... */
  #scalars: tf.Tensor[] = [];
  /** Older steps, each tensor [2 * steps]. */
  #folded: tf.Tensor[] = [];
  #learningRates: number[] = [];

  /** Empties the log; the next step added is `firstStep`. */
  reset(firstStep: number): void {
    this.dispose();
    this.#firstStep = firstStep;
  }

  /** Takes over two scalars. */
  add(loss: tf.Tensor, accuracy: tf.Tensor, learningRate: number): void {
    this.#scalars.push(tf.keep(loss), tf.keep(accuracy));
    this.#learningRates.push(learningRate);
    if (this.#scalars.length >= 2 * foldAt) this.#fold();
  }

  #fold(): void {
    if (this.#scalars.length === 0) return;
    this.#folded.push(tf.keep(tf.tidy(() => tf.stack(this.#scalars))));
    tf.dispose(this.#scalars);
    this.#scalars = [];
  }

  /** All steps since the last call. */
  async read(): Promise<StepMetrics> {
    this.#fold();
    const folded = this.#folded;
    const learningRate = Float32Array.from(this.#learningRates);
    const firstStep = this.#firstStep;
    this.#folded = [];
    this.#learningRates = [];
    this.#firstStep += learningRate.length;

    const loss = new Float32Array(learningRate.length);
    const accuracy = new Float32Array(learningRate.length);
    let at = 0;
    for (const tensor of folded) {
      const values = await tensor.data<'float32'>();
      tensor.dispose();
      for (let i = 0; i + 1 < values.length; i += 2) {
        loss[at] = values[i] ?? NaN;
        accuracy[at] = values[i + 1] ?? NaN;
        at += 1;
      }
    }
    return { firstStep, loss, accuracy, learningRate };
  }

  dispose(): void {
    tf.dispose([this.#scalars, this.#folded]);
    this.#scalars = [];
    this.#folded = [];
    this.#learningRates = [];
  }
}
