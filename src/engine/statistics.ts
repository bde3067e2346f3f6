/**
 * Per-layer statistics of a training step, which feed the doctor and the plots. Taken every so many steps, on the engine's own
 * side, so that only these few numbers are read back.
 */

export interface TensorStatistics {
  readonly mean: number;
  readonly std: number;
  readonly maxAbs: number;
  /** Share of values that are exactly 0. */
  readonly zeroShare: number;
  /** Values that are NaN or infinite; the other figures leave them out. */
  readonly nonFinite: number;
}

/** One layer with weights: Conv2d or Linear. */
export interface LayerStatistics {
  /** Module name in the state_dict, such as `features.0`. */
  readonly name: string;
  /** Before the update. */
  readonly weight: TensorStatistics;
  /** Of the batch, before clipping. */
  readonly gradient: TensorStatistics;
  /** What enters this layer: after activation, pooling and dropout of the layers before it; the image for the first. */
  readonly input: TensorStatistics;
  /** Share of input channels (features, for a Linear) that are 0 everywhere in every image of the batch: dead ReLUs. */
  readonly deadShare: number;
  /** ||weight after - weight before|| / ||weight before||, Euclidean norms. */
  readonly updateRatio: number;
}

export interface StepStatistics {
  /** The step that they describe; 0 is the first. */
  readonly step: number;
  /** In forward order. */
  readonly layers: readonly LayerStatistics[];
}

/** Part of Engine: see engine.ts. */
export interface StatisticsSource {
  /** Takes statistics on the steps divisible by `interval`; null, the default, for none. */
  setStatisticsInterval(interval: number | null): void;
  /** All that were taken since the last call, oldest first. */
  readStatistics(): Promise<readonly StepStatistics[]>;
}
