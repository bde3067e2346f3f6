/** A thread of the engine's pool in a browser: takes over a memory, then runs what thread 0 starts until it is told to stop. */
import type { ThreadStart } from '@/engine/wasm/wasmHost';

interface Exports {
  readonly follow: (thread: number, seen: number) => void;
}

globalThis.addEventListener('message', (event: MessageEvent<ThreadStart>) => {
  const { module, memory, thread, command, words } = event.data;
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const shared = new Int32Array(memory.buffer);
  Atomics.add(shared, words.joined, 1);
  globalThis.postMessage('ready');
  try {
    // The module is our own, built from assembly/.
    (exports as unknown as Exports).follow(thread, command);
  } catch {
    // Thread 0 waits in the kernels, where no event reaches it; it fails as well, and tells.
    Atomics.store(shared, words.failed, 1);
    Atomics.add(shared, words.generation, 1);
    Atomics.notify(shared, words.generation);
  }
});
