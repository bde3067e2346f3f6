// A step that is gone back to has the bits that the run had there.
import { expect, it } from 'vitest';
import type { Engine } from '@/engine/engine';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { encodeWeights } from '@/formats/checkpoint';
import type { RunEvent } from '@/model/runEvents';
import type { RequestParams } from '@/protocol/requests';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { RecordedRunWorker, uncutBits } from '../../../scripts/recordedRun.ts';
import { smallRun, weightsRequest } from '../../../scripts/trainerLab.ts';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';
import { largestDifference, mayDiffer } from './difference';

const config = {
  ...smallRun('lenet', 100, { epochs: 2, shuffle: true }),
  optimizer: { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 },
  learningRate: 0.001,
  schedule: { kind: 'cosine', minLearningRate: 0 },
} as const;

const create = (): Promise<Engine> => createWasmEngine({ host: nodeHost(), threads: 1 });
const steps = Array.from({ length: 20 }, () => 1 + Math.floor(Math.random() * 199));
const exportRequest = {
  ...weightsRequest,
  run: { step: 0 } as RequestParams<'exportFile'>['run'],
} as RequestParams<'exportFile'>;

it('goes back to 20 steps at random and to the bits that they had, while the run trains and when it has ended', async () => {
  const store = memoryRuns();
  const worker = new RecordedRunWorker(store, create);
  worker.begin(config);
  await worker.until(() => worker.steps >= 30);
  worker.send({ type: 'setLearningRate', runId: 'a', learningRate: 0.002 });
  const changed = (): RunEvent | undefined =>
    worker.events.flatMap((event) => (event.type === 'runChanged' ? event.events : []))[0];
  await worker.until(() => changed() !== undefined && worker.steps >= 60);
  const early = await worker.request('showStep', { runId: 'a', step: 40, exactly: true });
  const files = new Map([[40, (await worker.request('exportFile', exportRequest)).file]]);
  expect(early).toEqual({ step: 40, secondsToExact: null, difference: null });
  expect((await worker.request('predict', { images: new Uint8Array(784), count: 1 })).step).toBe(40);
  await worker.end(store);
  // From the very step of the change, which the engine that stands there has to know of, on to the next.
  const from = changed()?.step ?? NaN;
  for (const step of [from, from + 1, ...steps]) {
    const shown = await worker.request('showStep', { runId: 'a', step, exactly: true });
    expect(shown).toEqual({ step, secondsToExact: null, difference: null });
    files.set(step, (await worker.request('exportFile', exportRequest)).file);
  }
  worker.cut();

  const expected = new Map<number, Uint8Array>();
  const looks = [...files.keys()].map(
    (step) =>
      [
        step,
        (parameters: Parameters<typeof encodeWeights>[1]) =>
          expected.set(step, encodeWeights(config.network, parameters)),
      ] as const,
  );
  const event = changed();
  await uncutBits(config, event === undefined ? [] : [event], create, new Map(looks));
  expect(expected.size).toBe(files.size);
  for (const [step, file] of files)
    expect(Buffer.from(file).equals(expected.get(step) ?? new Uint8Array()), `step ${step}`).toBe(true);
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
