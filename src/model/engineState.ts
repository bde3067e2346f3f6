/** A network in the midst of its training, outside of any engine. */
import type { StateDict } from '@/model/tensor';
import type { WeightsOrigin } from '@/model/weightsOrigin';

export interface EngineState {
  /** Steps done. With the seed it is the whole state of the random numbers, which are counter-based. */
  readonly step: number;
  readonly parameters: StateDict;
  /** One StateDict a slot: `momentum_buffer`, `exp_avg`, `exp_avg_sq`, `square_avg`, `grad_avg`; empty before the first step. */
  readonly optimizer: Readonly<Record<string, StateDict>>;
}

/** Weights that a run can begin with. */
export interface Weights {
  /** Null: drawn from the run's seed. */
  readonly parameters: StateDict | null;
  readonly origin: WeightsOrigin;
}
