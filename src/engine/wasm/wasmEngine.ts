/**
 * The CPU engine: the whole training step as a fixed list of our own WebAssembly kernels, planned ahead from the LayerSpec.
 * Results do not depend on the number of threads: every sum belongs to one thread and has one order.
 */
import type { BackendInfo } from '@/model/backend';
import type { ImageSet, Split } from '@/data/imageSet';
import type { StepMetrics } from '@/model/stepMetrics';
import {
  EngineError,
  type Activation,
  type LayerGradients,
  type BatchInspection,
  type Engine,
  type EngineState,
  type Evaluation,
} from '@/engine/engine';
import { checkBatch, checkRun } from '@/engine/checkRun';
import { evaluationOf, lossInFloat32 } from '@/engine/evaluation';
import { UnreadStatistics } from '@/engine/unreadStatistics';
import type { EncodedProgram } from '@/engine/wasm/program';
import { inputNames, resultNames } from '@/engine/wasm/programs';
import { readActivations, readGradients } from '@/engine/wasm/activations';
import { addressIn, readLogits, writeBytes } from '@/engine/wasm/programMemory';
import { evaluationBatch, WasmRun, type RunOptions } from '@/engine/wasm/wasmRun';
import { runWithStatistics } from '@/engine/wasm/wasmStatistics';
import { augmentImage, augmentKey, augmentTransform } from '@/model/augment';
import { batchIndices } from '@/model/batchOrder';
import { memoryNeed, wasmHeap, type MemoryNeed } from '@/model/cost';
import type { StepStatistics } from '@/model/layerStatistics';
import type { RunConfig } from '@/model/runConfig';
import { learningRateAt } from '@/model/learningRate';
import { weightOf } from '@/model/losses';
import { parameterEntries } from '@/model/stateDict';
import type { StateDict } from '@/model/tensor';
import { classCount } from '@/model/classCounts';

const pixels = 784;

export interface WasmEngineParts extends RunOptions {
  readonly info: () => BackendInfo;
}

export class WasmEngine implements Engine {
  readonly #info: () => BackendInfo;
  readonly #options: RunOptions;
  readonly #sets = new Map<Split, ImageSet>();
  #run: WasmRun | null = null;
  #firstStep = 0;
  #loss: number[] = [];
  #accuracy: number[] = [];
  #learningRate: number[] = [];
  #statistics = new UnreadStatistics();

  constructor({ info, ...options }: WasmEngineParts) {
    this.#info = info;
    this.#options = options;
  }

  get info(): BackendInfo {
    return this.#info();
  }

  get config(): RunConfig | null {
    return this.#run?.config ?? null;
  }

  /** Keeps the arrays themselves: a CPU engine reads a batch from where it lies. */
  setImages(split: Split, images: ImageSet): Promise<void> {
    this.#sets.set(split, images);
    return Promise.resolve();
  }

