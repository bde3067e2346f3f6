// The loss landscape of a real run on the WebAssembly engine, through the worker's command handler.
import { expect, it } from 'vitest';
import type { Engine } from '@/engine/engine';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { defaultLandscape, type LandscapeSettings, type LossLandscape } from '@/model/lossLandscape';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { bitsOf, RecordedRunWorker, uncutBits } from '../../../scripts/recordedRun.ts';
import { mnist, smallRun } from '../../../scripts/trainerLab.ts';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';

const create = (): Promise<Engine> => createWasmEngine({ host: nodeHost(), threads: 1 });
const config = smallRun('lenet', 60, { epochs: 3 });
const total = 180;
const settings: LandscapeSettings = { ...defaultLandscape, points: 7, images: 100 };

/** Mean loss of the first test images after `step` steps, on an engine of its own. */
async function lossAt(step: number): Promise<number> {
  const engine = await create();
  await engine.setImages('train', mnist().training);
  await engine.setImages('test', mnist().test);
  await engine.compile(config);
  await engine.step(step);
  const { loss } = await engine.evaluate('test', settings.images);
  engine.dispose();
  return loss;
}

/** Each of the two ends with a rest, which keeps the state. */
async function trainTwoEpochs(worker: RecordedRunWorker): Promise<void> {
  worker.send({ type: 'prepare', runId: 'a', config, weights: 'seed' });
  for (const end of [60, 120]) {
    worker.send({ type: 'train', runId: 'a', until: 'epoch' });
    await worker.until(() => {
      const last = worker.events.findLast((event) => event.type === 'runStatus');
      return last?.type === 'runStatus' && last.status.phase === 'paused' && last.status.step === end;
    });
  }
}

it('surveys both planes while the run trains, whose bits stay as they are', async () => {
  const store = memoryRuns();
  const worker = new RecordedRunWorker(store, create);
  await trainTwoEpochs(worker);
  worker.send({ type: 'train', runId: 'a', until: 'end' });
  const random = await worker.request('lossLandscape', settings);
  await worker.end(store);
  const told = worker.events.flatMap((event) =>
    event.type === 'progress' && event.progress.request === 'lossLandscape' ? [event.progress.value] : [],
  );
  expect(told).toHaveLength(49);
  expect(told.at(-1)).toEqual({ done: 1 });
  expect(random.path).toEqual([{ step: random.step, x: 0, y: 0 }]);
  expect([random.explained, random.x[0], random.x[3], random.y[6]]).toEqual([null, -1, 0, 1]);
  // The point in the middle is the network itself: the same bits, evaluated twice.
  expect(random.loss[24]).toBe(random.end.loss);
  expect(random.accuracy[24]).toBe(random.end.accuracy);
  expect(random.end.loss).toBeCloseTo(await lossAt(random.step), 6);
  // One filter's length away nothing is left of what was learnt.
  expect(Math.max(...random.loss)).toBeGreaterThan(random.end.loss);

  const walked = await worker.request('lossLandscape', { ...settings, plane: 'path', extent: 1.2 });
  worker.cut();
  expect(walked.step).toBe(total);
  expect(walked.path.at(-1)).toEqual({ step: total, x: 0, y: 0 });
  const steps = walked.path.map(({ step }) => step);
  expect(steps).toEqual(expect.arrayContaining([0, 60, 120]));
  const [x = 0, y = 0] = walked.explained ?? [];
  expect(x).toBeGreaterThan(y);
  expect(x + y).toBeGreaterThan(0.5);
  expect(x + y).toBeLessThanOrEqual(1 + 1e-9);
  for (const place of walked.path) {
    expect(place.x).toBeGreaterThan(walked.x[0] ?? NaN);
    expect(place.x).toBeLessThan(walked.x[6] ?? NaN);
  }
  expect(walked.end.loss).toBeCloseTo(await lossAt(total), 6);
  const uncut = await uncutBits(config, [], create);
  expect((await bitsOf(store)).loss).toEqual(uncut.loss);
});

it('draws the path of a branch through the states of the run that it came from', async () => {
  const store = memoryRuns();
  const worker = new RecordedRunWorker(store, create);
  await trainTwoEpochs(worker);
  const branch = { ...config, learningRate: 0.02 };
  worker.send({ type: 'branch', runId: 'b', config: branch, parent: { runId: 'a', step: 120 } });
  worker.send({ type: 'train', runId: 'b', until: 'end' });
  await worker.end(store, 'b');
  const walked = await worker.request('lossLandscape', { ...settings, plane: 'path', extent: 1.2 });
  worker.cut();
  const kept = new Set([0, ...(await store.keyframeSteps('a')), ...(await store.keyframeSteps('b'))]);
  expect(walked.path.map(({ step }) => step)).toEqual([...kept].toSorted((x, y) => x - y));
  // It begins at the first weights, which lie furthest from the last ones.
  const distances = walked.path.map(({ x, y }) => Math.hypot(x, y));
  expect(Math.max(...distances)).toBe(distances[0]);
});

it('ends when it is cancelled, and says what is missing', async () => {
  const store = memoryRuns();
  const worker = new RecordedRunWorker(store, create);
  worker.begin({ ...config, epochs: 1 });
  await worker.end(store);
  worker.send({ type: 'request', requestId: 900, request: 'lossLandscape', params: settings });
  const of = (type: 'progress' | 'reply' | 'requestFailed') =>
    worker.events.filter((event) => event.type === type && event.requestId === 900);
  await worker.until(() => of('progress').length >= 3);
  worker.send({ type: 'cancelRequest', requestId: 900 });
  await worker.until(() => of('requestFailed').length > 0);
  expect(of('reply')).toEqual([]);
  expect(of('progress').length).toBeLessThan(49);
  const missing = worker.request('lossLandscape', { ...settings, images: 20_000 });
  await expect(missing).rejects.toThrow('Not all of the 20000 images');
  const after: LossLandscape = await worker.request('lossLandscape', settings);
  expect(after.loss.every(Number.isFinite)).toBe(true);
  const { secondsPerImage } = await worker.request('evaluationPace', null);
  expect(secondsPerImage).toBeGreaterThan(0);
  worker.cut();
});
