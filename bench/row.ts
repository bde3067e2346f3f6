/** What the benchmark needs of anything that trains: an engine in this process, in a browser, or PyTorch. */

export interface BenchTask {
  /** `mynn`, `lenet`, ... */
  readonly network: string;
  readonly batchSize: number;
}

export interface BenchRow {
  /** As the table names it, such as `tfjs wasm`. */
  readonly label: string;
  /** Builds the network and runs one step, which may compile; milliseconds of that. */
  readonly prepare: (task: BenchTask) => Promise<{ readonly firstStepMilliseconds: number }>;
  /** Runs `steps` training steps to their end (GPU work finished, metrics read once); milliseconds in all. */
  readonly run: (steps: number) => Promise<number>;
  readonly close: () => Promise<void>;
}
