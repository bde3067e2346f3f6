/** One instance of the kernels with its memory and its threads. */
import { EngineError } from '@/engine/engine';
import { memoryMap, operationWords, syncWords } from '@/engine/wasm/operations';
import type { EncodedProgram } from '@/engine/wasm/program';
import type { Precision } from '@/engine/precision';
import type { Values } from '@/engine/wasm/precision';
import type { WasmHost, WasmThread } from '@/engine/wasm/wasmHost';

const pageBytes = 65_536;
const mostPages = 65_536;

interface Exports {
  readonly lead: (program: number, length: number, threads: number, maySleep: number) => void;
}

export interface RuntimeOptions {
  readonly host: WasmHost;
  readonly module: WebAssembly.Module;
  readonly isShared: boolean;
  readonly threads: number;
}

export class WasmRuntime {
  readonly #options: RuntimeOptions;
  readonly #threads: WasmThread[] = [];
  #memory: WebAssembly.Memory | null = null;
  #exports: Exports | null = null;
  #loaded: EncodedProgram | null = null;
  #programAt = 0;

  constructor(options: RuntimeOptions) {
    this.#options = options;
  }

  /**
   * A memory of at least `bytes`. An old one that is not much too large is used again, so that repeated compiling
   * does not fill the address space.
   * @throws EngineError `limits` when the browser has no such memory to give.
   */
  async reserve(bytes: number): Promise<void> {
    const pages = Math.ceil(bytes / pageBytes);
    const present = (this.#memory?.buffer.byteLength ?? 0) / pageBytes;
    this.#loaded = null;
    if (present >= pages && present <= 4 * pages + 256) return;
    this.#stopThreads();
    const { module, isShared, threads, host } = this.#options;
    const memory = createMemory(pages, isShared);
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    this.#memory = memory;
    // The module is our own, built from assembly/.
    this.#exports = instance.exports as unknown as Exports;
    if (host.createThread === null) return;
    while (this.#threads.length < threads - 1) this.#threads.push(host.createThread());
    await Promise.all(
      this.#threads.map((thread, i) => thread.start({ module, memory, thread: i + 1, command: 0 })),
    );
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

  /** Runs the operations from number `from` up to, without, number `to`. */
  run(program: EncodedProgram, from = 0, to = program.length): void {
    if (this.#exports === null) throw new Error('The runtime has no memory yet.');
    if (this.#loaded !== program) {
      this.words(this.#programAt, program.words.length).set(program.words);
      this.#loaded = program;
    }
    // Threads take a program of no operations for their end.
    if (to <= from) return;
    const { threads, host } = this.#options;
    const start = this.#programAt + from * operationWords * Int32Array.BYTES_PER_ELEMENT;
    this.#exports.lead(start, to - from, threads, host.maySleep ? 1 : 0);
  }

  dispose(): void {
    this.#stopThreads();
    for (const thread of this.#threads) thread.terminate();
    this.#threads.length = 0;
    this.#memory = null;
    this.#exports = null;
    this.#loaded = null;
  }

  /** Ends the loop of the threads, which then wait for a next memory. */
  #stopThreads(): void {
    if (this.#memory === null || this.#threads.length === 0) return;
    const words = this.words(memoryMap.sync, 64);
    Atomics.store(words, syncWords.length, 0);
    Atomics.add(words, syncWords.command, 1);
    Atomics.notify(words, syncWords.command);
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
