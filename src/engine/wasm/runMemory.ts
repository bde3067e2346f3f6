/** What outlives a program in the engine's memory: parameters, optimizer state, batch, results. */
import type { WasmBuffer } from '@/engine/wasm/program';
import { align } from '@/engine/compiling/memoryPlan';
import { memoryMap } from '@/engine/wasm/operations';
import { sizeFactor, type Precision } from '@/engine/wasm/precision';
import type { WeightLayout } from '@/engine/compiling/weightLayout';

export interface StoredTensor {
  readonly buffer: WasmBuffer;
  readonly count: number;
  readonly layout: WeightLayout;
}

/** Bytes in float32. Kernels work on whole vectors of 8 values, so that a tensor has no tail. */
export function tensorBytes(count: number): number {
  return Math.ceil(count / 8) * 32;
}

export class RunMemory {
  readonly precision: Precision;
  /** Parameters and BatchNorm statistics by their state_dict key. */
  readonly tensors = new Map<string, StoredTensor>();
  readonly #areas = new Map<string, WasmBuffer>();
  #end: number = memoryMap.firstFree;

  constructor(precision: Precision) {
    this.precision = precision;
  }

  /** First byte after everything stored: programs' own buffers begin here. */
  get end(): number {
    return this.#end;
  }

  /** The area of this name, made on first use. */
  area(name: string, bytes: number): WasmBuffer {
    const known = this.#areas.get(name);
    if (known !== undefined) {
      if (known.bytes < bytes)
        throw new RangeError(`The area ${name} has ${known.bytes} bytes, ${bytes} are needed.`);
      return known;
    }
    const buffer: WasmBuffer = { name, bytes, address: this.#end };
    this.#end += align(bytes);
    this.#areas.set(name, buffer);
    return buffer;
  }

  /** A tensor of the state_dict. */
  tensor(key: string, count: number, layout: WeightLayout): StoredTensor {
    const known = this.tensors.get(key);
    if (known !== undefined) return known;
    const stored = { buffer: this.area(key, tensorBytes(count) * sizeFactor(this.precision)), count, layout };
    this.tensors.set(key, stored);
    return stored;
  }

  /** One slot of the optimizer's state for a parameter: same size and layout as the parameter. */
  slot(slot: string, key: string): WasmBuffer {
    const parameter = this.tensors.get(key);
    if (parameter === undefined) throw new RangeError(`No parameter is named ${key}.`);
    return this.area(`${slot}/${key}`, parameter.buffer.bytes);
  }
}
