/** What differs between a browser and Node: where the compiled kernels come from, and how a thread starts. */
import type { VariantName } from '@/engine/wasm/variants';

/** Sent once for each memory; the thread instantiates the module and then follows thread 0 until told to stop. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly thread: number;
  /** Commands given so far. */
  readonly command: number;
  /** Positions of syncWords in the memory, in 32-bit words. */
  readonly words: {
    /** The thread adds 1 there before it answers. */
    readonly joined: number;
    /** Where it fails, it writes 1 to the one and adds 1 to the other, in this order, and wakes who waits there. */
    readonly failed: number;
    readonly generation: number;
  };
}

export interface WasmThread {
  /** Resolves when the thread has taken over the memory, written to it, and listens; rejects where its script does not run. */
  readonly start: (start: ThreadStart) => Promise<void>;
  readonly terminate: () => void;
}

export interface WasmHost {
  /** @throws an Error that says why there are none, within a limited time */
  readonly readBinary: (name: VariantName) => Promise<Uint8Array<ArrayBuffer>>;
  /** Null where memory cannot be shared. */
  readonly createThread: (() => WasmThread) | null;
  /** Logical processors. */
  readonly processors: number;
  /** Whether this thread may sleep in Atomics.wait; a page's main thread may not. */
  readonly maySleep: boolean;
}
