/**
 * An engine whose every call ends. A device can vanish or fall silent with calls open that it will never answer: then the engine
 * is given up, its open calls fail at once, and so does every later one. Where a call will keep the thread from hearing anything,
 * it says beforehand for how long.
 */
import type { BackendInfo } from '@/model/backend';
import type { ImageSet, Split } from '@/data/imageSet';
import type { StepMetrics } from '@/model/stepMetrics';
import {
  EngineError,
  type Activation,
  type BatchInspection,
  type Engine,
  type EngineState,
  type Evaluation,
  type LayerGradients,
} from '@/engine/engine';
import type { StepStatistics } from '@/model/layerStatistics';
import type { MemoryNeed } from '@/model/cost';
import type { RunConfig } from '@/model/runConfig';
import type { StateDict } from '@/model/tensor';
import { WorkClock, type CallKind } from '@/training/workClock';

export interface EngineGuardOptions {
  /** The engine is of no more use. Told once. */
  readonly onLost: (error: EngineError) => void;
  /** The thread may compute for so many seconds without hearing anything. */
  readonly onBusy: (seconds: number) => void;
}

/** The engine that the call was for is gone; whoever guards it has told so, and the next engine takes the run in. */
export function isLoss(error: unknown): error is EngineError {
  return error instanceof EngineError && error.code === 'device';
}

/** @throws the error, where it is another one */
export function ignoreLoss(error: unknown): void {
  if (!isLoss(error)) throw error;
}

/** A browser says that a device is lost a moment after its calls have failed for it. */
const reportMilliseconds = 500;

export class GuardedEngine implements Engine {
  readonly #engine: Engine;
  readonly #options: EngineGuardOptions;
  readonly #clock: WorkClock;
  readonly #open = new Set<(error: EngineError) => void>();
  #lost: EngineError | null = null;

  constructor(engine: Engine, options: EngineGuardOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#clock = new WorkClock(engine.info.backend);
  }

  get info(): BackendInfo {
    return this.#engine.info;
  }

  get config(): RunConfig | null {
    return this.#engine.config;
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** Ends all calls, open and later, with this error. */
  giveUp(error: EngineError): void {
    if (this.#lost !== null) return;
    this.#lost = error;
    for (const reject of this.#open) reject(error);
    this.#open.clear();
    this.#options.onLost(error);
  }

  /** What `task` gives; ends with the engine, whatever it waits for. @throws EngineError `device` */
  async during<T>(task: () => Promise<T>): Promise<T> {
    if (this.#lost !== null) throw this.#lost;
    return new Promise<T>((resolve, reject) => {
      this.#open.add(reject);
      task()
        .then(resolve, reject)
        .finally(() => this.#open.delete(reject));
    });
  }

  setImages(split: Split, images: ImageSet): Promise<void> {
    return this.#call('transfer', 0, () => this.#engine.setImages(split, images));
  }

  memoryNeed(config: RunConfig): MemoryNeed | null {
    return this.#lost === null ? this.#engine.memoryNeed(config) : null;
  }

  compile(config: RunConfig, state?: EngineState): Promise<void> {
    this.#clock.meet(config);
    return this.#call('compile', 0, () => this.#engine.compile(config, state));
  }

  step(count: number): Promise<void> {
    return this.#call('step', count, () => this.#engine.step(count));
  }

  readMetrics(): Promise<StepMetrics> {
    return this.#call('readMetrics', 0, () => this.#engine.readMetrics());
  }

  setLearningRate(learningRate: number): void {
    if (this.#lost === null) this.#engine.setLearningRate(learningRate);
  }

  setStatisticsInterval(interval: number | null): void {
    if (this.#lost === null) this.#engine.setStatisticsInterval(interval);
  }

  readStatistics(): Promise<readonly StepStatistics[]> {
    return this.#call('transfer', 0, () => this.#engine.readStatistics());
  }

  evaluate(split: Split, count: number, start?: number): Promise<Evaluation> {
    return this.#call('forward', count, () => this.#engine.evaluate(split, count, start));
  }

  predict(images: Uint8Array<ArrayBuffer>, count: number): Promise<Float32Array<ArrayBuffer>> {
    return this.#call('forward', count, () => this.#engine.predict(images, count));
  }

  activations(
    images: Uint8Array<ArrayBuffer>,
    count: number,
    layerNames: readonly string[],
  ): Promise<ReadonlyMap<string, Activation>> {
    return this.#call('forward', count, () => this.#engine.activations(images, count, layerNames));
  }

  layerGradients(
    images: Uint8Array<ArrayBuffer>,
    count: number,
    upstream: Float32Array<ArrayBuffer>,
    layerNames: readonly string[],
  ): Promise<LayerGradients> {
    return this.#call('inspect', count, () =>
      this.#engine.layerGradients(images, count, upstream, layerNames),
    );
  }

  inspectBatch(images: Uint8Array<ArrayBuffer>, labels: Uint8Array<ArrayBuffer>): Promise<BatchInspection> {
    return this.#call('inspect', labels.length, () => this.#engine.inspectBatch(images, labels));
  }

  readState(): Promise<EngineState> {
    return this.#call('transfer', 0, () => this.#engine.readState());
  }

  readParameters(names?: readonly string[]): Promise<StateDict> {
    return this.#call('transfer', 0, () => this.#engine.readParameters(names));
  }

  writeParameters(parameters: StateDict): Promise<void> {
    return this.#call('transfer', 0, () => this.#engine.writeParameters(parameters));
  }

  dispose(): void {
    try {
      this.#engine.dispose();
    } catch (error) {
      // What a lost device held is gone with it.
      if (this.#lost === null) throw error;
    }
  }

  async #call<T>(kind: CallKind, count: number, call: () => Promise<T>): Promise<T> {
    const { limitSeconds, busySeconds } = this.#clock.begin(kind, count);
    if (busySeconds !== null) this.#options.onBusy(busySeconds);
    const timer = setTimeout(() => {
      const name = this.#engine.info.device;
      this.giveUp(new EngineError('device', `${name} has not answered for ${Math.round(limitSeconds)} s.`));
    }, limitSeconds * 1000);
    try {
      return await this.during(call);
    } catch (error) {
      throw await this.#explained(error);
    } finally {
      clearTimeout(timer);
      this.#clock.end(kind);
    }
  }

  /** The loss of the device in place of what follows from it. */
  async #explained(error: unknown): Promise<unknown> {
    if (error instanceof EngineError) {
      if (isLoss(error)) this.giveUp(error);
      return error;
    }
    const { backend } = this.#engine.info;
    if (backend === 'webgpu' || backend === 'webgl') await this.#report();
    return this.#lost ?? error;
  }

  /** Waits for the report of a loss, should there be one. */
  #report(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#open.delete(end);
        resolve();
      };
      const timer = setTimeout(end, reportMilliseconds);
      if (this.#lost === null) this.#open.add(end);
      else end();
    });
  }
}
