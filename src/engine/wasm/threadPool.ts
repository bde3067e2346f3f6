/** The threads beside the engine's own: all of them work on one memory, and show it before anything is given to them. */
import { memoryMap, syncWords } from '@/engine/wasm/operations';
import type { WasmThread } from '@/engine/wasm/wasmHost';
import type { EngineNotice } from '@/model/backend';
import { TimeoutError, within } from '@/data/within';

/** A thread's script is small; one that takes longer does not come. */
const joinMilliseconds = 5_000;

/** The kernels' own tables and the words that threads meet at. */
const smallestPages = 2;

/** Why the threads cannot be worked with. */
export class ThreadsError extends Error {
  override readonly name = 'ThreadsError';
  readonly notice: EngineNotice;
  constructor(reason: EngineNotice['reason'], detail: string) {
    super(detail);
    this.notice = { reason, detail };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class ThreadPool {
  readonly #threads: WasmThread[] = [];
  /** What the threads follow. */
  #memory: WebAssembly.Memory | null = null;

  /** Starts loading `count` threads. @throws ThreadsError where the browser refuses one */
  constructor(create: () => WasmThread, count: number) {
    try {
      while (this.#threads.length < count) this.#threads.push(create());
    } catch (error) {
      this.dispose();
      throw new ThreadsError('thread_failed', messageOf(error));
    }
  }

  get size(): number {
    return this.#threads.length;
  }

  /** Shows on the smallest memory that threads work here. @throws ThreadsError */
  async prove(module: WebAssembly.Module): Promise<void> {
    let memory: WebAssembly.Memory;
    try {
      memory = new WebAssembly.Memory({ initial: smallestPages, maximum: smallestPages, shared: true });
    } catch (error) {
      throw new ThreadsError('no_shared_memory', messageOf(error));
    }
    await this.join(module, memory);
    this.leave();
  }

  /**
   * Resolves when every thread follows this memory, which must be new. Each has then written to it, and what it wrote was seen here.
   * @throws ThreadsError; the pool is of no more use then
   */
  async join(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<void> {
    this.leave();
    const sync = memoryMap.sync / Int32Array.BYTES_PER_ELEMENT;
    const { joined, failed, generation } = syncWords;
    const words = { joined: sync + joined, failed: sync + failed, generation: sync + generation };
    const answers = this.#threads.map((thread, i) =>
      thread.start({ module, memory, thread: i + 1, command: 0, words }),
    );
    try {
      await within(
        joinMilliseconds,
        Promise.all(answers),
        `No answer within ${joinMilliseconds / 1000} seconds.`,
      );
    } catch (error) {
      const reason = error instanceof TimeoutError ? 'thread_silent' : 'thread_failed';
      throw new ThreadsError(reason, messageOf(error));
    }
    const seen = Atomics.load(new Int32Array(memory.buffer), words.joined);
    if (seen !== this.size) {
      const detail = `${seen} of ${this.size} threads wrote to the memory that this one sees.`;
      throw new ThreadsError('memory_not_shared', detail);
    }
    this.#memory = memory;
  }

  /** Ends the loop of the threads, which then wait for a next memory. */
  leave(): void {
    if (this.#memory === null) return;
    const words = new Int32Array(this.#memory.buffer, memoryMap.sync);
    Atomics.store(words, syncWords.length, 0);
    Atomics.add(words, syncWords.command, 1);
    Atomics.notify(words, syncWords.command);
    this.#memory = null;
  }

  dispose(): void {
    this.#memory = null;
    for (const thread of this.#threads) thread.terminate();
    this.#threads.length = 0;
  }
}
