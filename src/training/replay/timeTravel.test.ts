// A step that is gone back to has the bits that the run had there.
import { expect, it } from 'vitest';
import type { Engine } from '@/engine/engine';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import type { RunEvent } from '@/model/runEvents';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { adamRun, exactly, RecordedRunWorker, uncutFiles } from '../../../scripts/recordedRun.ts';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';
import { largestDifference, mayDiffer } from './difference';

const config = adamRun('lenet', 100, {
  epochs: 2,
  schedule: { kind: 'cosine', minLearningRate: 0 },
});

const create = (): Promise<Engine> => createWasmEngine({ host: nodeHost(), threads: 1 });
const steps = Array.from({ length: 20 }, () => 1 + Math.floor(Math.random() * 199));
it('goes back to 20 steps at random and to the bits that they had, while the run trains and when it has ended', async () => {
  const store = memoryRuns();
  const worker = new RecordedRunWorker(store, create);
  worker.begin(config);
  await worker.until(() => worker.steps >= 30);
  worker.send({ type: 'setLearningRate', runId: 'a', learningRate: 0.002 });
  const changed = (): RunEvent | undefined =>
    worker.events.flatMap((event) => (event.type === 'runChanged' ? event.events : []))[0];
  await worker.until(() => changed() !== undefined && worker.steps >= 60);
  const early = await worker.show(40);
  const files = new Map([[40, early.file]]);
  expect(early.shown).toEqual(exactly(40));
  expect((await worker.request('predict', { images: new Uint8Array(784), count: 1 })).step).toBe(40);
  await worker.end(store);
  // From the very step of the change, which the engine that stands there has to know of, on to the next.
  const from = changed()?.step ?? NaN;
  for (const step of [from, from + 1, ...steps]) {
    const { shown, file } = await worker.show(step);
    expect(shown).toEqual(exactly(step));
    files.set(step, file);
  }
  worker.cut();

  const event = changed();
  const expected = await uncutFiles(config, event === undefined ? [] : [event], create, files.keys());
  expect(files).toEqual(expected.files);
});

it('leaves a step for another one at once, and gives the run back', async () => {
  const store = memoryRuns();
  const worker = new RecordedRunWorker(store, create);
  worker.begin({ ...config, epochs: 1 });
  await worker.end(store);
  const asked = [10, 90, 50].map((step) => worker.request('showStep', { runId: 'a', step, exactly: true }));
  const shown = await Promise.all(asked);
  expect(shown.at(-1)).toMatchObject({ step: 50 });
  expect(shown[0]).toBeNull();
  const step = async (): Promise<number> =>
    (await worker.request('predict', { images: new Uint8Array(784), count: 1 })).step;
  expect(await step()).toBe(50);
  expect(await worker.request('showStep', { runId: 'a', step: null, exactly: false })).toBeNull();
  expect(await step()).toBe(100);
  worker.cut();
});

it('goes back beyond the step at which a branch of a branch began, to the bits of the run before', async () => {
  const store = memoryRuns();
  const worker = new RecordedRunWorker(store, create);
  worker.begin({ ...config, epochs: 1 });
  await worker.end(store);
  const files = new Map<number, Uint8Array>();
  for (const step of [20, 35, 50]) files.set(step, (await worker.show(step)).file);
  const branch = async (runId: string, parentId: string, step: number, change: object): Promise<void> => {
    const parent = { runId: parentId, step };
    worker.send({ type: 'branch', runId, config: { ...config, epochs: 1, ...change }, parent });
    worker.send({ type: 'train', runId, until: 'end' });
    await worker.end(store, runId);
  };
  await branch('b', 'a', 50, { learningRate: 0.01 });
  const own = await worker.show(70, 'b');
  for (const [step, file] of files)
    expect(await worker.show(step, 'b')).toEqual({ shown: exactly(step), file });
  // From before where its parent began itself.
  await branch('c', 'b', 35, { learningRate: 0.1 });
  expect((await store.get('c'))?.parent).toEqual({ runId: 'b', step: 35 });
  expect((await worker.show(20, 'c')).file).toEqual(files.get(20));
  expect((await worker.show(70, 'c')).file).not.toEqual(own.file);
  await store.remove(['b']);
  await expect(worker.show(20, 'c')).rejects.toThrow('is not kept any more');
  expect((await worker.show(36, 'c')).shown).toEqual(exactly(36));
  worker.cut();
});

it('says where bits may differ, and by how much they do', () => {
  const one = {
    engine: 'wasm',
    backend: 'wasm',
    device: 'WebAssembly, SIMD, 1 thread',
    isSoftware: false,
    browser: 'a',
    pageVersion: '1',
  } as const;
  expect(mayDiffer(one, { ...one, device: 'WebAssembly, SIMD, 4 threads', browser: 'b' })).toBe(false);
  expect(mayDiffer(one, { ...one, device: 'WebAssembly, SIMD with fused multiply-add, 1 thread' })).toBe(
    true,
  );
  expect(mayDiffer(one, { ...one, pageVersion: '2' })).toBe(true);
  const gpu = { ...one, engine: 'webgpu', backend: 'webgpu' } as const;
  expect([mayDiffer(gpu, gpu), mayDiffer(gpu, { ...gpu, browser: 'b' })]).toEqual([false, true]);
  const dict = (...values: number[]) =>
    new Map([['w', { dtype: 'F32', shape: [values.length], data: Float32Array.from(values) } as const]]);
  expect(largestDifference(dict(1, -4), dict(1, -4))).toBe(0);
  expect(largestDifference(dict(1, -4), dict(1.5, -4))).toBe(0.125);
  expect(largestDifference(dict(1, -4), dict(NaN, -4))).toBeNaN();
});
