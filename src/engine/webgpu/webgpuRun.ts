/** One compiled run: its buffers, its programs and the step it has reached. */
import type { ActivationPlan } from '@/engine/activations';
import { largestBuffer, type BufferLimits } from '@/model/backend';
import type { EngineState } from '@/engine/engine';
import { imagesAtOnce } from '@/engine/evaluationBatch';
import {
  buildProgram,
  controlResources,
  scheduleRows,
  type ControlResources,
} from '@/engine/webgpu/buildProgram';
import { CompiledProgram } from '@/engine/webgpu/compiledProgram';
import { BufferPool, DeviceMemory } from '@/engine/webgpu/deviceMemory';
import { clockData } from '@/engine/webgpu/kernels/clock';
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { Looks, type GivenProgram, type GradientsProgram, type LookTask } from '@/engine/webgpu/looks';
import { MetricsRing } from '@/engine/webgpu/metricsRing';
import type { PipelineCache } from '@/engine/webgpu/pipelines';
import type { Resource } from '@/engine/webgpu/program';
import { ImageInbox, type ResidentImages } from '@/engine/webgpu/residentImages';
import { RunMemory } from '@/engine/webgpu/runMemory';
import { DeviceState } from '@/engine/webgpu/deviceState';
import { scheduleStretch } from '@/engine/webgpu/schedule';
import { StepStatisticsPlan } from '@/engine/webgpu/stepStatistics';
import { wgslOf } from '@/engine/webgpu/wgsl';
import { initialState } from '@/model/initialise';
import { weightedLayers } from '@/model/layerStatistics';
import { optimizerSlots } from '@/model/optimizers';
import { batchSizesOf, stepsPerEpoch, type RunConfig } from '@/model/runConfig';
import { learningRateAt } from '@/model/learningRate';
import type { StateDict } from '@/model/tensor';

const largestEvaluationBatch = 1024;

export interface RunParts {
  readonly memory: DeviceMemory;
  readonly limits: BufferLimits;
  readonly cache: PipelineCache;
  readonly target: KernelTarget;
  readonly trainingImages: ResidentImages;
}

/** A training step in figures. */
export interface PlanDescription {
  /** Of one step with a full batch, in order. */
  readonly labels: readonly string[];
  readonly dispatches: number;
  readonly pipelines: number;
  /** GPU memory of the run, without the images. */
  readonly bytes: number;
}

/** A training step that takes statistics. */
export interface WatchedProgram {
  readonly compiled: CompiledProgram;
  readonly plan: StepStatisticsPlan;
}

type GivenMode = 'eval' | 'inspect';

export class WebgpuRun {
  config: RunConfig;
  step = 0;
  readonly memory: DeviceMemory;
  readonly ring: MetricsRing;
  readonly evaluationBatch: number;
  /** The step at which the optimizer's slots were empty. */
  #slotsSince = 0;
  readonly #parts: RunParts;
  readonly #stored: RunMemory;
  readonly #state: DeviceState;
  readonly #pool = new BufferPool();
  readonly #control: ControlResources = controlResources();
  readonly #inspection: ControlResources = controlResources();
  readonly #training = new Map<number, CompiledProgram>();
  readonly #watched = new Map<number, WatchedProgram>();
  readonly #given = new Map<string, GivenProgram>();
  readonly #looks: Looks;
  /** Step of the schedule's row 0. */
  #scheduleStart = 0;

