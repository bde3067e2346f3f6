/** A thread of the engine's pool in a browser: takes over a memory, then runs what thread 0 starts until it is told to stop. */
import type { ThreadStart } from '@/engine/wasm/wasmHost';

interface Exports {
  readonly follow: (thread: number, seen: number) => void;
}

globalThis.addEventListener('message', (event: MessageEvent<ThreadStart>) => {
  const { module, memory, thread, command, joined } = event.data;
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  Atomics.add(new Int32Array(memory.buffer), joined, 1);
  globalThis.postMessage('ready');
  // The module is our own, built from assembly/.
  (exports as unknown as Exports).follow(thread, command);
});
