// On our own engine in Node: a network that was trained a little, and real test images.
import { afterEach, expect, test } from 'vitest';
import { imageBytes } from '@/data/manifest';
import type { Engine } from '@/engine/engine';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { corrupt, corruptionKinds, corruptionStrengths } from '@/model/corruptions';
import type { RequestParams } from '@/protocol/requests';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { RecordedRunWorker } from '../../scripts/recordedRun.ts';
import { mnist, smallRun } from '../../scripts/trainerLab.ts';
import { nodeHost } from '../../scripts/wasm/nodeHost.ts';
import { corruptionAccuracies } from './robustness';

const workers: RecordedRunWorker[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.cut();
});
const create = (): Promise<Engine> => createWasmEngine({ host: nodeHost(), threads: 1 });
const trainedMynn = smallRun('mynn', 150, { epochs: 1, batchSize: 32, learningRate: 0.02 });
const all: RequestParams<'corruptionAccuracies'> = { kinds: corruptionKinds, count: 500, seed: 3 };

function begun(): RecordedRunWorker {
  const worker = new RecordedRunWorker(memoryRuns(), create);
  workers.push(worker);
  worker.begin(trainedMynn);
  return worker;
}

test('is the accuracy on the images that corrupt() makes, at every strength', async () => {
  const worker = begun();
  const ended = (): boolean =>
    worker.events.some((event) => event.type === 'runStatus' && event.status.phase === 'finished');
  await worker.until(ended);
  const { points, images, step } = await worker.request('corruptionAccuracies', all);
  expect({ images, step }).toEqual({ images: 500, step: 150 });
  expect(points.map(({ kind, strength }) => [kind, strength])).toEqual(
    corruptionKinds.flatMap((kind) => corruptionStrengths[kind].map((strength) => [kind, strength])),
  );
  const { test: set } = mnist();
  for (const { accuracy, ...corruption } of points.filter((_, i) => i % 5 === 0)) {
    const spoiled = new Uint8Array(500 * imageBytes);
    for (let i = 0; i < 500; i += 1) {
      const image = set.images.subarray(i * imageBytes, (i + 1) * imageBytes);
      spoiled.set(corrupt(image, corruption, 3, i), i * imageBytes);
    }
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { predictions } = await worker.request('predict', { images: spoiled, count: 500 });
    const right = predictions.filter((prediction, i) => prediction === set.labels[i]).length;
    expect(accuracy).toBe(right / 500);
  }
  // It reads the images as they are much better than those that are spoiled most.
  for (const kind of corruptionKinds) {
    const curve = points.filter((point) => point.kind === kind).map(({ accuracy }) => accuracy);
    expect(Math.max(...curve) - Math.min(...curve)).toBeGreaterThan(0.2);
  }
  expect(
    new Set(
      points
        .filter(({ strength, kind }) => strength === (kind === 'scale' ? 1 : 0))
        .map(({ accuracy }) => accuracy),
    ).size,
  ).toBe(1);
}, 60_000);

test('is of one network, while the run trains on', async () => {
  const worker = begun();
  await worker.until(() => worker.steps >= 5);
  const asked = worker.request('corruptionAccuracies', { ...all, kinds: ['noise'] });
  const stepsThen = worker.steps;
  const { step } = await asked;
  expect(step).toBeGreaterThanOrEqual(stepsThen);
  expect(step).toBeLessThan(150);
  expect(worker.steps).toBeGreaterThan(step);
}, 60_000);

test('ends between two pieces when it is not wanted any more', async () => {
  const controller = new AbortController();
  let asked = 0;
  const engine = {
    predict: (_: Uint8Array, count: number) => {
      asked += 1;
      if (asked === 3) controller.abort();
      return Promise.resolve(new Float32Array(count * 10));
    },
  };
  const pass = corruptionAccuracies(engine, mnist().test, all, () => undefined, controller.signal);
  await expect(pass).rejects.toMatchObject({ name: 'AbortError' });
  expect(asked).toBe(3);
});

test('tells shares that rise to the whole', async () => {
  const shares: number[] = [];
  const points: string[] = [];
  const engine = { predict: (_: Uint8Array, count: number) => Promise.resolve(new Float32Array(count * 10)) };
  await corruptionAccuracies(
    engine,
    mnist().test,
    { ...all, kinds: ['blur', 'shift'], count: 300 },
    ({ done, point }) => {
      shares.push(done);
      if (point !== null) points.push(`${point.kind} ${point.strength}`);
    },
    new AbortController().signal,
  );
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
  expect(points).toHaveLength(corruptionStrengths.blur.length + corruptionStrengths.shift.length);
});
