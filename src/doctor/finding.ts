/** What a rule of the doctor finds: where it shows, and the one change that mends it. */
import type { RunConfig } from '@/model/runConfig';

/** Where the evidence is to be seen. */
export type EvidenceSeries =
  | 'training_loss'
  | 'training_accuracy'
  | 'test_loss'
  | 'test_accuracy'
  | 'classes'
  | 'gradients'
  | 'inputs'
  | 'updates';

export interface Evidence {
  readonly series: EvidenceSeries;
  /** Steps, 0 for the first; `to` is included. */
  readonly from: number;
  readonly to: number;
}

/** A change of one setting; `kind` says what it does, since `input` and `network` hold several. */
export interface Fix {
  readonly kind:
    | 'cross_entropy'
    | 'learning_rate'
    | 'clip_gradients'
    | 'normalize'
    | 'initialise'
    | 'shuffle'
    | 'batch_size'
    | 'all_images'
    | 'augment'
    | 'weight_decay'
    | 'more_epochs';
  /** The only field of the configuration that differs. */
  readonly field: keyof RunConfig;
  readonly config: RunConfig;
}

export interface Finding {
  /** `problem`: the run cannot become good; `warning`: it does worse than it could. */
  readonly severity: 'problem' | 'warning';
  /** The step at which it showed first; 0 is the first step. */
  readonly step: number;
  readonly evidence: Evidence;
  /** For non_finite, where the training losses are numbers: the page words it by where it shows instead. */
  readonly context?: 'test' | 'running';
  /** Numbers of the evidence, by the names that the page's texts use. */
  readonly figures: Readonly<Record<string, number>>;
  /** Layers it is about, by their names in the state_dict. */
  readonly layers: readonly string[];
  /** Digits it is about. */
  readonly digits: readonly number[];
  /** Null where no single setting mends it. */
  readonly fix: Fix | null;
}
