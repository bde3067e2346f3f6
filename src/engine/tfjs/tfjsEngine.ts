/**
 * The reference engine: LayerSpec as tfjs ops, on every tfjs backend. It is plain rather than fast; the WebAssembly and
 * compiled WebGPU engines are compared with it.
 */
import * as tf from '@tensorflow/tfjs-core';
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
import { checkBatch, checkRun } from '@/engine/checkRun';
import { checkEngineState } from '@/engine/checkState';
import { evaluationOf } from '@/engine/evaluation';
import { imagesAtOnce } from '@/engine/evaluationBatch';
import { registerKernels } from '@/engine/tfjs/kernels/registerKernels';
import {
  forwardAndBackward,
  forwardContext,
  keptPass,
  tensorsOf,
  type TfjsRun,
} from '@/engine/tfjs/batchPass';
import type { DeviceGuard } from '@/engine/deviceGuard';
import { floatImages, imageSource, type ImageSource } from '@/engine/tfjs/imageSource';
import { resizeAndNormalize, trainingInput } from '@/engine/tfjs/inputPipeline';
import { readActivations, readGradients } from '@/engine/tfjs/activations';
import { checkLimits, heapNeed } from '@/engine/tfjs/limits';
import { UnreadMetrics } from '@/engine/tfjs/unreadMetrics';
import { networkOp } from '@/engine/tfjs/networkOp';
import { OptimizerState } from '@/engine/tfjs/optimizerState';
import { fromDevice, ParameterStore } from '@/engine/tfjs/parameterStore';
import { TfjsStatistics } from '@/engine/tfjs/tfjsStatistics';
import { batchIndices } from '@/model/batchOrder';
import type { MemoryNeed } from '@/model/cost';
import { initialState } from '@/model/initialise';
import type { StepStatistics } from '@/model/layerStatistics';
import { learningRateAt } from '@/model/learningRate';
import type { RunConfig } from '@/model/runConfig';
import { parameterEntries } from '@/model/stateDict';
import type { StateDict, TensorData } from '@/model/tensor';
import { classCount } from '@/model/classCounts';

const largestEvaluationBatch = 1000;

export class TfjsEngine implements Engine {
  readonly info: BackendInfo;
  readonly #guard: DeviceGuard;
  readonly #sources = new Map<Split, ImageSource>();
  readonly #metrics = new UnreadMetrics();
  readonly #statistics = new TfjsStatistics();
  #run: TfjsRun | null = null;

  /** tfjs's backend is already chosen and ready: see backends.ts. */
  constructor(info: BackendInfo, guard: DeviceGuard) {
    this.info = info;
    this.#guard = guard;
    registerKernels(info.backend);
  }

  get config(): RunConfig | null {
    return this.#run?.config ?? null;
  }

  setImages(split: Split, images: ImageSet): Promise<void> {
    this.#guard.check();
    this.#sources.set(split, imageSource(images, this.#sources.get(split)));
    return Promise.resolve();
  }

  memoryNeed(config: RunConfig): MemoryNeed | null {
    return heapNeed(config, this.info);
  }

