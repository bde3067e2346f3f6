/** What files tell of a network that has to be asked of an engine. */
import type { StateDict } from '@/model/tensor';

export interface TestPredictions {
  readonly predictions: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
  /** [n, 28, 28], white on black. */
  readonly images: Uint8Array<ArrayBuffer>;
}

export interface BatchGradients {
  /** Images of the batch. */
  readonly count: number;
  readonly gradients: StateDict;
}
