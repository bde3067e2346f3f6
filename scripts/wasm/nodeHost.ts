/** The host of the WebAssembly engine in Node: kernels from the disk, threads of node:worker_threads. */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { WasmHost, WasmThread } from '@/engine/wasm/wasmHost';

const folder = fileURLToPath(new URL('../../src/engine/wasm/build/', import.meta.url));

// Plain JavaScript in a text: a Node worker cannot load TypeScript by itself.
const threadSource = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ module, memory, thread, command, words }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const shared = new Int32Array(memory.buffer);
  Atomics.add(shared, words.joined, 1);
  parentPort.postMessage('ready');
  try {
    exports.follow(thread, command);
  } catch {
    Atomics.store(shared, words.failed, 1);
    Atomics.add(shared, words.generation, 1);
    Atomics.notify(shared, words.generation);
  }
});`;

function createThread(): WasmThread {
  const worker = new Worker(threadSource, { eval: true });
  worker.unref();
  return {
    start: (start) =>
      new Promise<void>((resolve, reject) => {
        worker.once('message', () => resolve());
        worker.once('error', reject);
        worker.postMessage(start);
      }),
    terminate: () => void worker.terminate(),
  };
}

export function nodeHost(): WasmHost {
  return {
    readBinary: (name) => {
      const path = `${folder}${name}.wasm`;
      if (!existsSync(path))
        throw new Error(`${path} is missing. Run \`npm run wasm\` to compile the kernels.`);
      return Promise.resolve(new Uint8Array(readFileSync(path)));
    },
    createThread,
    processors: availableParallelism(),
    maySleep: true,
  };
}
