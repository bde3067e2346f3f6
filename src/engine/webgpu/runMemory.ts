/**
 * What outlives a program: parameters, their gradients, optimizer slots and running statistics, side by side in banks, so that an
 * optimizer updates all of them in one dispatch. Only sizes and places here; deviceMemory.ts allocates.
 */
import { stretch, type Resource, type Tensor } from '@/engine/webgpu/program';
import type { WeightLayout } from '@/engine/compiling/weightLayout';
import type { OptimizerSlot } from '@/model/optimizers';

/** WebGPU's default minStorageBufferOffsetAlignment, 256 bytes, in floats. */
const alignment = 64;

/** A run of rows of a parameter in one bank; all of them unless no bank can hold all. */
export interface Piece {
  readonly bank: Bank;
  /** First float in the bank. */
  readonly first: number;
  readonly firstRow: number;
  readonly rows: number;
  readonly count: number;
}

export interface StoredTensor {
  readonly key: string;
  readonly layout: WeightLayout;
  readonly count: number;
  readonly pieces: readonly Piece[];
}

export class Bank implements Resource {
  readonly name: string;
  readonly #tensors: { readonly first: number; readonly count: number }[] = [];
  #floats = 0;
  constructor(name: string) {
    this.name = name;
  }

  /** What lies in it, in order. */
  get tensors(): readonly { readonly first: number; readonly count: number }[] {
    return this.#tensors;
  }

  get floats(): number {
    return this.#floats;
  }

  get bytes(): number {
    return this.#floats * 4;
  }

  /** Place for so many floats; padding stays 0. */
  take(count: number): number {
    const first = this.#floats;
    this.#floats += Math.ceil(count / alignment) * alignment;
    this.#tensors.push({ first, count });
    return first;
  }
}

/** A bank's other values, place by place: gradients, optimizer slots. */
class BankSlot implements Resource {
  readonly name: string;
  readonly #bank: Bank;
  constructor(name: string, bank: Bank) {
    this.name = name;
    this.#bank = bank;
  }

  get bytes(): number {
    return this.#bank.bytes;
  }
}

/** `inspected`: BatchNorm's running statistics as an inspection leaves them. */
export type SlotName = OptimizerSlot | 'gradient' | 'inspected';

export class RunMemory {
  /** Parameters by their state_dict key, in the order of the forward pass. */
  readonly parameters = new Map<string, StoredTensor>();
  /** BatchNorm's running statistics. */
  readonly statistics = new Map<string, StoredTensor>();
  readonly statisticsBank = new Bank('running statistics');
  readonly #banks: Bank[] = [];
  readonly #slots = new Map<string, BankSlot>();
  readonly #maxFloats: number;

  /** `maxBytes`: of one binding. */
  constructor(maxBytes: number) {
    this.#maxFloats = Math.floor(maxBytes / 4 / alignment) * alignment;
  }

  get banks(): readonly Bank[] {
    return this.#banks;
  }

  /** A parameter [rows][columns]; made when it is first met. */
  parameter(key: string, rows: number, columns: number, layout: WeightLayout): StoredTensor {
    const known = this.parameters.get(key);
    if (known !== undefined) return known;
    const rowsAPiece = Math.max(1, Math.min(rows, Math.floor(this.#maxFloats / columns)));
    const count = Math.ceil(rows / rowsAPiece);
    // Pieces of one size need one set of kernels.
    const even = Math.ceil(rows / count);
    const pieces: Piece[] = [];
    for (let firstRow = 0; firstRow < rows; firstRow += even) {
      const taken = Math.min(even, rows - firstRow);
      const bank = this.#bankFor(taken * columns);
      pieces.push({ bank, first: bank.take(taken * columns), firstRow, rows: taken, count: taken * columns });
    }
    const stored = { key, layout, count: rows * columns, pieces };
    this.parameters.set(key, stored);
    return stored;
  }

  #bankFor(floats: number): Bank {
    const last = this.#banks.at(-1);
    if (last !== undefined && last.floats + floats <= this.#maxFloats) return last;
    const bank = new Bank(`parameters ${this.#banks.length}`);
    this.#banks.push(bank);
    return bank;
  }

  /** A running statistic of BatchNorm. */
  statistic(key: string, count: number): StoredTensor {
    const known = this.statistics.get(key);
    if (known !== undefined) return known;
    const first = this.statisticsBank.take(count);
    const piece = { bank: this.statisticsBank, first, firstRow: 0, rows: 1, count };
    const stored = { key, layout: { kind: 'plain' }, count, pieces: [piece] } as const;
    this.statistics.set(key, stored);
    return stored;
  }

  /** The buffer of these values for each parameter of a bank. */
  slot(name: SlotName, bank: Bank): Resource {
    const key = `${name} of ${bank.name}`;
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const slot = new BankSlot(key, bank);
    this.#slots.set(key, slot);
    return slot;
  }

  /** Everything that is to be allocated. */
  get resources(): readonly Resource[] {
    const statistics = this.statisticsBank.floats > 0 ? [this.statisticsBank] : [];
    return [...this.#banks, ...this.#slots.values(), ...statistics];
  }
}

/** A piece's values, or the same place of a slot of its bank. */
export function pieceTensor(name: string, piece: Piece, resource: Resource = piece.bank): Tensor {
  return stretch(name, resource, piece.first, piece.count);
}