  memoryNeed(config: RunConfig): MemoryNeed | null {
    return memoryNeed(config, wasmHeap, (one) => WasmRun.plannedBytes(one, this.#options));
  }

  async compile(config: RunConfig, state?: EngineState): Promise<void> {
    checkRun(config);
    this.#run = null;
    this.#run = await WasmRun.create(config, state, this.#options);
    this.#forgetMetrics(this.#run.step);
    this.#statistics = new UnreadStatistics();
  }

  step(count: number): Promise<void> {
    // An async caller sees errors as rejections, also those thrown before the first step.
    try {
      for (let i = 0; i < count; i += 1) this.#trainOnce();
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #trainOnce(): void {
    const run = this.#compiled();
    const { runtime } = this.#options;
    const { config, step } = run;
    const learningRate = learningRateAt(config, step);
    const indices = batchIndices(config, step);
    // In file order training starts before all images are here.
    const set = this.#images('train', indices.reduce((most, index) => Math.max(most, index), 0) + 1);
    const program = run.program('train', indices.length);
    this.#writeBatch(program, set, indices);
    const weight = weightOf(
      config.loss,
      indices.map((index) => set.labels[index] ?? NaN),
    );
    run.writeScalars(learningRate, weight);
    if (this.#statistics.isDue(step)) {
      this.#statistics.add(runWithStatistics(runtime, run, program, indices.length));
    } else {
      runtime.run(program);
    }
    const result = addressIn(program, resultNames.loss);
    this.#loss.push(lossInFloat32(runtime.doubles(result, 1)[0] ?? NaN) / weight);
    this.#accuracy.push((runtime.words(result + 8, 1)[0] ?? NaN) / indices.length);
    this.#learningRate.push(learningRate);
    run.advance();
  }

  setStatisticsInterval(interval: number | null): void {
    this.#statistics.interval = interval;
  }

  readStatistics(): Promise<readonly StepStatistics[]> {
    return Promise.resolve(this.#statistics.read());
  }

  readMetrics(): Promise<StepMetrics> {
    const metrics: StepMetrics = {
      firstStep: this.#firstStep,
      loss: Float32Array.from(this.#loss),
      accuracy: Float32Array.from(this.#accuracy),
      learningRate: Float32Array.from(this.#learningRate),
    };
    this.#forgetMetrics(this.#firstStep + this.#loss.length);
    return Promise.resolve(metrics);
  }

  setLearningRate(learningRate: number): void {
    const run = this.#compiled();
    run.config = { ...run.config, learningRate };
  }

  evaluate(split: Split, count: number, start = 0): Promise<Evaluation> {
    return promised(() => {
      const { loss, batchSize } = this.#compiled().config;
      const set = this.#images(split, start + count);
      const logits = this.#logits(set.images.subarray(start * pixels, (start + count) * pixels), count);
      return evaluationOf(logits, set.labels.subarray(start, start + count), loss, batchSize);
    });
  }

  predict(images: Uint8Array<ArrayBuffer>, count: number): Promise<Float32Array<ArrayBuffer>> {
    return promised(() => this.#logits(images, count));
  }

  #logits(images: Uint8Array, count: number): Float32Array<ArrayBuffer> {
    const run = this.#compiled();
    const { runtime } = this.#options;
    const logits = new Float32Array(count * classCount);
    for (let from = 0; from < count; from += evaluationBatch) {
      const n = Math.min(evaluationBatch, count - from);
      const program = run.program('eval', n);
      writeBytes(runtime, program, images.subarray(from * pixels, (from + n) * pixels));
      runtime.run(program);
      logits.set(readLogits(run, program, n), from * classCount);
    }
    return logits;
  }

  activations(
    images: Uint8Array<ArrayBuffer>,
    count: number,
    layerNames: readonly string[],
  ): Promise<ReadonlyMap<string, Activation>> {
    return promised(() => {
      const run = this.#compiled();
      return readActivations(run, this.#options.runtime, images, count, layerNames);
    });
  }

  layerGradients(
    images: Uint8Array<ArrayBuffer>,
    count: number,
    upstream: Float32Array,
    layerNames: readonly string[],
  ): Promise<LayerGradients> {
    return promised(() => {
      const run = this.#compiled();
      return readGradients(run, this.#options.runtime, images, count, upstream, layerNames);
    });
  }

  inspectBatch(images: Uint8Array<ArrayBuffer>, labels: Uint8Array<ArrayBuffer>): Promise<BatchInspection> {
    return promised(() => {
      const run = this.#compiled();
      const { runtime } = this.#options;
      const n = labels.length;
      checkBatch(run.config, n);
      const program = run.program('inspect', n);
      writeBytes(runtime, program, images.subarray(0, n * pixels));
      runtime.bytes(addressIn(program, inputNames.labels), n).set(labels);
      const weight = weightOf(run.config.loss, labels);
      run.writeScalars(0, weight);
      runtime.run(program);
      const { network } = run.config;
      const gradients = parameterEntries(network).map(
        (entry) => [entry.key, run.read(entry, addressIn(program, resultNames.gradient(entry.key)))] as const,
      );
      const buffers = run.entries
        .filter((entry) => entry.role === 'buffer')
        .map((entry) => [entry.key, run.read(entry, program.addresses.get(entry.key), 1n)] as const);
      return {
        loss: lossInFloat32(runtime.doubles(addressIn(program, resultNames.loss), 1)[0] ?? NaN) / weight,
        logits: readLogits(run, program, n),
        gradients: new Map(gradients),
        buffers: new Map(buffers),
      };
    });
  }

  readState(): Promise<EngineState> {
    return promised(() => {
      const run = this.#compiled();
      return { step: run.step, parameters: run.readParameters(), optimizer: run.readOptimizer() };
    });
  }

  readParameters(names?: readonly string[]): Promise<StateDict> {
    return promised(() => this.#compiled().readParameters(names));
  }

  writeParameters(parameters: StateDict): Promise<void> {
    return promised(() => {
      this.#compiled().load({ step: 0, parameters, optimizer: {} });
      this.#forgetMetrics(0);
      this.#statistics = new UnreadStatistics();
    });
  }

  dispose(): void {
    this.#run = null;
    this.#sets.clear();
    this.#options.runtime.dispose();
  }

  /** The images of a training step and their labels. */
  #writeBatch(program: EncodedProgram, set: ImageSet, indices: Int32Array): void {
    const { runtime } = this.#options;
    const { config, step } = this.#compiled();
    const count = indices.length;
    const first = indices[0] ?? 0;
    const { augment } = config.input;
    if (augment !== null) {
      const target = runtime.floats(addressIn(program, inputNames.pixels), count * pixels);
      const key = augmentKey(config.seed, step);
      indices.forEach((index, n) =>
        augmentImage(imageAt(set, index), augmentTransform(augment, key, n), target, n * pixels),
      );
    } else if (config.shuffle) {
      const target = runtime.bytes(addressIn(program, inputNames.bytes), count * pixels);
      indices.forEach((index, n) => target.set(imageAt(set, index), n * pixels));
    } else {
      writeBytes(runtime, program, set.images.subarray(first * pixels, (first + count) * pixels));
    }
    const labels = runtime.bytes(addressIn(program, inputNames.labels), count);
    indices.forEach((index, n) => (labels[n] = set.labels[index] ?? 0));
  }

  #forgetMetrics(firstStep: number): void {
    this.#firstStep = firstStep;
    this.#loss = [];
    this.#accuracy = [];
    this.#learningRate = [];
  }

  #compiled(): WasmRun {
    if (this.#run === null) throw new EngineError('config', 'Call compile() before this.');
    return this.#run;
  }

  #images(split: Split, count: number): ImageSet {
    const set = this.#sets.get(split);
    if (set === undefined || set.count < count) {
      throw new EngineError(
        'config',
        `${count} ${split} images are asked for, ${set?.count ?? 0} are loaded.`,
      );
    }
    return set;
  }
}

function imageAt(set: ImageSet, index: number): Uint8Array {
  return set.images.subarray(index * pixels, (index + 1) * pixels);
}

/** Errors of a synchronous body become rejections, as callers of an Engine expect. */
function promised<T>(body: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(body());
  });
}
