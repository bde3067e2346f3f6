/** One instance of the kernels with its memory and its threads. */
import { EngineError } from '@/engine/engine';
import { operationWords } from '@/engine/wasm/operations';
import type { EncodedProgram } from '@/engine/wasm/program';
import type { Precision, Values } from '@/engine/wasm/precision';
import { ThreadsError, type ThreadPool } from '@/engine/wasm/threadPool';
import type { EngineNotice } from '@/model/backend';

const pageBytes = 65_536;
const mostPages = 65_536;

interface Exports {
  readonly lead: (program: number, length: number, threads: number, maySleep: number) => void;
}

export interface RuntimeOptions {
  readonly module: WebAssembly.Module;
  readonly isShared: boolean;
  /** The threads beside this one; the runtime ends them. */
  readonly pool: ThreadPool | null;
  /** Whether this thread may sleep while it waits for others. */
  readonly maySleep: boolean;
  /** Told when the pool is given up. One thread does all the work from then on, with the same results. */
  readonly onThreadsLost?: (notice: EngineNotice) => void;
}

export class WasmRuntime {
  readonly #options: RuntimeOptions;
  #pool: ThreadPool | null;
  #memory: WebAssembly.Memory | null = null;
  #exports: Exports | null = null;
  #loaded: EncodedProgram | null = null;
  #programAt = 0;

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.#pool = options.pool;
  }

  /** Threads that compute, this one included. */
  get threads(): number {
    return 1 + (this.#pool?.size ?? 0);
  }

  /**
   * A memory of at least `bytes`. An old one that is not much too large is used again, so that repeated compiling
   * does not fill the address space. After a failure there is none.
   * @throws EngineError `limits` when the browser has no such memory to give.
   */
  async reserve(bytes: number): Promise<void> {
    const pages = Math.ceil(bytes / pageBytes);
    const present = (this.#memory?.buffer.byteLength ?? 0) / pageBytes;
    this.#loaded = null;
    if (present >= pages && present <= 4 * pages + 256) return;
    this.#pool?.leave();
    this.#memory = null;
    this.#exports = null;
    const { module, isShared } = this.#options;
    const memory = createMemory(pages, isShared);
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    await this.#joinThreads(memory);
    this.#memory = memory;
    // The module is our own, built from assembly/.
    this.#exports = instance.exports as unknown as Exports;
  }

  async #joinThreads(memory: WebAssembly.Memory): Promise<void> {
    try {
      await this.#pool?.join(this.#options.module, memory);
    } catch (error) {
      this.#pool?.dispose();
      this.#pool = null;
      if (!(error instanceof ThreadsError)) throw error;
      this.#options.onThreadsLost?.(error.notice);
    }
  }

  /** Makes room for `bytes` in all without losing what is stored. */
  grow(bytes: number): void {
    const memory = this.#present();
    const missing = Math.ceil(bytes / pageBytes) - memory.buffer.byteLength / pageBytes;
    if (missing <= 0) return;
    try {
      memory.grow(missing);
    } catch (error) {
      throw outOfMemory(bytes, error);
    }
  }

  floats(address: number, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#buffer(), address, count);
  }

  values(precision: Precision, address: number, count: number): Values {
    return precision === 'float64' ? this.doubles(address, count) : this.floats(address, count);
  }

  bytes(address: number, count: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer(), address, count);
  }

  words(address: number, count: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#buffer(), address, count);
  }

  doubles(address: number, count: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#buffer(), address, count);
  }

  /** Where programs lie while they run. */
  set programAddress(address: number) {
    this.#programAt = address;
  }

  /**
   * Runs the operations from number `from` up to, without, number `to`.
   * @throws EngineError `device` where a thread, this one or another, fails in the kernels: the engine is of no more use
   */
  run(program: EncodedProgram, from = 0, to = program.length): void {
    if (this.#exports === null) throw new Error('The runtime has no memory yet.');
    if (this.#loaded !== program) {
      this.words(this.#programAt, program.words.length).set(program.words);
      this.#loaded = program;
    }
    // Threads take a program of no operations for their end.
    if (to <= from) return;
    const start = this.#programAt + from * operationWords * Int32Array.BYTES_PER_ELEMENT;
    try {
      this.#exports.lead(start, to - from, this.threads, this.#options.maySleep ? 1 : 0);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      // Nobody knows what is in the memory, and the other threads have ended or wait for ever.
      throw new EngineError('device', `The WebAssembly kernels failed: ${error.message}.`, { cause: error });
    }
  }

  dispose(): void {
    this.#pool?.dispose();
    this.#memory = null;
    this.#exports = null;
    this.#loaded = null;
  }

  #present(): WebAssembly.Memory {
    if (this.#memory === null) throw new Error('The runtime has no memory yet.');
    return this.#memory;
  }

  /** Typed arrays over shared memory have another type, but the engine only copies in and out of them. */
  #buffer(): ArrayBuffer {
    return this.#present().buffer;
  }
}

function outOfMemory(bytes: number, cause: unknown): EngineError {
  return new EngineError(
    'limits',
    `This network with this batch needs ${(bytes / 2 ** 20).toFixed(0)} MiB of memory, which the browser does not give. Take a smaller network or batch, or an optimizer with less state.`,
    { cause },
  );
}

function createMemory(pages: number, shared: boolean): WebAssembly.Memory {
  if (pages > mostPages) throw outOfMemory(pages * pageBytes, null);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: mostPages, shared });
  } catch (error) {
    throw outOfMemory(pages * pageBytes, error);
  }
}
