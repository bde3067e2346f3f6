/** A program under construction: operations on buffers that have no address yet; planning gives them one, encoding writes the words. */
import { planMemory } from '@/engine/wasm/memoryPlan';
import {
  operations,
  operationWords,
  type OperationArguments,
  type OperationName,
} from '@/engine/wasm/operations';
import type { Precision } from '@/engine/precision';
import { sizeFactor } from '@/engine/wasm/precision';

/** Memory of its own; `address` is known from the start for what outlives the program (parameters, images, results). */
export interface WasmBuffer {
  readonly name: string;
  readonly bytes: number;
  readonly address: number | null;
}

type Argument = number | WasmBuffer;

interface Operation {
  readonly name: OperationName;
  readonly arguments: Readonly<Record<string, Argument>>;
}

/** A moment between two operations at which the engine looks at buffers, to take statistics. */
export type Watch =
  | {
      readonly kind: 'gradient';
      readonly layer: string;
      /** What the layer read. */
      readonly input: WatchedInput;
      readonly gradient: WasmBuffer;
    }
  /** Right before and right after the update of the layer's weight. */
  | { readonly kind: 'before_update' | 'after_update'; readonly layer: string };

/** [blocks][height][width][channels][8], with `border` more pixels of zeros around it in memory. */
interface WatchedInput {
  readonly buffer: WasmBuffer;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly border: number;
  readonly isFlat: boolean;
}

export interface EncodedWatch {
  readonly watch: Watch;
  /** Operations before it. */
  readonly after: number;
  readonly addressOf: (buffer: WasmBuffer) => number;
}

export interface EncodedProgram {
  readonly words: Int32Array<ArrayBuffer>;
  readonly length: number;
  /** Bytes of the part of the memory that programs share. */
  readonly arenaBytes: number;
  /** Addresses of the buffers that are filled before the program or read after it. */
  readonly addresses: ReadonlyMap<string, number>;
  /** In order. */
  readonly watches: readonly EncodedWatch[];
}

export class Program {
  readonly precision: Precision;
  readonly #operations: Operation[] = [];
  readonly #buffers = new Set<WasmBuffer>();
  /** Buffers that are filled before the program starts, and that are read after its end, with the name to find them by. */
  readonly #inputs = new Map<WasmBuffer, string>();
  readonly #results = new Map<WasmBuffer, string>();
  readonly #watches: { readonly watch: Watch; readonly after: number }[] = [];

  constructor(precision: Precision) {
    this.precision = precision;
  }

  /** A buffer for this program alone; `bytes` are those of its values in float32. */
  buffer(name: string, bytes: number): WasmBuffer {
    const buffer: WasmBuffer = { name, bytes: bytes * sizeFactor(this.precision), address: null };
    this.#buffers.add(buffer);
    return buffer;
  }

  /** A buffer that is filled before the program starts. */
  input(name: string, bytes: number): WasmBuffer {
    const buffer = this.buffer(name, bytes);
    this.#inputs.set(buffer, name);
    return buffer;
  }

  /** Leaves the buffer untouched until the program's end, to be read then. */
  keep(buffer: WasmBuffer, resultName: string): void {
    this.#results.set(buffer, resultName);
  }

  emit<N extends OperationName>(
    name: N,
    operands: { readonly [A in keyof OperationArguments<N>]: Argument },
  ): void {
    this.#operations.push({ name, arguments: operands });
  }

  /** Marks the moment before the next operation. The operation before it has to use the buffers, so that they are still there. */
  watch(watch: Watch): void {
    this.#watches.push({ watch, after: this.#operations.length });
  }

  get length(): number {
    return this.#operations.length;
  }

  /** Plans the memory from the first and last use of each buffer and writes the program for an arena at `arena`. */
  encode(arena: number): EncodedProgram {
    const buffers = [...this.#buffers];
    const uses = new Map<WasmBuffer, { first: number; last: number }>();
    this.#operations.forEach(({ arguments: operands }, at) => {
      for (const operand of Object.values(operands)) {
        if (typeof operand === 'number' || operand.address !== null) continue;
        const use = uses.get(operand);
        if (use === undefined) uses.set(operand, { first: at, last: at });
        else use.last = at;
      }
    });
    const used = buffers.filter((buffer) => uses.has(buffer));
    const plan = planMemory(
      used.map((buffer) => {
        const { first = 0, last = 0 } = uses.get(buffer) ?? {};
        return {
          bytes: buffer.bytes,
          first: this.#inputs.has(buffer) ? -1 : first,
          last: this.#results.has(buffer) ? Number.POSITIVE_INFINITY : last,
        };
      }),
    );
    const offsets = new Map(used.map((buffer, i) => [buffer, plan.offsets[i] ?? 0]));
    const addressOf = (buffer: WasmBuffer): number => buffer.address ?? arena + (offsets.get(buffer) ?? 0);
    const words = new Int32Array(this.#operations.length * operationWords);
    const floats = new Float32Array(words.buffer);
    const names = Object.keys(operations);
    this.#operations.forEach(({ name, arguments: operands }, at) => {
      let word = at * operationWords;
      words[word] = 2 * names.indexOf(name) + (this.precision === 'float64' ? 1 : 0);
      for (const [parameter, type] of Object.entries(operations[name])) {
        word += 1;
        const operand = operands[parameter] ?? 0;
        if (typeof operand !== 'number') words[word] = addressOf(operand);
        else if (type === 'f32') floats[word] = operand;
        else words[word] = operand;
      }
    });
    return {
      words,
      length: this.#operations.length,
      arenaBytes: plan.bytes,
      addresses: new Map(
        [...this.#inputs, ...this.#results].map(([buffer, name]) => [name, addressOf(buffer)]),
      ),
      watches: this.#watches.map((watched) => ({ ...watched, addressOf })),
    };
  }
}
