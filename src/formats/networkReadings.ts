/** What files tell of a network that has to be asked of an engine. */
import type { StateDict } from '@/model/tensor';

export interface BatchGradients {
  /** Images of the batch. */
  readonly count: number;
  readonly gradients: StateDict;
}

/** Weights of the run at earlier steps. */
export interface KeptWeights {
  /** Ascending. */
  readonly steps: () => Promise<readonly number[]>;
  /** Null where they are not there any more. */
  readonly parameters: (step: number) => Promise<StateDict | null>;
}
