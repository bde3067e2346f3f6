/**
 * The reference engine: LayerSpec as tfjs ops, on every tfjs backend. It is plain rather than fast; the WebAssembly and
 * compiled WebGPU engines are compared with it.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  EngineError,
  type BackendInfo,
  type BatchInspection,
  type Engine,
  type EngineState,
  type Evaluation,
  type ImageSet,
  type Split,
  type StepMetrics,
} from '@/engine/engine';
import { checkBatch, checkRun } from '@/engine/checkRun';
import { evaluationOf } from '@/engine/evaluation';
import { registerKernels } from '@/engine/kernels/registerKernels';
import type { DeviceGuard } from '@/engine/tfjs/deviceGuard';
import { imagesAsFloats, imageSource, type ImageSource } from '@/engine/tfjs/imageSource';
import { resizeAndNormalize, trainingInput } from '@/engine/tfjs/inputPipeline';
import type { ForwardContext, Gradients, LayerOp } from '@/engine/tfjs/layerOp';
import { checkLimits, heapNeed } from '@/engine/tfjs/limits';
import { batchLoss, classes } from '@/engine/tfjs/losses';
import { MetricsLog } from '@/engine/tfjs/metricsLog';
import { networkOp } from '@/engine/tfjs/networkOp';
import { OptimizerState } from '@/engine/tfjs/optimizerState';
import { fromDevice, ParameterStore } from '@/engine/tfjs/parameterStore';
import { TfjsStatistics, type StepWatcher } from '@/engine/tfjs/tfjsStatistics';
import { batchIndices } from '@/model/batchOrder';
import type { MemoryNeed } from '@/model/cost';
import { initialState } from '@/model/initialise';
import type { StepStatistics } from '@/model/layerStatistics';
import { learningRateAt } from '@/model/learningRate';
import { inferShapes, inputShape } from '@/model/shapes';
import type { RunConfig } from '@/model/runConfig';
import { parameterEntries } from '@/model/stateDict';
import { sizeOf, type TensorData } from '@/model/tensor';

/** Evaluation runs in pieces whose largest activation stays under this. */
const evaluationActivationBytes = 32 * 2 ** 20;
const largestEvaluationBatch = 1000;

interface Run {
  config: RunConfig;
  readonly network: LayerOp;
  readonly parameters: ParameterStore;
  readonly optimizer: OptimizerState;
  readonly evaluationBatch: number;
  step: number;
}

export class TfjsEngine implements Engine {
  readonly info: BackendInfo;
  readonly #guard: DeviceGuard;
  readonly #sources = new Map<Split, ImageSource>();
  readonly #metrics = new MetricsLog();
  readonly #statistics = new TfjsStatistics();
  #run: Run | null = null;

