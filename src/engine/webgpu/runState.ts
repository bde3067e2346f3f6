/** A run's parameters, statistics and optimizer slots, between the GPU and PyTorch's state_dict. */
import { checkState } from '@/engine/checkState';
import { EngineError, type EngineState } from '@/engine/engine';
import type { DeviceMemory } from '@/engine/webgpu/deviceMemory';
import type { Resource } from '@/engine/webgpu/program';
import type { Bank, CompanionName, RunMemory, StoredTensor } from '@/engine/webgpu/runMemory';
import { readResources, tensorValues, writeTensor, type ResourceOf } from '@/engine/webgpu/stateTransfer';
import { optimizerSlots, type OptimizerSlot } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';
import { parameterEntries, stateEntries, type StateEntry } from '@/model/stateDict';
import type { StateDict, TensorData } from '@/model/tensor';

type Copies = ReadonlyMap<Resource, Float32Array<ArrayBuffer>>;

export class RunState {
  readonly #memory: DeviceMemory;
  readonly #stored: RunMemory;
  readonly #entries: readonly StateEntry[];
  readonly #trained: readonly StateEntry[];
  readonly #slots: readonly OptimizerSlot[];
  readonly #optimizerKind: string;
  /** num_batches_tracked of each BatchNorm. */
  readonly #counters = new Map<string, bigint>();

  constructor({ network, optimizer }: RunConfig, memory: DeviceMemory, stored: RunMemory) {
    this.#memory = memory;
    this.#stored = stored;
    this.#entries = stateEntries(network);
    this.#trained = parameterEntries(network);
    this.#slots = optimizerSlots(optimizer);
    this.#optimizerKind = optimizer.kind;
  }

  /** Whether the optimizer keeps anything. */
  get hasSlots(): boolean {
    return this.#slots.length > 0;
  }

  /** One training step was recorded. */
  advance(): void {
    for (const [key, count] of this.#counters) this.#counters.set(key, count + 1n);
  }

  async readParameters(): Promise<StateDict> {
    const { banks } = this.#stored;
    const copies = await readResources(this.#memory, [...banks, ...this.#statistics()]);
    return new Map(this.#entries.map((entry) => [entry.key, this.#value(entry, copies, (bank) => bank, 0n)]));
  }

  /** One StateDict a slot. */
  async readOptimizer(): Promise<Record<string, StateDict>> {
    const found: [OptimizerSlot, StateDict][] = [];
    for (const slot of this.#slots) {
      // One slot after the other, so that a large network's are not all copied at once.
      // oxlint-disable-next-line no-await-in-loop
      found.push([slot, await this.#readCompanion(slot)]);
    }
    return Object.fromEntries(found);
  }

  /** Gradients, and BatchNorm's buffers, as the last inspection left them. */
  async readInspection(): Promise<{ readonly gradients: StateDict; readonly buffers: StateDict }> {
    const inspected = this.#companionOf('inspected');
    const copies = await readResources(this.#memory, this.#statistics().map(inspected));
    const buffers = this.#entries
      .filter(({ role }) => role === 'buffer')
      .map((entry) => [entry.key, this.#value(entry, copies, inspected, 1n)] as const);
    return { gradients: await this.#readCompanion('gradient'), buffers: new Map(buffers) };
  }

  async #readCompanion(name: CompanionName): Promise<StateDict> {
    const resourceOf = this.#companionOf(name);
    const copies = await readResources(this.#memory, this.#stored.banks.map(resourceOf));
    return new Map(this.#trained.map((entry) => [entry.key, this.#value(entry, copies, resourceOf, 0n)]));
  }

  /**
   * Replaces parameters and optimizer state; gives whether the optimizer starts anew.
   * @throws EngineError `state` naming what does not fit.
   */
  load({ parameters, optimizer }: Pick<EngineState, 'parameters' | 'optimizer'>): boolean {
    checkState(parameters, this.#entries, 'state');
    const given = Object.keys(optimizer);
    if (given.length > 0 && given.toSorted().join() !== this.#slots.toSorted().join()) {
      throw new EngineError(
        'state',
        `The optimizer state has the slots ${given.join(', ')}; ${this.#optimizerKind} keeps ${this.#slots.join(', ') || 'none'}.`,
      );
    }
    for (const [slot, values] of Object.entries(optimizer))
      checkState(values, this.#trained, `optimizer state ${slot}`);
    this.#write(parameters, this.#entries, (bank) => bank);
    for (const slot of this.#slots) {
      const values = optimizer[slot];
      if (values === undefined) this.#clear(slot);
      else this.#write(values, this.#trained, this.#companionOf(slot));
    }
    return given.length === 0;
  }

  #write(values: StateDict, entries: readonly StateEntry[], resourceOf: ResourceOf): void {
    for (const { key } of entries) {
      const tensor = values.get(key);
      if (tensor?.dtype === 'I64') this.#counters.set(key, tensor.data[0] ?? 0n);
      else if (tensor?.dtype === 'F32') writeTensor(this.#memory, this.#tensor(key), tensor.data, resourceOf);
    }
  }

  #clear(slot: OptimizerSlot): void {
    const encoder = this.#memory.device.createCommandEncoder();
    for (const bank of this.#stored.banks)
      encoder.clearBuffer(this.#memory.buffer(this.#companionOf(slot)(bank)));
    this.#memory.device.queue.submit([encoder.finish()]);
  }

  #value(entry: StateEntry, copies: Copies, resourceOf: ResourceOf, extra: bigint): TensorData {
    const { key, shape, dtype } = entry;
    if (dtype === 'I64')
      return { dtype, shape, data: BigInt64Array.of((this.#counters.get(key) ?? 0n) + extra) };
    return { dtype: 'F32', shape, data: tensorValues(this.#tensor(key), copies, resourceOf) };
  }

  #companionOf(name: CompanionName): ResourceOf {
    return (bank: Bank) => this.#stored.companion(name, bank);
  }

  /** The bank of BatchNorm's statistics, where there are some. */
  #statistics(): Bank[] {
    const { statisticsBank } = this.#stored;
    return statisticsBank.floats > 0 ? [statisticsBank] : [];
  }

  #tensor(key: string): StoredTensor {
    const stored = this.#stored.parameters.get(key) ?? this.#stored.statistics.get(key);
    if (stored === undefined) throw new RangeError(`No parameter is named ${key}.`);
    return stored;
  }
}
