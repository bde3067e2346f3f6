/** A run's parameters, statistics and optimizer slots, between the GPU and PyTorch's state_dict. */
import { checkEngineState, entriesNamed } from '@/engine/checkState';
import type { EngineState } from '@/engine/engine';
import type { DeviceMemory } from '@/engine/webgpu/deviceMemory';
import type { Bank, SlotName, RunMemory, StoredTensor } from '@/engine/webgpu/runMemory';
import { readTensors, writeTensor, type ResourceOf } from '@/engine/webgpu/stateTransfer';
import { optimizerSlots, type OptimizerSlot } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';
import { parameterEntries, stateEntries, type StateEntry } from '@/model/stateDict';
import type { StateDict, TensorData } from '@/model/tensor';

export class DeviceState {
  readonly #memory: DeviceMemory;
  readonly #stored: RunMemory;
  readonly #entries: readonly StateEntry[];
  readonly #trained: readonly StateEntry[];
  readonly #slots: readonly OptimizerSlot[];
  readonly #config: RunConfig;
  /** num_batches_tracked of each BatchNorm. */
  readonly #counters = new Map<string, bigint>();

  constructor(config: RunConfig, memory: DeviceMemory, stored: RunMemory) {
    const { network, optimizer } = config;
    this.#config = config;
    this.#memory = memory;
    this.#stored = stored;
    this.#entries = stateEntries(network);
    this.#trained = parameterEntries(network);
    this.#slots = optimizerSlots(optimizer);
  }

  /** Whether the optimizer keeps anything. */
  get hasSlots(): boolean {
    return this.#slots.length > 0;
  }

  /** One training step was recorded. */
  advance(): void {
    for (const [key, count] of this.#counters) this.#counters.set(key, count + 1n);
  }

  /** @throws EngineError `state` naming the keys that the network does not have */
  readParameters(names?: readonly string[]): Promise<StateDict> {
    return this.#read(entriesNamed(this.#entries, names));
  }

  /** One StateDict a slot. */
  async readOptimizer(): Promise<Record<string, StateDict>> {
    const found: [OptimizerSlot, StateDict][] = [];
    for (const slot of this.#slots) {
      // One slot after the other, so that a large network's are not all copied at once.
      // oxlint-disable-next-line no-await-in-loop
      found.push([slot, await this.#read(this.#trained, this.#slotOf(slot))]);
    }
    return Object.fromEntries(found);
  }

  /** Gradients, and BatchNorm's buffers, as the last inspection left them. */
  async readInspection(): Promise<{ readonly gradients: StateDict; readonly buffers: StateDict }> {
    const buffers = this.#entries.filter(({ role }) => role === 'buffer');
    return {
      gradients: await this.#read(this.#trained, this.#slotOf('gradient')),
      buffers: await this.#read(buffers, this.#slotOf('inspected'), 1n),
    };
  }

  /** `extraBatches`: more than were counted. */
  async #read(
    entries: readonly StateEntry[],
    resourceOf: ResourceOf = (bank) => bank,
    extraBatches = 0n,
  ): Promise<StateDict> {
    const stored = entries.filter(({ dtype }) => dtype !== 'I64').map(({ key }) => this.#tensor(key));
    const values = await readTensors(this.#memory, stored, resourceOf);
    return new Map(
      entries.map(({ key, shape, dtype }): [string, TensorData] => {
        if (dtype === 'I64') {
          const count = (this.#counters.get(key) ?? 0n) + extraBatches;
          return [key, { dtype, shape, data: BigInt64Array.of(count) }];
        }
        const data = values.get(key);
        if (data === undefined) throw new RangeError(`${key} was not read.`);
        return [key, { dtype: 'F32', shape, data }];
      }),
    );
  }

  /**
   * Replaces parameters and optimizer state; gives whether the optimizer starts anew.
   * @throws EngineError `state` naming what does not fit.
   */
  load({ parameters, optimizer }: Pick<EngineState, 'parameters' | 'optimizer'>): boolean {
    checkEngineState(this.#config, { parameters, optimizer });
    this.#write(parameters, this.#entries, (bank) => bank);
    for (const slot of this.#slots) {
      const values = optimizer[slot];
      if (values === undefined) this.#clear(slot);
      else this.#write(values, this.#trained, this.#slotOf(slot));
    }
    return Object.keys(optimizer).length === 0;
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
    for (const bank of this.#stored.banks) encoder.clearBuffer(this.#memory.buffer(this.#slotOf(slot)(bank)));
    this.#memory.device.queue.submit([encoder.finish()]);
  }

  #slotOf(name: SlotName): ResourceOf {
    return (bank: Bank) => this.#stored.slot(name, bank);
  }

  #tensor(key: string): StoredTensor {
    const stored = this.#stored.parameters.get(key) ?? this.#stored.statistics.get(key);
    if (stored === undefined) throw new RangeError(`No parameter is named ${key}.`);
    return stored;
  }
}