  /** tfjs's backend is already chosen and ready: see backends.ts. */
  constructor(info: BackendInfo, guard: DeviceGuard) {
    this.info = info;
    this.#guard = guard;
    registerKernels(info.backend);
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
    const perImage = this.#largestActivation(config);
    this.#release();
    const fitting = Math.floor(evaluationActivationBytes / perImage);
    const parameters = new ParameterStore(
      config.network,
      state?.parameters ?? initialState(config.network, config.seed),
    );
    const optimizer = new OptimizerState(config.optimizer, parameterEntries(config.network));
    const step = state?.step ?? 0;
    try {
      optimizer.load(state?.optimizer ?? {}, step);
    } catch (error) {
      parameters.dispose();
      throw error;
    }
    this.#metrics.reset(step);
    this.#run = {
      config,
      network: networkOp(config.network),
      parameters,
      optimizer,
      evaluationBatch: Math.min(largestEvaluationBatch, Math.max(1, fitting)),
      step,
    };
    await tf.ready();
  }

  /**
   * Bytes of the largest activation of one image.
   * @throws EngineError `config` when the network cannot be trained, `limits` when it does not fit the device.
   */
  #largestActivation(config: RunConfig): number {
    checkRun(config);
    checkLimits(config, this.info);
    const shape = inputShape(config.input);
    const outputs = inferShapes(config.network, shape).map(({ output }) => sizeOf(output));
    return Float32Array.BYTES_PER_ELEMENT * Math.max(sizeOf(shape), ...outputs);
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
      run.optimizer.apply(run.parameters, gradients, learningRate, config.clipGradNorm, watcher);
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
    const result = new Float32Array(count * classes);
    for (let from = 0; from < count; from += run.evaluationBatch) {
      const n = Math.min(run.evaluationBatch, count - from);
      const logits = tf.tidy(() => {
        const x = resizeAndNormalize(load(from, n), run.config.input);
        return run.network.forward(x, forwardContext(run, false)).output;
      });
      result.set(await logits.data<'float32'>(), from * classes);
      logits.dispose();
    }
    this.#guard.check();
    return result;
  }

  async preprocess(images: Uint8Array<ArrayBuffer>, count: number): Promise<Float32Array<ArrayBuffer>> {
    this.#guard.check();
    const { input } = this.#compiled().config;
    // One channel: NHWC and NCHW hold the same values in the same order.
    const x = tf.tidy(() => resizeAndNormalize(floatImages(images, count), input));
    const values = await x.data<'float32'>();
    x.dispose();
    this.#guard.check();
    return Float32Array.from(values);
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

  writeState(state: EngineState): Promise<void> {
    const run = this.#compiled();
    run.parameters.load(state.parameters);
    run.optimizer.load(state.optimizer, state.step);
    run.step = state.step;
    this.#metrics.reset(state.step);
    return Promise.resolve();
  }

  dispose(): void {
    this.#release();
    for (const source of this.#sources.values()) source.dispose();
    this.#sources.clear();
    this.#guard.dispose();
  }

  #release(): void {
    this.#metrics.dispose();
    this.#statistics.dispose();
    this.#statistics.interval = null;
    this.#run?.parameters.dispose();
    this.#run?.optimizer.dispose();
    this.#run = null;
  }

  #compiled(): Run {
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

function floatImages(images: Uint8Array, count: number): tf.Tensor4D {
  return tf.tensor4d(imagesAsFloats(images, count), [count, 28, 28, 1]);
}

function forwardContext(run: Run, isTraining: boolean, watcher: StepWatcher | null = null): ForwardContext {
  const { config, step, parameters } = run;
  const watchInput = watcher?.input ?? null;
  return { isTraining, seed: config.seed, step, parameters, updatedBuffers: new Map(), watchInput };
}

interface BatchPass {
  readonly loss: tf.Tensor;
  readonly accuracy: tf.Tensor;
  readonly logits: tf.Tensor;
  readonly gradients: Gradients;
  readonly buffers: ReadonlyMap<string, tf.Tensor>;
}

/** One batch in training mode. Call inside tidy: what is not kept is freed at its end. */
function forwardAndBackward(
  run: Run,
  x: tf.Tensor,
  labels: Uint8Array,
  watcher: StepWatcher | null = null,
): BatchPass {
  const context = forwardContext(run, true, watcher);
  const { output: logits, backward } = run.network.forward(x, context);
  const { loss, accuracy, gradient } = batchLoss(run.config.loss, logits, labels);
  const gradients: Gradients = new Map();
  backward(gradient, gradients);
  return { loss, accuracy, logits, gradients, buffers: context.updatedBuffers };
}

function tensorsOf({ loss, accuracy, logits, gradients, buffers }: BatchPass): tf.Tensor[] {
  return [loss, accuracy, logits, ...gradients.values(), ...buffers.values()];
}

/** The same outside tidy; the caller disposes tensorsOf(pass). */
function keptPass(run: Run, input: () => tf.Tensor, labels: Uint8Array): BatchPass {
  tf.engine().startScope();
  try {
    const pass = forwardAndBackward(run, input(), labels);
    for (const tensor of tensorsOf(pass)) tf.keep(tensor);
    return pass;
  } finally {
    tf.engine().endScope();
  }
}
