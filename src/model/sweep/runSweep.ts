/** What a run knows of the sweep that it was trained for. */
export interface RunSweep {
  readonly id: string;
  /** Runs of one point differ in their seeds alone. */
  readonly point: number;
  /** Keys of the hyperparameters that the sweep varies, besides the seed. */
  readonly keys: readonly string[];
}