  private constructor(config: RunConfig, parts: RunParts) {
    this.config = config;
    this.#parts = parts;
    const largest = largestBuffer(parts.limits);
    this.memory = new DeviceMemory(parts.memory.device, parts.limits, parts.memory);
    this.#stored = new RunMemory(largest);
    this.#state = new DeviceState(config, this.memory, this.#stored);
    this.ring = new MetricsRing(this.memory, this.#control.metrics);
    this.#looks = new Looks({
      memory: this.memory,
      stored: this.#stored,
      control: this.#inspection,
      target: parts.target,
      cache: parts.cache,
      allocate: (resources) => this.#allocateFor(resources),
    });
    // A power of two, so that a piece of any size has a program not much larger.
    const fitting = 2 ** Math.floor(Math.log2(imagesAtOnce(config, largest)));
    this.evaluationBatch = Math.min(largestEvaluationBatch, fitting);
  }

  /** @throws EngineError `limits`, `state`, or `device` where a kernel does not compile */
  static async create(
    config: RunConfig,
    state: EngineState | undefined,
    parts: RunParts,
  ): Promise<WebgpuRun> {
    const run = new WebgpuRun(config, parts);
    try {
      const { resources, evaluation } = run.#plan();
      await run.memory.allocate(resources, config.network.name);
      evaluation.inbox.open(run.memory);
      run.load(state ?? { step: 0, parameters: initialState(config.network, config.seed), optimizer: {} });
      await run.#prepare();
    } catch (error) {
      run.dispose();
      throw error;
    }
    return run;
  }

  /** Bytes of the largest buffer that a run would allocate; nothing is. */
  static plannedBytes(config: RunConfig, parts: RunParts): number {
    const { resources } = new WebgpuRun(config, parts).#plan();
    return Math.max(...resources.map(({ bytes }) => bytes));
  }

  /** Plans all programs of training and the largest of evaluation, so that what they share is known before it is allocated. */
  #plan(): { readonly resources: readonly Resource[]; readonly evaluation: GivenProgram } {
    const { optimizer } = this.config;
    for (const images of batchSizesOf(this.config))
      this.#training.set(images, this.#compiled(this.#buildTraining(images)));
    const evaluation = this.#buildGiven('eval', this.evaluationBatch);
    this.#given.set(givenKey('eval', this.evaluationBatch), evaluation);
    for (const bank of this.#stored.banks) {
      for (const slot of optimizerSlots(optimizer)) this.#stored.slot(slot, bank);
    }
    this.#pool.seal();
    const programs = [...this.#training.values(), evaluation.compiled];
    const resources = this.#ownOf([
      ...this.#stored.resources,
      ...Object.values(this.#control),
      ...programs.flatMap((program) => program.resources),
      ...evaluation.inbox.resources,
    ]);
    return { resources, evaluation };
  }

  async #allocateFor(resources: readonly (Resource | undefined)[]): Promise<void> {
    await this.memory.allocate(this.#ownOf(resources), this.config.network.name);
  }

  /** All but the training images, which are the engine's and may not be there yet. */
  #ownOf(resources: readonly (Resource | undefined)[]): readonly Resource[] {
    const own = new Set(resources.filter((resource) => resource !== undefined));
    for (const resource of this.#parts.trainingImages.resources) own.delete(resource);
    return [...own];
  }

  /** Waits for the training step; the rest compiles meanwhile and later. */
  async #prepare(): Promise<void> {
    const { cache } = this.#parts;
    const [main, ...others] = this.#training.values();
    await main?.prepare(cache);
    for (const program of others) void program.prepare(cache).catch(() => undefined);
  }

  #compiled(program: ConstructorParameters<typeof CompiledProgram>[0]): CompiledProgram {
    return new CompiledProgram(program, this.memory, this.#pool);
  }

  #buildTraining(images: number, statistics?: StepStatisticsPlan) {
    return buildProgram(this.config, this.#stored, {
      mode: 'train',
      images,
      source: this.#parts.trainingImages,
      control: this.#control,
      target: this.#parts.target,
      ...(statistics === undefined ? {} : { statistics }),
    });
  }

  #buildGiven(mode: GivenMode, images: number): GivenProgram {
    const inbox = new ImageInbox(images);
    const { target } = this.#parts;
    const options = { mode, images, source: inbox, control: this.#inspection, target };
    return { compiled: this.#compiled(buildProgram(this.config, this.#stored, options)), inbox };
  }

  /** The training program for a batch of this size. */
  async trainingProgram(images: number): Promise<CompiledProgram> {
    const program = this.#training.get(images);
    if (program === undefined) throw new RangeError(`No batch of this run has ${images} images.`);
    if (!program.isReady) await program.prepare(this.#parts.cache);
    return program;
  }

  /** The same, where it is compiled already. */
  readyProgram(images: number): CompiledProgram | null {
    const program = this.#training.get(images);
    return program?.isReady === true ? program : null;
  }

  /** A training step with statistics for a batch of this size, made when it is first asked for. */
  async watchedProgram(images: number): Promise<WatchedProgram> {
    let watched = this.#watched.get(images);
    if (watched === undefined) {
      const names = weightedLayers(this.config.network.layers).map(({ name }) => name);
      const plan = new StepStatisticsPlan(names);
      watched = { compiled: this.#compiled(this.#buildTraining(images, plan)), plan };
      await this.#allocateFor(watched.compiled.resources);
      this.#watched.set(images, watched);
    }
    if (!watched.compiled.isReady) await watched.compiled.prepare(this.#parts.cache);
    return watched;
  }

  /** A program for images that the engine gives it, made when it is first asked for. */
  async givenProgram(mode: GivenMode, images: number): Promise<GivenProgram> {
    const key = givenKey(mode, images);
    let given = this.#given.get(key);
    if (given === undefined) {
      given = this.#buildGiven(mode, images);
      await this.#allocateFor([...given.compiled.resources, ...given.inbox.resources]);
      given.inbox.open(this.memory);
      this.#given.set(key, given);
    }
    if (!given.compiled.isReady) await given.compiled.prepare(this.#parts.cache);
    return given;
  }

  /** The training images lie in new buffers. */
  rebind(): void {
    for (const program of this.#training.values()) program.rebind();
    for (const { compiled } of this.#watched.values()) compiled.rebind();
  }

  /** Images of the batch of a step. */
  batchAt(step: number): number {
    const { batchSize, trainingImages } = this.config;
    const first = (step % stepsPerEpoch(this.config)) * batchSize;
    return Math.min(batchSize, trainingImages - first);
  }

  /** Whether the schedule on the GPU reaches the next step. */
  get isScheduled(): boolean {
    return this.step < this.#scheduleStart + scheduleRows;
  }

  /** Before a submit: brings the schedule to the next step. */
  reachSchedule(): void {
    if (!this.isScheduled) this.#startSchedule();
  }

  /** One training step is recorded. */
  advance(batch: number): void {
    this.ring.add(batch, learningRateAt(this.config, this.step));
    this.step += 1;
    this.#state.advance();
  }

  setLearningRate(learningRate: number): void {
    this.config = { ...this.config, learningRate };
    this.#startSchedule();
  }

  /** Uploads the schedule from the current step on; what is queued already has read its own. */
  #startSchedule(): void {
    const { queue } = this.memory.device;
    const rows = scheduleStretch(this.config, this.step, (step) => step - this.#slotsSince + 1);
    this.#scheduleStart = this.step;
    queue.writeBuffer(this.memory.buffer(this.#control.schedule), 0, rows);
    this.#writeClock(this.#control, this.ring.slot);
  }

  #writeClock({ clock }: ControlResources, slot: number): void {
    const data = clockData({ step: this.step, row: 0, slot, seed: this.config.seed });
    this.memory.device.queue.writeBuffer(this.memory.buffer(clock), 0, data);
  }

  /** Sets up the buffers that an inspection changes. */
  startInspection(encoder: GPUCommandEncoder): void {
    this.#writeClock(this.#inspection, 0);
    const { statisticsBank } = this.#stored;
    if (statisticsBank.floats === 0) return;
    const copy = this.memory.buffer(this.#stored.slot('inspected', statisticsBank));
    encoder.copyBufferToBuffer(this.memory.buffer(statisticsBank), 0, copy, 0, statisticsBank.bytes);
  }

  /** Metrics of an inspection. */
  get inspectionMetrics(): Resource {
    return this.#inspection.metrics;
  }

  readInspection(): ReturnType<DeviceState['readInspection']> {
    return this.#state.readInspection();
  }

  /** See Looks.withActivations. */
  withActivations<T>(plan: ActivationPlan, images: number, task: LookTask<T>): Promise<T> {
    return this.#looks.withActivations(this.config, plan, images, task);
  }

  /** See Looks.gradientsProgram. */
  gradientsProgram(plan: ActivationPlan, images: number): Promise<GradientsProgram> {
    return this.#looks.gradientsProgram(this.config, plan, images);
  }

  readParameters(names?: readonly string[]): Promise<StateDict> {
    return this.#state.readParameters(names);
  }

  async readState(): Promise<EngineState> {
    const { step } = this;
    const hasUpdates = step > this.#slotsSince;
    return {
      step,
      parameters: await this.#state.readParameters(),
      optimizer: hasUpdates ? await this.#state.readOptimizer() : {},
    };
  }

  /**
   * Replaces parameters, optimizer state and step.
   * @throws EngineError `state` naming what does not fit.
   */
  load(state: EngineState): void {
    const startsAnew = this.#state.load(state);
    this.step = state.step;
    this.#slotsSince = startsAnew && this.#state.hasSlots ? state.step : 0;
    this.ring.reset(state.step);
    this.#startSchedule();
  }

  describePlan(): PlanDescription {
    const [main] = this.#training.values();
    const kernels = main?.dispatches.map(({ kernel }) => kernel) ?? [];
    return {
      labels: kernels.map(({ label }) => label),
      dispatches: kernels.length,
      pipelines: new Set(kernels.map(wgslOf)).size,
      bytes: this.memory.bytes,
    };
  }

  dispose(): void {
    this.ring.dispose();
    this.memory.dispose();
  }
}

function givenKey(mode: GivenMode, images: number): string {
  return `${mode} ${images}`;
}
