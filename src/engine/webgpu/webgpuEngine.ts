/**
 * The GPU engine: the whole training step compiled once into a list of dispatches, which every step only replays. Nothing is
 * made, uploaded or read back per step; see buildProgram.ts.
 */
import { largestBuffer, type BackendInfo } from '@/model/backend';
import { memoryNeed, type MemoryNeed } from '@/model/cost';
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
import { planActivations } from '@/engine/activations';
import { checkBatch, checkRun } from '@/engine/checkRun';
import { evaluationOf } from '@/engine/evaluation';
import type { DeviceGuard } from '@/engine/deviceGuard';
import { logitsName } from '@/engine/webgpu/buildProgram';
import { DeviceMemory } from '@/engine/webgpu/deviceMemory';
import { readActivations, readGradients } from '@/engine/webgpu/activations';
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { PipelineCache } from '@/engine/webgpu/pipelines';
import { Readback } from '@/engine/webgpu/readback';
import { ResidentImages } from '@/engine/webgpu/residentImages';
import { StatisticsReader } from '@/engine/webgpu/statisticsReader';
import { WebgpuRun, type PlanDescription, type RunParts } from '@/engine/webgpu/webgpuRun';
import type { StepStatistics } from '@/model/layerStatistics';
import { stepsPerEpoch, type RunConfig } from '@/model/runConfig';
import type { StateDict } from '@/model/tensor';
import { classCount } from '@/model/classCounts';

/** Most steps in one submit: a caller that wants to stay prompt asks for fewer. */
const stepsASubmit = 32;

export interface WebgpuEngineParts {
  readonly info: BackendInfo;
  readonly device: GPUDevice;
  readonly guard: DeviceGuard;
  readonly target: KernelTarget;
}

export class WebgpuEngine implements Engine {
  readonly info: BackendInfo;
  readonly #guard: DeviceGuard;
  readonly #memory: DeviceMemory;
  readonly #cache: PipelineCache;
  readonly target: KernelTarget;
  readonly #images: Readonly<Record<Split, ResidentImages>>;
  readonly #readback: Readback;
  #statistics: StatisticsReader;
  #run: WebgpuRun | null = null;

  constructor({ info, device, guard, target }: WebgpuEngineParts) {
    this.info = info;
    this.#guard = guard;
    this.target = target;
    this.#memory = new DeviceMemory(device, info.limits);
    this.#cache = new PipelineCache(device);
    this.#readback = new Readback(device);
    this.#statistics = new StatisticsReader(this.#readback);
    this.#images = {
      train: new ResidentImages('train', this.#memory),
      test: new ResidentImages('test', this.#memory),
    };
  }

  get config(): RunConfig | null {
    return this.#run?.config ?? null;
  }

  async setImages(split: Split, images: ImageSet): Promise<void> {
    this.#guard.check();
    const isNew = await this.#images[split].update(images);
    if (isNew && split === 'train') this.#run?.rebind();
  }

  /** Of the largest buffer: how much memory a GPU has in all, a browser does not say. */
  memoryNeed(config: RunConfig): MemoryNeed | null {
    const allowed = largestBuffer(this.info.limits);
    const parts = this.#runParts();
    return memoryNeed(config, { kind: 'buffer', allowed }, (one) => WebgpuRun.plannedBytes(one, parts));
  }

  async compile(config: RunConfig, state?: EngineState): Promise<void> {
    this.#guard.check();
    checkRun(config);
    this.#run?.dispose();
    this.#run = null;
    this.#statistics = new StatisticsReader(this.#readback);
    this.#run = await WebgpuRun.create(config, state, this.#runParts());
    this.#guard.check();
  }

  #runParts(): RunParts {
    return {
      memory: this.#memory,
      limits: this.info.limits,
      cache: this.#cache,
      target: this.target,
      trainingImages: this.#images.train,
    };
  }

