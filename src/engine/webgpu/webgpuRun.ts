/** One compiled run: its buffers, its programs, its parameters and the step it has reached. */
import { checkState } from '@/engine/checkState';
import { EngineError, type DeviceLimits, type EngineState } from '@/engine/engine';
import {
  buildInputProgram,
  buildProgram,
  controlResources,
  scheduleRows,
  type ControlResources,
} from '@/engine/webgpu/buildProgram';
import { CompiledProgram } from '@/engine/webgpu/compiledProgram';
import { BufferPool, DeviceMemory } from '@/engine/webgpu/deviceMemory';
import { clockData } from '@/engine/webgpu/kernels/clock';
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';
import type { Mode } from '@/engine/webgpu/lowering';
import { MetricsRing } from '@/engine/webgpu/metricsRing';
import type { PipelineCache } from '@/engine/webgpu/pipelines';
import type { Resource } from '@/engine/webgpu/program';
import { ImageInbox, type ResidentImages } from '@/engine/webgpu/residentImages';
import { RunMemory, type StoredTensor } from '@/engine/webgpu/runMemory';
import { scheduleStretch } from '@/engine/webgpu/schedule';
import { readResources, tensorValues, writeTensor } from '@/engine/webgpu/stateTransfer';
import { initialState } from '@/model/initialise';
import { optimizerSlots, type OptimizerSlot } from '@/model/optimizers';
import { stepsPerEpoch, type RunConfig } from '@/model/runConfig';
import { learningRateAt } from '@/model/schedules';
import { inferShapes, inputShape } from '@/model/shapes';
import { parameterEntries, stateEntries, type StateEntry } from '@/model/stateDict';
import { sizeOf, type StateDict, type TensorData } from '@/model/tensor';

/** Evaluation takes as many images at once as keep the largest activation under this. */
const evaluationActivationBytes = 32 * 2 ** 20;
const largestEvaluationBatch = 1024;

export interface RunParts {
  readonly memory: DeviceMemory;
  readonly limits: DeviceLimits;
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

/** A program with a buffer of its own for the images that it is given. */
export interface GivenProgram {
  readonly compiled: CompiledProgram;
  readonly inbox: ImageInbox;
}

export class WebgpuRun {
  config: RunConfig;
  step = 0;
  readonly entries: readonly StateEntry[];
  readonly memory: DeviceMemory;
  readonly ring: MetricsRing;
  readonly evaluationBatch: number;
  /** Steps whose updates the optimizer's slots have not seen: the step at which they were empty. */
  #slotsSince = 0;
  readonly #parts: RunParts;
  readonly #stored: RunMemory;
  readonly #pool = new BufferPool();
  readonly #control: ControlResources = controlResources();
  readonly #inspection: ControlResources = controlResources();
  readonly #training = new Map<number, CompiledProgram>();
  readonly #given = new Map<string, GivenProgram>();
  readonly #counters = new Map<string, bigint>();
  /** Step of the schedule's row 0. */
  #scheduleStart = 0;

  private constructor(config: RunConfig, parts: RunParts) {
    this.config = config;
    this.#parts = parts;
    this.entries = stateEntries(config.network);
    this.memory = new DeviceMemory(parts.memory.device, parts.limits, parts.memory);
    const { maxBufferSize, maxStorageBufferBindingSize } = parts.limits;
    this.#stored = new RunMemory(
      Math.min(maxBufferSize ?? Infinity, maxStorageBufferBindingSize ?? Infinity),
    );
    this.ring = new MetricsRing(this.memory, this.#control.metrics);
    const shape = inputShape(config.input);
    const outputs = inferShapes(config.network, shape).map(({ output }) => sizeOf(output));
    const perImage = 4 * Math.max(sizeOf(shape), ...outputs);
    const fitting = Math.floor(evaluationActivationBytes / perImage);
    this.evaluationBatch = Math.min(largestEvaluationBatch, 2 ** Math.floor(Math.log2(Math.max(1, fitting))));
  }

