/** One compiled run: its memory, its programs, its parameters and the step it has reached. */
import { KeptOutputs } from '@/engine/activations';
import { checkEngineState, entriesNamed } from '@/engine/checkState';
import type { EngineState } from '@/engine/engine';
import { optimizerScalarsAt } from '@/engine/wasm/optimizers';
import type { EncodedProgram, Program, WasmBuffer } from '@/engine/wasm/program';
import {
  buildActivationsProgram,
  buildGradientsProgram,
  buildProgram,
  type ProgramOptions,
} from '@/engine/wasm/programs';
import type { Mode } from '@/engine/mode';
import type { Value } from '@/engine/wasm/lowering';
import { memoryMap, scalars } from '@/engine/wasm/operations';
import { dropoutOrdinals } from '@/model/dropoutOrdinals';
import { precisionOf, type Values } from '@/engine/wasm/precision';
import { RunMemory } from '@/engine/wasm/runMemory';
import { addressOf, readTensor, writeTensor } from '@/engine/wasm/stateTransfer';
import type { WasmRuntime } from '@/engine/wasm/wasmRuntime';
import { initialState } from '@/model/initialise';
import { keysOf } from '@/model/kindFields';
import { lossParametersOf } from '@/model/losses';
import { optimizerSlots } from '@/model/optimizers';
import { streamKey, streams } from '@/model/random';
import type { LayerSpec } from '@/model/layers';
import type { RunConfig } from '@/model/runConfig';
import { parameterEntries, stateEntries, type StateEntry } from '@/model/stateDict';
import type { StateDict, TensorData } from '@/model/tensor';

/** Images of one evaluation or prediction program. */
export const evaluationBatch = 64;

/** Bytes more than the training program has: those of one run differ little in length. */
const programMargin = 16_384;

export interface RunOptions {
  readonly runtime: WasmRuntime;
  readonly threads: number;
  readonly maxPanel: number;
}

export interface ActivationsProgram {
  readonly program: EncodedProgram;
  readonly values: ReadonlyMap<string, Value>;
}

export class WasmRun {
  config: RunConfig;
  step = 0;
  /** Updates that the optimizer's slots have seen; 0 while they are empty. */
  updates = 0;
  readonly memory: RunMemory;
  readonly entries: readonly StateEntry[];
  readonly #options: RunOptions;
  readonly #programs = new Map<string, EncodedProgram>();
  readonly #counters = new Map<string, bigint>();
  readonly #dropoutKeys: readonly number[];
  #gradients: (ActivationsProgram & { readonly key: string }) | null = null;
  #arena = 0;

  private constructor(config: RunConfig, options: RunOptions) {
    this.config = config;
    this.#options = options;
    this.memory = new RunMemory(precisionOf(config));
    this.entries = stateEntries(config.network);
    this.#dropoutKeys = [...dropoutOrdinals(config.network.layers).values()];
  }

  /** @throws EngineError `limits` or `state`. */
  static async create(
    config: RunConfig,
    state: EngineState | undefined,
    options: RunOptions,
  ): Promise<WasmRun> {
    const run = new WasmRun(config, options);
    await run.#allocate();
    run.load(state ?? { step: 0, parameters: initialState(config.network, config.seed), optimizer: {} });
    return run;
  }

  /** Bytes that a run of this configuration takes of the memory; nothing is allocated. */
  static plannedBytes(config: RunConfig, options: RunOptions): number {
    return new WasmRun(config, options).#plan().bytes;
  }

