/** What files tell of a network that has to be asked of an engine. */
import type { StateDict } from '@/model/tensor';

export interface BatchGradients {
  /** Images of the batch. */
  readonly count: number;
  readonly gradients: StateDict;
}