  /** @throws EngineError `limits`, `state`, or `device` where a kernel does not compile */
  static async create(
    config: RunConfig,
    state: EngineState | undefined,
    parts: RunParts,
  ): Promise<WebgpuRun> {
    const run = new WebgpuRun(config, parts);
    try {
      await run.#allocate();
      run.load(state ?? { step: 0, parameters: initialState(config.network, config.seed), optimizer: {} });
      await run.#prepare();
    } catch (error) {
      run.dispose();
      throw error;
    }
    return run;
  }

  /** Plans all programs of training and the largest of evaluation, so that what they share is known before it is allocated. */
  async #allocate(): Promise<void> {
    const { batchSize, trainingImages, network } = this.config;
    const rest = trainingImages % batchSize;
    const sizes = [
      Math.min(batchSize, trainingImages),
      ...(rest > 0 && trainingImages > batchSize ? [rest] : []),
    ];
    for (const images of sizes) this.#training.set(images, this.#buildTraining(images));
    const evaluation = this.#buildGiven('eval', this.evaluationBatch);
    this.#given.set(givenKey('eval', this.evaluationBatch), evaluation);
    for (const bank of this.#stored.banks) {
      for (const slot of optimizerSlots(this.config.optimizer)) this.#stored.companion(slot, bank);
    }
    this.#pool.seal();
    const programs = [...this.#training.values(), evaluation.compiled];
    const own = programs.flatMap((program) => program.resources);
    const all = [
      ...this.#stored.resources,
      ...Object.values(this.#control),
      ...own,
      ...evaluation.inbox.resources,
    ];
    await this.memory.allocate(this.#allocatable(all), network.name);
    evaluation.inbox.open(this.memory);
  }

  /** Without the training images, which are the engine's and may not be there yet. */
  #allocatable(resources: readonly (Resource | undefined)[]): Resource[] {
    const { images, labels, range } = this.#parts.trainingImages;
    const found = resources.filter((resource) => resource !== undefined);
    return [...new Set(found)].filter(
      (resource) => resource !== images && resource !== labels && resource !== range,
    );
  }

  /** Waits for the training step; the rest compiles meanwhile and later. */
  async #prepare(): Promise<void> {
    const { cache } = this.#parts;
    const [main, ...others] = this.#training.values();
    await main?.prepare(cache);
    for (const program of others) void program.prepare(cache).catch(() => undefined);
  }

  #buildTraining(images: number): CompiledProgram {
    const { program } = buildProgram(this.config, this.#stored, {
      mode: 'train',
      images,
      source: this.#parts.trainingImages,
      control: this.#control,
      target: this.#parts.target,
    });
    return new CompiledProgram(program, this.memory, this.#pool);
  }