  async step(count: number): Promise<void> {
    this.#guard.check();
    const run = this.#compiled();
    this.#checkImages('train', imagesNeeded(run, count));
    // Waits only where a pipeline is still being compiled, or nobody has read for thousands of steps.
    for (let done = 0; done < count;) {
      if (run.ring.room === 0) await run.ring.drain();
      if (this.#statistics.isDue(run.step)) {
        await this.#stepWithStatistics(run);
        done += 1;
      } else {
        await run.trainingProgram(run.batchAt(run.step));
        done += this.#submit(run, Math.min(count - done, stepsASubmit, run.ring.room));
      }
    }
  }

  /** Queues up to `count` steps as one submit; fewer where a program is not compiled, statistics are due or the schedule ends. */
  #submit(run: WebgpuRun, count: number): number {
    run.reachSchedule();
    const encoder = this.#memory.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    let done = 0;
    while (done < count) {
      const batch = run.batchAt(run.step);
      const program = run.readyProgram(batch);
      const ends = done > 0 && (!run.isScheduled || this.#statistics.isDue(run.step));
      if (program === null || ends) break;
      program.encode(pass);
      run.advance(batch);
      done += 1;
    }
    pass.end();
    this.#memory.device.queue.submit([encoder.finish()]);
    return done;
  }

  async #stepWithStatistics(run: WebgpuRun): Promise<void> {
    if (this.#statistics.isFull) await this.#statistics.drain();
    const batch = run.batchAt(run.step);
    const { compiled, plan } = await run.watchedProgram(batch);
    run.reachSchedule();
    const encoder = this.#memory.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    compiled.encode(pass);
    pass.end();
    this.#statistics.take(encoder, run.memory.buffer(plan.results), run.step, plan);
    run.advance(batch);
    this.#memory.device.queue.submit([encoder.finish()]);
  }

  async readMetrics(): Promise<StepMetrics> {
    const metrics = await this.#compiled().ring.read();
    this.#guard.check();
    return metrics;
  }

  setLearningRate(learningRate: number): void {
    this.#compiled().setLearningRate(learningRate);
  }

