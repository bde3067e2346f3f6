// On our own engine in Node and all of MNIST's test images.
import { afterEach, expect, test } from 'vitest';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { classCount } from '@/model/classCounts';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { RecordedRunWorker } from '../../scripts/recordedRun.ts';
import { mnist, smallRun } from '../../scripts/trainerLab.ts';
import { nodeHost } from '../../scripts/wasm/nodeHost.ts';
import { readLogits } from './testPredictions';

const workers: RecordedRunWorker[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.cut();
});

const startWorker = async (): Promise<RecordedRunWorker> => {
  const worker = new RecordedRunWorker(memoryRuns(), () =>
    createWasmEngine({ host: nodeHost(), threads: 1 }),
  );
  worker.send({ type: 'prepare', runId: 'a', config: smallRun('mynn', 4), weights: 'seed' });
  workers.push(worker);
  await worker.until(() =>
    worker.events.some(
      ({ type, ...event }) => type === 'runStatus' && 'status' in event && event.status.phase === 'ready',
    ),
  );
  return worker;
};

test('reads every test image as predict() reads it', async () => {
  const worker = await startWorker();
  const { images, labels } = mnist().test;
  const all = await worker.request('testPredictions', null);
  expect(all.labels).toEqual(labels.slice(0, 10_000));
  expect(Buffer.compare(all.images, images.subarray(0, 10_000 * 784))).toBe(0);
  const some = await worker.request('predict', {
    images: images.slice(9_990 * 784, 10_000 * 784),
    count: 10,
  });
  expect(all.predictions.slice(-10)).toEqual(some.predictions);
  some.probabilities.forEach((value, i) =>
    expect(all.probabilities[9_990 * classCount + i]).toBeCloseTo(value, 6),
  );
});

test('ends when its answer is not wanted any more, and lets the next request in', async () => {
  const worker = await startWorker();
  worker.send({ type: 'request', requestId: 77, request: 'testPredictions', params: null });
  const told = (): number =>
    worker.events.filter((event) => event.type === 'progress' && event.requestId === 77).length;
  await worker.until(() => told() > 0);
  worker.send({ type: 'cancelRequest', requestId: 77 });
  await worker.until(() =>
    worker.events.some((event) => event.type === 'requestFailed' && event.requestId === 77),
  );
  expect(told()).toBeLessThan(4);
  expect((await worker.request('testPredictions', null)).predictions).toHaveLength(10_000);
});

test('takes the first logit that is not a number for the largest, and gives no probabilities then', () => {
  const logits = Float32Array.of(0, 5, NaN, 9, NaN, 0, 0, 0, 0, 0, 0, 0, 0, 7, 7, 0, 0, 0, 0, 0);
  const { predictions, probabilities } = readLogits(logits);
  expect([...predictions]).toEqual([2, 3]);
  expect(probabilities.subarray(0, classCount).every(Number.isNaN)).toBe(true);
  expect(probabilities.subarray(classCount).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
});