  #buildGiven(mode: 'eval' | 'inspect' | 'input', images: number): GivenProgram {
    const inbox = new ImageInbox(images);
    const program =
      mode === 'input'
        ? buildInputProgram(this.config, images, inbox)
        : buildProgram(this.config, this.#stored, {
            mode,
            images,
            source: inbox,
            control: this.#inspection,
            target: this.#parts.target,
          }).program;
    return { compiled: new CompiledProgram(program, this.memory, this.#pool), inbox };
  }

  /** The training program for a batch of this size. */
  async trainingProgram(images: number): Promise<CompiledProgram> {
    const program = this.#training.get(images);
    if (program === undefined) throw new RangeError(`No batch of this run has ${images} images.`);
    if (!program.isReady) await program.prepare(this.#parts.cache);
    return program;
  }

  /** A program for images that the engine gives it, made when it is first asked for. */
  async givenProgram(mode: 'eval' | 'inspect' | 'input', images: number): Promise<GivenProgram> {
    const key = givenKey(mode, images);
    let given = this.#given.get(key);
    if (given === undefined) {
      given = this.#buildGiven(mode, images);
      const { compiled, inbox } = given;
      const resources = [...compiled.resources, ...inbox.resources];
      await this.memory.allocate(this.#allocatable(resources), this.config.network.name);
      inbox.open(this.memory);
      this.#given.set(key, given);
    }
    if (!given.compiled.isReady) await given.compiled.prepare(this.#parts.cache);
    return given;
  }

  /** The training images lie in new buffers. */
  rebind(): void {
    for (const program of this.#training.values()) program.rebind();
  }

  /** Images of the batch of a step. */
  batchAt(step: number): number {
    const { batchSize, trainingImages } = this.config;
    const first = (step % stepsPerEpoch(this.config)) * batchSize;
    return Math.min(batchSize, trainingImages - first);
  }

  /** The training program for a batch of this size, where it is compiled. */
  readyProgram(images: number): CompiledProgram | null {
    const program = this.#training.get(images);
    return program?.isReady === true ? program : null;
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
    for (const [key, count] of this.#counters) this.#counters.set(key, count + 1n);
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
    const clock = { step: this.step, row: 0, slot: this.ring.slot, seed: this.config.seed };
    queue.writeBuffer(this.memory.buffer(this.#control.clock), 0, clockData(clock));
  }

  /** Sets up the buffers that an inspection changes. */
  startInspection(encoder: GPUCommandEncoder): void {
    const clock = { step: this.step, row: 0, slot: 0, seed: this.config.seed };
    this.memory.device.queue.writeBuffer(this.memory.buffer(this.#inspection.clock), 0, clockData(clock));
    const { statisticsBank } = this.#stored;
    if (statisticsBank.floats === 0) return;
    const copy = this.#stored.companion('inspected', statisticsBank);
    encoder.copyBufferToBuffer(
      this.memory.buffer(statisticsBank),
      0,
      this.memory.buffer(copy),
      0,
      statisticsBank.bytes,
    );
  }

  /** Metrics of an inspection. */
  get inspectionMetrics(): Resource {
    return this.#inspection.metrics;
  }

  /** Gradients, and BatchNorm's buffers, as the last inspection left them. */
  async readInspection(): Promise<{ readonly gradients: StateDict; readonly buffers: StateDict }> {
    const { banks, statisticsBank } = this.#stored;
    const gradient = (bank: (typeof banks)[number]): Resource => this.#stored.companion('gradient', bank);
    const inspected = (bank: (typeof banks)[number]): Resource => this.#stored.companion('inspected', bank);
    const copies = await readResources(this.memory, [
      ...banks.map(gradient),
      ...(statisticsBank.floats > 0 ? [inspected(statisticsBank)] : []),
    ]);
    const gradients = parameterEntries(this.config.network).map(
      ({ key, shape }) => [key, floats(shape, tensorValues(this.#tensor(key), copies, gradient))] as const,
    );
    const buffers = this.entries
      .filter(({ role }) => role === 'buffer')
      .map(({ key, shape, dtype }) => {
        const value: TensorData =
          dtype === 'I64'
            ? this.#counter(key, shape, 1n)
            : floats(shape, tensorValues(this.#tensor(key), copies, inspected));
        return [key, value] as const;
      });
    return { gradients: new Map(gradients), buffers: new Map(buffers) };
  }

  async readState(): Promise<EngineState> {
    const { banks, statisticsBank } = this.#stored;
    const slots = this.step > this.#slotsSince ? optimizerSlots(this.config.optimizer) : [];
    const step = this.step;
    const copies = await readResources(this.memory, [
      ...banks,
      ...(statisticsBank.floats > 0 ? [statisticsBank] : []),
    ]);
    const parameters = this.entries.map(({ key, shape, dtype }) => {
      const value: TensorData =
        dtype === 'I64' ? this.#counter(key, shape) : floats(shape, tensorValues(this.#tensor(key), copies));
      return [key, value] as const;
    });
    const optimizer: [OptimizerSlot, StateDict][] = [];
    for (const slot of slots) {
      // One slot after the other, so that a large network's are not all copied at once.
      // oxlint-disable-next-line no-await-in-loop
      optimizer.push([slot, await this.#readSlot(slot)]);
    }
    return { step, parameters: new Map(parameters), optimizer: Object.fromEntries(optimizer) };
  }

  async #readSlot(slot: OptimizerSlot): Promise<StateDict> {
    const resourceOf = (bank: (typeof banks)[number]): Resource => this.#stored.companion(slot, bank);
    const { banks } = this.#stored;
    const copies = await readResources(this.memory, banks.map(resourceOf));
    return new Map(
      parameterEntries(this.config.network).map(({ key, shape }) => [
        key,
        floats(shape, tensorValues(this.#tensor(key), copies, resourceOf)),
      ]),
    );
  }

  /**
   * Replaces parameters, optimizer state and step.
   * @throws EngineError `state` naming what does not fit.
   */
  load({ step, parameters, optimizer }: EngineState): void {
    checkState(parameters, this.entries, 'state');
    const trained = parameterEntries(this.config.network);
    const wanted = optimizerSlots(this.config.optimizer);
    const given = Object.keys(optimizer);
    if (given.length > 0 && given.toSorted().join() !== wanted.toSorted().join()) {
      throw new EngineError(
        'state',
        `The optimizer state has the slots ${given.join(', ')}; ${this.config.optimizer.kind} keeps ${wanted.join(', ') || 'none'}.`,
      );
    }
    for (const [slot, values] of Object.entries(optimizer))
      checkState(values, trained, `optimizer state ${slot}`);
    for (const { key } of this.entries) {
      const tensor = parameters.get(key);
      if (tensor?.dtype === 'I64') this.#counters.set(key, tensor.data[0] ?? 0n);
      else if (tensor?.dtype === 'F32') writeTensor(this.memory, this.#tensor(key), tensor.data);
    }
    for (const slot of wanted) this.#loadSlot(slot, optimizer[slot]);
    this.step = step;
    this.#slotsSince = given.length === 0 && wanted.length > 0 ? step : 0;
    this.ring.reset(step);
    this.#startSchedule();
  }

  #loadSlot(slot: OptimizerSlot, values: StateDict | undefined): void {
    const resourceOf = (bank: (typeof banks)[number]): Resource => this.#stored.companion(slot, bank);
    const { banks } = this.#stored;
    if (values === undefined) {
      const encoder = this.memory.device.createCommandEncoder();
      for (const bank of banks) encoder.clearBuffer(this.memory.buffer(resourceOf(bank)));
      this.memory.device.queue.submit([encoder.finish()]);
      return;
    }
    for (const { key } of parameterEntries(this.config.network)) {
      const tensor = values.get(key);
      if (tensor?.dtype === 'F32') writeTensor(this.memory, this.#tensor(key), tensor.data, resourceOf);
    }
  }

  #tensor(key: string): StoredTensor {
    const stored = this.#stored.parameters.get(key) ?? this.#stored.statistics.get(key);
    if (stored === undefined) throw new RangeError(`No parameter is named ${key}.`);
    return stored;
  }

  #counter(key: string, shape: readonly number[], extra = 0n): TensorData {
    return { dtype: 'I64', shape, data: BigInt64Array.of((this.#counters.get(key) ?? 0n) + extra) };
  }

  describePlan(): PlanDescription {
    const [main] = this.#training.values();
    const kernels = main?.dispatches.map(({ kernel }) => kernel) ?? [];
    return {
      labels: kernels.map(({ label }) => label),
      dispatches: kernels.length,
      pipelines: new Set(kernels.map(({ wgsl }) => wgsl)).size,
      bytes: this.memory.bytes,
    };
  }

  dispose(): void {
    this.ring.dispose();
    this.memory.dispose();
  }
}

function floats(shape: readonly number[], data: Float32Array<ArrayBuffer>): TensorData {
  return { dtype: 'F32', shape, data };
}

function givenKey(mode: Mode | 'input', images: number): string {
  return `${mode} ${images}`;
}