  async evaluate(split: Split, count: number, start = 0): Promise<Evaluation> {
    this.#guard.check();
    const run = this.#compiled();
    const source = this.#checkImages(split, start + count);
    const logits = await this.#logits(run, count, (given, encoder, from, n) => {
      given.inbox.copyImages(encoder, run.memory, source, start + from, n);
    });
    const labels = source.set?.labels.subarray(start, start + count) ?? new Uint8Array(0);
    return evaluationOf(logits, labels, run.config.loss, run.config.batchSize);
  }

  async predict(images: Uint8Array<ArrayBuffer>, count: number): Promise<Float32Array<ArrayBuffer>> {
    this.#guard.check();
    const run = this.#compiled();
    return this.#logits(run, count, (given, _, from, n) => {
      given.inbox.writeImages(run.memory, images, from, n);
    });
  }

  /** Logits in eval mode, piece by piece on the GPU and read back once. `load` puts images into the program's inbox. */
  async #logits(run: WebgpuRun, count: number, load: Load): Promise<Float32Array<ArrayBuffer>> {
    const { device } = this.#memory;
    const bytes = classCount * 4;
    const target = this.#readback.open(count * bytes);
    for (let from = 0; from < count; from += run.evaluationBatch) {
      const n = Math.min(run.evaluationBatch, count - from);
      // A small batch has a small program: a single drawing should not cost a thousand images.
      const size = Math.min(run.evaluationBatch, 2 ** Math.ceil(Math.log2(n)));
      // oxlint-disable-next-line no-await-in-loop -- made at the first use of this size
      const given = await run.givenProgram('eval', size);
      const encoder = device.createCommandEncoder();
      load(given, encoder, from, n);
      const pass = encoder.beginComputePass();
      given.compiled.encode(pass);
      pass.end();
      const { resource, offset } = given.compiled.result(logitsName);
      encoder.copyBufferToBuffer(run.memory.buffer(resource), offset, target, from * bytes, n * bytes);
      device.queue.submit([encoder.finish()]);
    }
    const values = await this.#readback.read(target, count * bytes);
    this.#guard.check();
    return values;
  }

  async activations(
    images: Uint8Array<ArrayBuffer>,
    count: number,
    layerNames: readonly string[],
  ): Promise<ReadonlyMap<string, Activation>> {
    this.#guard.check();
    const run = this.#compiled();
    const plan = planActivations(run.config, layerNames);
    const found = await readActivations(run, this.#readback, plan, images, count);
    this.#guard.check();
    return found;
  }

  async layerGradients(
    images: Uint8Array<ArrayBuffer>,
    count: number,
    upstream: Float32Array<ArrayBuffer>,
    layerNames: readonly string[],
  ): Promise<LayerGradients> {
    this.#guard.check();
    const run = this.#compiled();
    const plan = planActivations(run.config, layerNames);
    const found = await readGradients(run, this.#readback, plan, images, count, upstream);
    this.#guard.check();
    return found;
  }

  async inspectBatch(
    images: Uint8Array<ArrayBuffer>,
    labels: Uint8Array<ArrayBuffer>,
  ): Promise<BatchInspection> {
    this.#guard.check();
    const run = this.#compiled();
    const { device } = this.#memory;
    const n = labels.length;
    checkBatch(run.config, n);
    const { compiled, inbox } = await run.givenProgram('inspect', n);
    inbox.writeImages(run.memory, images, 0, n);
    inbox.writeLabels(run.memory, labels);
    const encoder = device.createCommandEncoder();
    run.startInspection(encoder);
    const pass = encoder.beginComputePass();
    compiled.encode(pass);
    pass.end();
    const { resource, offset } = compiled.result(logitsName);
    const bytes = n * classCount * 4;
    const target = this.#readback.open(bytes + 16);
    encoder.copyBufferToBuffer(run.memory.buffer(resource), offset, target, 0, bytes);
    encoder.copyBufferToBuffer(run.memory.buffer(run.inspectionMetrics), 0, target, bytes, 16);
    device.queue.submit([encoder.finish()]);
    const values = await this.#readback.read(target, bytes + 16);
    const inspection = {
      loss: values[n * classCount] ?? NaN,
      logits: values.slice(0, n * classCount),
      ...(await run.readInspection()),
    };
    this.#guard.check();
    return inspection;
  }

  async readState(): Promise<EngineState> {
    this.#guard.check();
    const state = await this.#compiled().readState();
    this.#guard.check();
    return state;
  }

  async readParameters(names?: readonly string[]): Promise<StateDict> {
    this.#guard.check();
    const parameters = await this.#compiled().readParameters(names);
    this.#guard.check();
    return parameters;
  }

  writeParameters(parameters: StateDict): Promise<void> {
    return new Promise((resolve) => {
      this.#guard.check();
      this.#compiled().load({ step: 0, parameters, optimizer: {} });
      this.#statistics = new StatisticsReader(this.#readback);
      resolve();
    });
  }

  setStatisticsInterval(interval: number | null): void {
    this.#statistics.interval = interval;
  }

  async readStatistics(): Promise<readonly StepStatistics[]> {
    const statistics = await this.#statistics.read();
    this.#guard.check();
    return statistics;
  }

  /** What a full training step is made of. */
  describePlan(): PlanDescription {
    return this.#compiled().describePlan();
  }

  dispose(): void {
    this.#run?.dispose();
    this.#run = null;
    this.#readback.dispose();
    this.#memory.dispose();
    this.#guard.dispose();
  }

  #compiled(): WebgpuRun {
    if (this.#run === null) throw new EngineError('config', 'Call compile() before this.');
    return this.#run;
  }

  #checkImages(split: Split, count: number): ResidentImages {
    const images = this.#images[split];
    if (images.count < count) {
      throw new EngineError('config', `${count} ${split} images are asked for, ${images.count} are loaded.`);
    }
    return images;
  }
}

type GivenProgram = Awaited<ReturnType<WebgpuRun['givenProgram']>>;
type Load = (given: GivenProgram, encoder: GPUCommandEncoder, from: number, n: number) => void;

/** Images that must be there for the next `count` steps: a shuffle may take any. */
function imagesNeeded({ config, step }: WebgpuRun, count: number): number {
  const { batchSize, shuffle, trainingImages } = config;
  const epoch = stepsPerEpoch(config);
  const position = step % epoch;
  if (count === 0) return 0;
  if (shuffle || position + count > epoch) return trainingImages;
  return Math.min(trainingImages, (position + count) * batchSize);
}
