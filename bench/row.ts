/** What the benchmark needs of anything that trains: an engine in this process, in a browser, jax-js, or PyTorch. */
import type { LayerSpec } from '@/model/layers';
import type { OptimizerKind } from '@/model/optimizers';
import type { ReluReplacement } from './activated.ts';
import type { StepProfile } from './stepProfile.ts';

export interface BenchTask {
  /** `mynn`, `lenet`, ..., or what the table calls `layers`. */
  readonly network: string;
  /** Of a network that is not the report's. */
  readonly layers?: readonly LayerSpec[];
  readonly batchSize: number;
  /** With torch.optim's defaults; the report's SGD where absent. */
  readonly optimizer?: OptimizerKind;
  /** Times as many channels and features; 1 where absent. */
  readonly width?: number;
  /** In the place of the network's ReLUs. */
  readonly activation?: ReluReplacement;
}

export interface BenchRow {
  /** As the table names it, such as `tfjs wasm`. */
  readonly label: string;
  /** Compiles the network and runs one step; milliseconds of both. */
  readonly prepare: (task: BenchTask) => Promise<{ readonly firstStepMilliseconds: number }>;
  /** Runs `steps` training steps to their end (GPU work finished, metrics read once); milliseconds in all. */
  readonly run: (steps: number) => Promise<number>;
  /** Counts over `steps` steps; null where nothing can be counted. */
  readonly profile: (steps: number) => Promise<StepProfile | null>;
  /** Ends it, whatever it is doing; a second call does nothing. */
  readonly close: () => Promise<void>;
}
