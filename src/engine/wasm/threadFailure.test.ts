// A thread that ends in the middle of its work: whoever waits for it stops waiting, and the engine is given up.
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { memoryMap, syncWords } from '@/engine/wasm/operations';
import { Program } from '@/engine/wasm/program';
import { ThreadPool } from '@/engine/wasm/threadPool';
import { WasmRuntime } from '@/engine/wasm/wasmRuntime';
import type { WasmThread } from '@/engine/wasm/wasmHost';
import { lenet } from '@/model/architectures';
import { defaultConfig } from '@/model/presets';

const host = nodeHost();
const disposed: (() => void)[] = [];
afterEach(() => {
  for (const dispose of disposed.splice(0)) dispose();
});

it.each([2, 4])('a trap of one of %i threads ends the program for all', async (threads) => {
  const { createThread } = host;
  if (createThread === null) throw new Error('Node has threads.');
  const module = await WebAssembly.compile(await host.readBinary('simdThreads'));
  const pool = new ThreadPool(createThread, threads - 1);
  const runtime = new WasmRuntime({ module, isShared: true, pool, maySleep: true });
  disposed.push(() => runtime.dispose());
  await runtime.reserve(2 ** 20);
  runtime.programAddress = memoryMap.firstFree;

  const program = new Program({ precision: 'float32', images: 32, threads });
  const count = 4096;
  // Thread 0's share lies before the memory's end, the last thread's behind it.
  const x = 2 ** 20 - (count * 4) / threads;
  program.emit('relu', { x, y: x, count });
  const failing = program.encode(memoryMap.firstFree + 65_536);
  const failure = { name: 'EngineError', code: 'device', message: expect.stringContaining('kernels failed') };
  expect(() => runtime.run(failing)).toThrow(expect.objectContaining(failure));

  const good = new Program({ precision: 'float32', images: 32, threads });
  good.emit('relu', { x: 2 ** 19, y: 2 ** 19, count });
  const next = good.encode(memoryMap.firstFree + 65_536);
  expect(() => runtime.run(next), 'nobody is there to run it').toThrow(expect.objectContaining(failure));
});

/** A thread that joins, and fails as soon as there is work. */
function failingThread(): WasmThread {
  const at = (word: number): number => memoryMap.sync / Int32Array.BYTES_PER_ELEMENT + word;
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
    parentPort.on('message', ({ memory, words }) => {
      const shared = new Int32Array(memory.buffer);
      Atomics.add(shared, words.joined, 1);
      parentPort.postMessage('ready');
      Atomics.wait(shared, ${at(syncWords.command)}, 0);
      if (Atomics.load(shared, ${at(syncWords.length)}) === 0) return;
      Atomics.store(shared, words.failed, 1);
      Atomics.add(shared, words.generation, 1);
      Atomics.notify(shared, words.generation);
    });`,
    { eval: true },
  );
  worker.unref();
  return {
    start: (start) =>
      new Promise((resolve) => {
        worker.once('message', () => resolve());
        worker.postMessage(start);
      }),
    terminate: () => void worker.terminate(),
  };
}

it('a step ends as on a lost device, whose run goes on from where it was kept', async () => {
  const engine = await createWasmEngine({ host: { ...host, createThread: failingThread }, threads: 3 });
  disposed.push(() => engine.dispose());
  const count = 32;
  await engine.setImages('train', {
    images: new Uint8Array(count * 784),
    labels: new Uint8Array(count),
    count,
  });
  await engine.compile({ ...defaultConfig('lenet'), network: lenet, batchSize: 16, trainingImages: count });
  await expect(engine.step(1)).rejects.toMatchObject({ name: 'EngineError', code: 'device' });
});
