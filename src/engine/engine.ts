/**
 * What training needs of an engine. tfjs is the reference implementation; the WebAssembly and compiled WebGPU engines
 * implement the same contract from the same LayerSpec data and must agree with it, and with PyTorch, on every fixture.
 */
import type { ImageSet, Split } from '@/data/imageSet';
import type { BackendInfo } from '@/model/backend';
import type { StatisticsSource } from '@/engine/statistics';
import type { MemoryNeed } from '@/model/cost';
import type { EngineState } from '@/model/engineState';
import type { RunConfig } from '@/model/runConfig';
import type { StepMetrics } from '@/model/stepMetrics';
import type { StateDict } from '@/model/tensor';
import type { TestFigures } from '@/model/testFigures';

export type { EngineState };

/** A test, with the class predicted for each image, in order. */
export interface Evaluation extends TestFigures {
  readonly predictions: Uint8Array<ArrayBuffer>;
}

/** Forward and backward of one batch in training mode, without an update: the current parameters are left as they are. */
export interface BatchInspection {
  readonly loss: number;
  /** [n, 10] row-major. */
  readonly logits: Float32Array<ArrayBuffer>;
  readonly gradients: StateDict;
  /** BatchNorm buffers as they would stand after this forward pass. */
  readonly buffers: StateDict;
}

/** What one layer gives for some images, in PyTorch's layout. */
export interface Activation {
  /** [n, C, H, W] or [n, features]. */
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** What some layers give for some images, and the gradients of a weighted sum of the logits by it. */
export interface LayerGradients {
  /** [n, 10] row-major. */
  readonly logits: Float32Array<ArrayBuffer>;
  readonly activations: ReadonlyMap<string, Activation>;
  /** Of the same names and shapes. */
  readonly gradients: ReadonlyMap<string, Activation>;
}

export interface Engine extends StatisticsSource {
  /** May change: an engine can lose its threads and go on with one. */
  readonly info: BackendInfo;

  /** Of the run that is compiled, with the learning rate that was set last; null where none is. */
  readonly config: RunConfig | null;

  /**
   * Makes the images resident. Call again with a larger count as more arrive. A step needs only the images that it takes,
   * so a run over config.trainingImages in file order may start before all of them are here.
   */
  setImages(split: Split, images: ImageSet): Promise<void>;

  /**
   * What the run needs of a memory whose end is known, found out without allocating it; null where none is. What does not fit is
   * refused by compile() by the same figures.
   * @throws ShapeError when the layers do not fit together.
   */
  memoryNeed(config: RunConfig): MemoryNeed | null;

  /**
   * Allocates and initialises for this run; replaces what was compiled before. With a state, starts from it.
   * @throws EngineError `limits` when the network does not fit the device, `config` when shapes do not fit.
   */
  compile(config: RunConfig, state?: EngineState): Promise<void>;

  /** Runs `count` training steps, starting at the current step. The last batch of an epoch may be smaller. Resolves once they are queued. */
  step(count: number): Promise<void>;

  /** Metrics of all finished steps since the last call; the only place where training reads back. */
  readMetrics(): Promise<StepMetrics>;

  /** Replaces the base learning rate from the next step on; the schedule goes on multiplying it. */
  setLearningRate(learningRate: number): void;

  /**
   * Eval mode over `count` images of a split from image `start` (default 0), in batches of the run's batch size, which only
   * affects sumOfBatchMeans. The trainer tests in pieces, so that a pause acts at once: pieces add up to the whole.
   */
  evaluate(split: Split, count: number, start?: number): Promise<Evaluation>;

  /** Logits [n, 10] in eval mode for n images of 28 x 28 bytes, through the run's input pipeline (without augmentation). */
  predict(images: Uint8Array<ArrayBuffer>, count: number): Promise<Float32Array<ArrayBuffer>>;

  /**
   * What the layers of these names give in eval mode for n images of 28 x 28 bytes, and, under `networkInput`, what the network
   * reads. Only the layers up to the last of them are computed.
   * @throws EngineError `config` naming the layers that the network does not have.
   */
  activations(
    images: Uint8Array<ArrayBuffer>,
    count: number,
    layerNames: readonly string[],
  ): Promise<ReadonlyMap<string, Activation>>;

  /**
   * In eval mode (BatchNorm by its running statistics, no dropout), for n images of 28 x 28 bytes: the gradient of the sum of
   * `upstream` times the logits, both [n, 10], by what the layers of these names give and, under `networkInput`, by what the network
   * reads. As torch.autograd has it: of equal values in a window of a max pool the first one gets the gradient. The run is left as it is.
   * @throws EngineError `config` naming the layers that the network does not have.
   */
  layerGradients(
    images: Uint8Array<ArrayBuffer>,
    count: number,
    upstream: Float32Array<ArrayBuffer>,
    layerNames: readonly string[],
  ): Promise<LayerGradients>;

  inspectBatch(images: Uint8Array<ArrayBuffer>, labels: Uint8Array<ArrayBuffer>): Promise<BatchInspection>;

  /** The whole run: parameters, buffers, optimizer slots. Parameters alone: readParameters(). */
  readState(): Promise<EngineState>;

  /**
   * Parameters and buffers by their state_dict keys, in state_dict order: those of these names, or all. Reads nothing besides.
   * @throws EngineError `state` naming the keys that the network does not have.
   */
  readParameters(names?: readonly string[]): Promise<StateDict>;

  /**
   * Begins the compiled run anew with these parameters and buffers: at step 0, with no optimizer state and no metrics. The same
   * as compile() with them, without planning and allocating once more.
   * @throws EngineError `state` naming the keys or shapes that do not fit.
   */
  writeParameters(parameters: StateDict): Promise<void>;

  dispose(): void;
}

export type EngineErrorCode = 'limits' | 'config' | 'state' | 'device' | 'unsupported';

/** An error that a person can act on; `code` lets the UI choose its text. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;
  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
