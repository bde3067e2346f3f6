// Which build and how many threads the engine takes where something is missing, fails, lies or never answers.
import { setFlagsFromString } from 'node:v8';
import { afterEach, expect, it, vi } from 'vitest';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import type { VariantName } from '@/engine/wasm/variants';
import type { WasmEngine } from '@/engine/wasm/wasmEngine';
import type { WasmHost, WasmThread } from '@/engine/wasm/wasmHost';
import { lenet } from '@/model/architectures';
import { defaultConfig } from '@/model/presets';
import { randomBits } from '@/model/random';

// Node 20 has relaxed SIMD behind a flag; later ones have it.
setFlagsFromString('--experimental-wasm-relaxed-simd');

const node = nodeHost();
const count = 64;
const images = {
  images: Uint8Array.from({ length: count * 784 }, (_, i) => randomBits(1, i) & 255),
  labels: Uint8Array.from({ length: count }, (_, i) => randomBits(2, i) % 10),
  count,
};
const config = { ...defaultConfig('lenet'), network: lenet, batchSize: 32, trainingImages: count };

const opened: WasmEngine[] = [];
async function open(changes: Partial<WasmHost>, onInfoChange?: () => void): Promise<WasmEngine> {
  const engine = await createWasmEngine({ host: { ...node, processors: 4, ...changes }, onInfoChange });
  opened.push(engine);
  return engine;
}
afterEach(() => {
  vi.useRealTimers();
  for (const engine of opened.splice(0)) engine.dispose();
});

async function losses(engine: WasmEngine): Promise<number[]> {
  await engine.setImages('train', images);
  await engine.compile(config);
  await engine.step(2);
  return [...(await engine.readMetrics()).loss];
}

/** Threads that answer in this way in place of their own. */
const threadsThat = (start: WasmThread['start']): (() => WasmThread) => {
  return () => ({ start, terminate: () => undefined });
};

const reasons = (engine: WasmEngine) => engine.info.notices?.map(({ reason }) => reason);

it('leaves a core to the page, and has nothing to say', async () => {
  const engine = await open({});
  expect(engine.info.device).toBe('WebAssembly, SIMD with fused multiply-add, 3 threads');
  expect(engine.info.notices).toBeUndefined();
});

it.each<[string, Partial<WasmHost>]>([
  ['no_shared_memory', { createThread: null }],
  ['thread_failed', { createThread: threadsThat(() => Promise.reject(new Error('HTTP 404'))) }],
  [
    'thread_failed',
    {
      createThread: () => {
        throw new Error('workers are forbidden');
      },
    },
  ],
  // What a structured clone of the memory looks like: the thread answers, and its write is seen by nobody.
  ['memory_not_shared', { createThread: threadsThat(() => Promise.resolve()) }],
  [
    'threaded_kernels_failed',
    {
      readBinary: (name: VariantName) =>
        name.endsWith('Threads') ? Promise.reject(new Error('HTTP 404')) : node.readBinary(name),
    },
  ],
])('computes on one thread and says why: %s', async (reason, changes) => {
  const engine = await open(changes);
  expect(engine.info.device).toMatch(/, 1 thread$/);
  expect(reasons(engine)).toEqual([reason]);
  expect(await losses(engine)).toEqual(await losses(await open({ processors: 1 })));
});

it('does not wait for threads that never answer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const start = vi.fn(() => new Promise<never>(() => undefined));
  const opening = open({ createThread: threadsThat(start) });
  // The kernels are read by then, which has a time-out of its own.
  await vi.waitFor(() => expect(start).toHaveBeenCalled(), { timeout: 60_000 });
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reasons(await opening)).toEqual(['thread_silent']);
});

it('goes on with one thread where the others do not follow to a next memory, with the same bits', async () => {
  const expected = await losses(await open({}));
  let memories = 0;
  const createThread = (): WasmThread => {
    const thread = node.createThread?.();
    if (thread === undefined) throw new Error('Node has threads.');
    const start: WasmThread['start'] = (message) => {
      memories += 1;
      // The first memory only proves that threads work.
      return memories > 3 ? Promise.reject(new Error('gone')) : thread.start(message);
    };
    return { start, terminate: thread.terminate };
  };
  const onInfoChange = vi.fn();
  const engine = await open({ createThread }, onInfoChange);
  expect(engine.info.device).toMatch(/, 3 threads$/);
  expect(await losses(engine)).toEqual(expected);
  expect(engine.info.device).toMatch(/, 1 thread$/);
  expect(reasons(engine)).toEqual(['thread_failed']);
  expect(onInfoChange).toHaveBeenCalledOnce();
  // Nothing is stuck: another network, another memory.
  await engine.compile({ ...config, batchSize: 64 });
  await engine.step(1);
});

it.each([
  ['is not there', () => Promise.reject(new Error('HTTP 404'))],
  ['is a page in HTML', () => Promise.resolve(new TextEncoder().encode('<!doctype html>'))],
  ['is cut off', () => node.readBinary('relaxed').then((bytes) => bytes.slice(0, 5000))],
])('takes the plain build where the one with fused multiply-add %s', async (_, relaxed) => {
  const engine = await open({
    processors: 1,
    readBinary: (name) => (name === 'relaxed' ? relaxed() : node.readBinary(name)),
  });
  expect(engine.info.device).toBe('WebAssembly, SIMD, 1 thread');
  expect(reasons(engine)).toEqual(['fused_kernels_failed']);
  expect(await losses(engine)).toHaveLength(2);
});

it('gives up where no build is there, or what was asked for by name cannot be had', async () => {
  const readBinary = (name: VariantName) => Promise.reject(new Error(`${name}.wasm: HTTP 404.`));
  await expect(open({ processors: 1, readBinary })).rejects.toMatchObject({
    code: 'unsupported',
    message: 'relaxed.wasm: HTTP 404. simd.wasm: HTTP 404.',
  });
  const host = { ...node, createThread: null };
  await expect(createWasmEngine({ host, threads: 2 })).rejects.toMatchObject({ code: 'unsupported' });
});