  async #allocate(): Promise<void> {
    const { runtime } = this.#options;
    const { bytes, programAddress } = this.#plan();
    await runtime.reserve(bytes);
    runtime.programAddress = programAddress;
    runtime.doubles(memoryMap.scalars, 16).fill(0);
    // As float32, like every setting of a kernel.
    runtime.doubles(memoryMap.lossSettings, 16).set(Float32Array.from(lossParametersOf(this.config.loss)));
  }

  /** Lays out everything that training and evaluation need, before any of it is computed. */
  #plan(): { readonly bytes: number; readonly programAddress: number } {
    const { memory } = this;
    // Inspection is built only to place the parameters: it meets them all, and does not need the optimizer's state.
    const training = this.#build('train', this.config.batchSize);
    const evaluation = this.#build('eval', evaluationBatch);
    for (const entry of parameterEntries(this.config.network)) {
      for (const slot of optimizerSlots(this.config.optimizer)) memory.slot(slot, entry.key);
    }
    for (const ordinal of this.#dropoutKeys) memory.area(dropoutKeyArea(ordinal), 4);
    const code = memory.area('program', training.codeBytes + programMargin);
    this.#arena = memory.end;
    const encoded = [training.encode(this.#arena), evaluation.encode(this.#arena)] as const;
    this.#programs.set(programKey('train', this.config.batchSize), encoded[0]);
    this.#programs.set(programKey('eval', evaluationBatch), encoded[1]);
    const bytes = this.#arena + Math.max(...encoded.map(({ arenaBytes }) => arenaBytes));
    return { bytes, programAddress: code.address ?? 0 };
  }

  #programOptions(mode: Mode, images: number): ProgramOptions {
    const { threads, maxPanel } = this.#options;
    const isAugmented = mode === 'train' && this.config.input.augment !== null;
    return { mode, images, threads, maxPanel, isAugmented };
  }

  #build(mode: Mode, images: number) {
    return buildProgram(this.config, this.memory, this.#programOptions(mode, images));
  }

  /** The program for a batch of this size, built when it is first asked for. */
  program(mode: Mode, images: number): EncodedProgram {
    const key = programKey(mode, images);
    const known = this.#programs.get(key);
    if (known !== undefined) return known;
    const encoded = this.#encode(this.#build(mode, images));
    this.#programs.set(key, encoded);
    return encoded;
  }

  /** A program for a batch of this size that leaves the outputs of these layers to be read, and how each lies. */
  activationsProgram(
    layers: readonly LayerSpec[],
    names: Iterable<string>,
    images: number,
  ): ActivationsProgram {
    const kept = new KeptOutputs<Value>(names);
    const options = this.#programOptions('eval', images);
    const program = buildActivationsProgram(this.config, layers, kept, this.memory, options);
    return { program: this.#encode(program), values: kept.values };
  }

  /**
   * The same of the whole network, with the gradients by those outputs besides. The last one is kept: attacks, and a picture that is
   * drawn again and again, ask for it many times.
   */
  gradientsProgram(names: readonly string[], images: number): ActivationsProgram {
    const key = JSON.stringify([images, ...names]);
    if (this.#gradients?.key === key) return this.#gradients;
    const kept = new KeptOutputs<Value>(names);
    const keptGradients = new KeptOutputs<WasmBuffer>(names);
    const options = this.#programOptions('explain', images);
    const program = buildGradientsProgram(this.config, { kept, keptGradients }, this.memory, options);
    this.#gradients = { key, program: this.#encode(program), values: kept.values };
    return this.#gradients;
  }

  #encode(program: Program): EncodedProgram {
    const encoded = program.encode(this.#arena);
    this.#options.runtime.grow(this.#arena + encoded.arenaBytes);
    return encoded;
  }

  /** Activations, weights or gradients in this run's precision. */
  values(address: number, count: number): Values {
    return this.#options.runtime.values(this.memory.precision, address, count);
  }

  /** Values that change from step to step; `lossWeight` is that of the batch, see weightOf. */
  writeScalars(learningRate: number, lossWeight: number): void {
    const { runtime } = this.#options;
    const { optimizer, seed, clipGradValue = Infinity } = this.config;
    const values = runtime.doubles(memoryMap.scalars, 16);
    values[scalars.gradientScale] = 1;
    values[scalars.lossWeight] = lossWeight;
    values[scalars.gradientBound] = clipGradValue;
    const ofStep = optimizerScalarsAt(optimizer, learningRate, this.updates + 1);
    for (const name of keysOf(ofStep)) values[scalars[name]] = ofStep[name] ?? 0;
    for (const ordinal of this.#dropoutKeys) {
      const { address } = this.memory.area(dropoutKeyArea(ordinal), 4);
      runtime.words(address ?? 0, 1)[0] = streamKey(seed, streams.dropout, this.step, ordinal);
    }
  }

  /** One training step is done. */
  advance(): void {
    this.step += 1;
    this.updates += 1;
    for (const [key, count] of this.#counters) this.#counters.set(key, count + 1n);
  }

  /** One entry as PyTorch has it; `address` and `extraBatches` stand for values that are not the stored ones. */
  read(entry: StateEntry, address?: number, extraBatches = 0n): TensorData {
    if (entry.dtype === 'I64') {
      const count = (this.#counters.get(entry.key) ?? 0n) + extraBatches;
      return { dtype: 'I64', shape: entry.shape, data: BigInt64Array.of(count) };
    }
    return readTensor(
      this.#options.runtime,
      this.memory,
      entry,
      address ?? addressOf(this.memory, entry.key),
    );
  }

  /** @throws EngineError `state` naming the keys that the network does not have */
  readParameters(names?: readonly string[]): StateDict {
    return new Map(entriesNamed(this.entries, names).map((entry) => [entry.key, this.read(entry)]));
  }

  readOptimizer(): Record<string, StateDict> {
    if (this.updates === 0) return {};
    const parameters = parameterEntries(this.config.network);
    const slots = optimizerSlots(this.config.optimizer).map((slot) => {
      const values = parameters.map(
        (entry) => [entry.key, this.read(entry, this.#slotAddress(slot, entry.key))] as const,
      );
      return [slot, new Map(values)] as const;
    });
    return Object.fromEntries(slots);
  }

  /**
   * Replaces parameters, optimizer state and step.
   * @throws EngineError `state` naming what does not fit.
   */
  load({ step, parameters, optimizer }: EngineState): void {
    checkEngineState(this.config, { parameters, optimizer });
    const trained = parameterEntries(this.config.network);
    const wanted = optimizerSlots(this.config.optimizer);
    const given = Object.keys(optimizer);
    const { runtime } = this.#options;
    for (const { key } of this.entries) {
      const tensor = parameters.get(key);
      if (tensor?.dtype === 'I64') this.#counters.set(key, tensor.data[0] ?? 0n);
      else if (tensor !== undefined)
        writeTensor(runtime, this.memory, key, addressOf(this.memory, key), tensor);
    }
    for (const slot of wanted) {
      for (const { key } of trained) {
        const tensor = optimizer[slot]?.get(key);
        const address = this.#slotAddress(slot, key);
        if (tensor === undefined) this.values(address, this.memory.tensors.get(key)?.count ?? 0).fill(0);
        else writeTensor(runtime, this.memory, key, address, tensor);
      }
    }
    this.step = step;
    this.updates = given.length === 0 && wanted.length > 0 ? 0 : step;
  }

  #slotAddress(slot: string, key: string): number {
    return this.memory.slot(slot, key).address ?? 0;
  }
}

function programKey(mode: Mode, images: number): string {
  return `${mode} ${images}`;
}

function dropoutKeyArea(ordinal: number): string {
  return `dropout key ${ordinal}`;
}
