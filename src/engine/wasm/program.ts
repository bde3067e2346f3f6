/** A program under construction: operations on buffers that have no address yet; planning gives them one, encoding writes the words. */
import { encodeProgram } from '@/engine/wasm/encodeProgram';
import {
  gradientSlices,
  operationWords,
  type OperationArguments,
  type OperationName,
} from '@/engine/wasm/operations';
import { sizeFactor, type Precision } from '@/engine/wasm/precision';

/** Memory of its own; `address` is known from the start for what outlives the program (parameters, images, results). */
export interface WasmBuffer {
  readonly name: string;
  readonly bytes: number;
  readonly address: number | null;
}

export type Argument = number | WasmBuffer;

export interface Operation {
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

/** A watch with the number of operations that were emitted before it. */
export interface PlacedWatch {
  readonly watch: Watch;
  readonly after: number;
}

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

interface ProgramSizes {
  readonly precision: Precision;
  /** Of the batch. */
  readonly images: number;
  readonly threads: number;
}

export class Program {
  readonly precision: Precision;
  readonly #images: number;
  readonly #threads: number;
  readonly #operations: Operation[] = [];
  /** Buffers that are filled before the program starts, and that are read after its end, by the name to find them by. */
  readonly #inputs = new Map<string, WasmBuffer>();
  readonly #results = new Map<string, WasmBuffer>();
  readonly #watches: PlacedWatch[] = [];

  constructor({ precision, images, threads }: ProgramSizes) {
    this.precision = precision;
    this.#images = images;
    this.#threads = threads;
  }

  /** A buffer for this program alone; `bytes` are those of its values in float32. */
  buffer(name: string, bytes: number): WasmBuffer {
    return { name, bytes: bytes * sizeFactor(this.precision), address: null };
  }

  /** A buffer that is filled before the program starts. */
  input(name: string, bytes: number): WasmBuffer {
    const buffer = this.buffer(name, bytes);
    this.#inputs.set(name, buffer);
    return buffer;
  }

  /** Leaves the buffer untouched until the program's end, to be read then. */
  keep(buffer: WasmBuffer, resultName: string): void {
    this.#results.set(resultName, buffer);
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

  /** Bytes that the program has when it is encoded, at most. */
  get codeBytes(): number {
    return this.#operations.length * gradientSlices * operationWords * Int32Array.BYTES_PER_ELEMENT;
  }

  /** Writes the program for an arena at `arena`. */
  encode(arena: number): EncodedProgram {
    return encodeProgram(
      {
        precision: this.precision,
        images: this.#images,
        threads: this.#threads,
        operations: this.#operations,
        inputs: this.#inputs,
        results: this.#results,
        watches: this.#watches,
      },
      arena,
    );
  }
}
