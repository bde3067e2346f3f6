/** What the doctor looks at: all that was measured of one run. */
import type { ClassCounts } from '@/model/classCounts';
import type { StepStatistics } from '@/model/layerStatistics';
import type { RunConfig } from '@/model/runConfig';

export interface EvaluationRecord {
  /** Steps done. */
  readonly step: number;
  /** Epochs done, with the fraction of the current one. */
  readonly epoch: number;
  /** `quick`: the first 1,000 test images; `full`: all 10,000. */
  readonly extent: 'quick' | 'full';
  readonly loss: number;
  readonly accuracy: number;
  readonly classes: ClassCounts;
}

export interface RunRecord {
  readonly config: RunConfig;
  /** It began with weights that were loaded or trained before; else with fresh ones. */
  readonly isFineTuning?: boolean;
  /** Mean training loss and share of right ones of each batch; step i (0 is the first) at [i]. */
  readonly loss: ArrayLike<number>;
  readonly accuracy: ArrayLike<number>;
  readonly evaluations: readonly EvaluationRecord[];
  /** Of some steps, in order. */
  readonly statistics: readonly StepStatistics[];
}