  async compile(config: RunConfig, state?: EngineState): Promise<void> {
    this.#guard.check();
    checkRun(config);
    checkLimits(config, this.info);
    this.#release();
    if (state !== undefined) checkEngineState(config, state);
    const parameters = new ParameterStore(
      config.network,
      state?.parameters ?? initialState(config.network, config.seed),
    );
    const optimizer = new OptimizerState(config.optimizer, parameterEntries(config.network));
    const step = state?.step ?? 0;
    optimizer.load(state?.optimizer ?? {}, step);
    this.#metrics.reset(step);
    this.#run = {
      config,
      network: networkOp(config.network),
      parameters,
      optimizer,
      evaluationBatch: Math.min(largestEvaluationBatch, imagesAtOnce(config)),
      step,
    };
    await tf.ready();
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
    this.#guard.check();
    const run = this.#compiled();
    const { config, step } = run;
    const learningRate = learningRateAt(config, step);
    const indices = batchIndices(config, step);
    // In file order training starts before all images are here.
    const source = this.#source('train', Math.max(...indices) + 1);
    const labels = Uint8Array.from(indices, (index) => source.set.labels[index] ?? 0);
    const watcher = this.#statistics.watcher(step, config.network);
    tf.tidy(() => {
      const x = trainingInput(source, indices, config, step);
      const { loss, accuracy, gradients, buffers } = forwardAndBackward(run, x, labels, watcher);
      watcher?.gradients(run.parameters, gradients);
      watcher?.running(buffers);
      run.optimizer.apply(run.parameters, gradients, learningRate, config, watcher);
      run.parameters.commitBuffers(buffers);
      this.#metrics.add(loss, accuracy, learningRate);
    });
    run.step += 1;
  }

  setStatisticsInterval(interval: number | null): void {
    this.#statistics.interval = interval;
  }

  async readStatistics(): Promise<readonly StepStatistics[]> {
    const statistics = await this.#statistics.read();
    this.#guard.check();
    return statistics;
  }

  async readMetrics(): Promise<StepMetrics> {
    const metrics = await this.#metrics.read();
    this.#guard.check();
    return metrics;
  }

  setLearningRate(learningRate: number): void {
    const run = this.#compiled();
    run.config = { ...run.config, learningRate };
  }

  async evaluate(split: Split, count: number, start = 0): Promise<Evaluation> {
    const run = this.#compiled();
    const source = this.#source(split, start + count);
    const logits = await this.#logits(count, (from, n) =>
      source.batch(Int32Array.from({ length: n }, (_, i) => start + from + i)),
    );
    const labels = source.set.labels.subarray(start, start + count);
    return evaluationOf(logits, labels, run.config.loss, run.config.batchSize);
  }

  predict(images: Uint8Array<ArrayBuffer>, count: number): Promise<Float32Array<ArrayBuffer>> {
    return this.#logits(count, (from, n) => floatImages(images.subarray(from * 784), n));
  }

  /** Logits in eval mode of `count` images, which `load` gives piece by piece. */
  async #logits(
    count: number,
    load: (from: number, n: number) => tf.Tensor4D,
  ): Promise<Float32Array<ArrayBuffer>> {
    this.#guard.check();
    const run = this.#compiled();
    const result = new Float32Array(count * classCount);
    for (let from = 0; from < count; from += run.evaluationBatch) {
      const n = Math.min(run.evaluationBatch, count - from);
      const logits = tf.tidy(() => {
        const x = resizeAndNormalize(load(from, n), run.config.input);
        return run.network.forward(x, forwardContext(run, 'eval')).output;
      });
      result.set(await logits.data<'float32'>(), from * classCount);
      logits.dispose();
    }
    this.#guard.check();
    return result;
  }

  async activations(
    images: Uint8Array<ArrayBuffer>,
    count: number,
    layerNames: readonly string[],
  ): Promise<ReadonlyMap<string, Activation>> {
    this.#guard.check();
    const run = this.#compiled();
    const found = await readActivations(run, images, count, layerNames);
    this.#guard.check();
    return found;
  }

  async layerGradients(
    images: Uint8Array<ArrayBuffer>,
    count: number,
    upstream: Float32Array,
    layerNames: readonly string[],
  ): Promise<LayerGradients> {
    this.#guard.check();
    const run = this.#compiled();
    const found = await readGradients(run, images, count, upstream, layerNames);
    this.#guard.check();
    return found;
  }

  async inspectBatch(
    images: Uint8Array<ArrayBuffer>,
    labels: Uint8Array<ArrayBuffer>,
  ): Promise<BatchInspection> {
    this.#guard.check();
    const run = this.#compiled();
    const { config, parameters } = run;
    checkBatch(config, labels.length);
    const pass = keptPass(
      run,
      () => resizeAndNormalize(floatImages(images, labels.length), config.input),
      labels,
    );
    const gradients = new Map<string, TensorData>();
    for (const { key, shape } of parameterEntries(config.network)) {
      const gradient = pass.gradients.get(key);
      if (gradient !== undefined) gradients.set(key, await fromDevice(gradient, shape));
    }
    const inspection: BatchInspection = {
      loss: (await pass.loss.data())[0] ?? NaN,
      logits: Float32Array.from(await pass.logits.data()),
      gradients,
      buffers: await parameters.read({ role: 'buffer', override: pass.buffers, extraBatches: 1n }),
    };
    tf.dispose(tensorsOf(pass));
    this.#guard.check();
    return inspection;
  }

  async readState(): Promise<EngineState> {
    this.#guard.check();
    const { step, parameters, optimizer } = this.#compiled();
    const state = { step, parameters: await parameters.read(), optimizer: await optimizer.read() };
    this.#guard.check();
    return state;
  }

  async readParameters(names?: readonly string[]): Promise<StateDict> {
    this.#guard.check();
    const parameters = await this.#compiled().parameters.read(names === undefined ? {} : { names });
    this.#guard.check();
    return parameters;
  }

  async writeParameters(parameters: StateDict): Promise<void> {
    this.#guard.check();
    const run = this.#compiled();
    checkEngineState(run.config, { parameters, optimizer: {} });
    this.#forgetSteps();
    run.parameters.load(parameters);
    run.optimizer.load({}, 0);
    run.step = 0;
    await tf.ready();
  }

  dispose(): void {
    this.#release();
    for (const source of this.#sources.values()) source.dispose();
    this.#sources.clear();
    this.#guard.dispose();
  }

  #forgetSteps(): void {
    this.#metrics.reset(0);
    this.#statistics.dispose();
    this.#statistics.interval = null;
  }

  #release(): void {
    this.#forgetSteps();
    this.#run?.parameters.dispose();
    this.#run?.optimizer.dispose();
    this.#run = null;
  }

  #compiled(): TfjsRun {
    if (this.#run === null) throw new EngineError('config', 'Call compile() before this.');
    return this.#run;
  }

  #source(split: Split, count: number): ImageSource {
    const source = this.#sources.get(split);
    if (source === undefined || source.set.count < count) {
      throw new EngineError(
        'config',
        `${count} ${split} images are asked for, ${source?.set.count ?? 0} are loaded.`,
      );
    }
    return source;
  }
}
