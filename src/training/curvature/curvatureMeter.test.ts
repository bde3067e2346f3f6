// The curvature of a real run on the WebAssembly engine, through the worker's command handler.
import { expect, it } from 'vitest';
import type { Engine } from '@/engine/engine';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { encodeWeights } from '@/formats/checkpoint';
import type { CurvaturePoint } from '@/model/curvature';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { bitsOf, nothingKept, RecordedRunWorker, type RunBits } from '../../../scripts/recordedRun.ts';
import { curvatureFixture, tinyConfig, tinyState } from '../../../scripts/tinyNetworks.ts';
import { mnist, smallRun } from '../../../scripts/trainerLab.ts';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';
import { SecondEngine } from '@/training/secondEngine';
import { CurvatureMeter } from './curvatureMeter';

const create = (): Promise<Engine> => createWasmEngine({ host: nodeHost(), threads: 1 });
/** With augmentation and Dropout, whose random numbers hang on the step. */
const base = smallRun('mynn', 30, { epochs: 1, learningRate: 0.02, shuffle: true });
const config = { ...base, input: { ...base.input, augment: { shift: 2, rotate: 10, scale: 0.1 } } };
const settings = { interval: 10, images: 64 } as const;

const pointsOf = (worker: RecordedRunWorker): CurvaturePoint[] =>
  worker.events.flatMap((event) => (event.type === 'curvature' ? [event.point] : []));
const figures = (points: readonly CurvaturePoint[]) =>
  points.map(({ step, eigenvalue, iterations }) => ({ step, eigenvalue, iterations }));

async function run(
  act: (worker: RecordedRunWorker) => Promise<void> | void,
): Promise<{ readonly bits: RunBits; readonly points: CurvaturePoint[] }> {
  const store = memoryRuns();
  const worker = new RecordedRunWorker(store, create);
  await act(worker);
  await worker.end(store);
  const bits = await bitsOf(store);
  worker.cut();
  return { bits, points: pointsOf(worker) };
}

it('leaves every bit of the run as it is, however often it is measured, paused or looked back from', async () => {
  const without = await run((worker) => worker.begin(config));
  const measured = await run((worker) => {
    worker.send({ type: 'setCurvature', settings });
    worker.begin(config);
  });
  const disturbed = await run(async (worker) => {
    worker.send({ type: 'setCurvature', settings });
    worker.begin(config);
    // In the midst of a measurement, which is then made once more.
    await worker.until(() => pointsOf(worker).length > 0 && worker.steps >= 9);
    worker.send({ type: 'pause', runId: 'a' });
    worker.send({ type: 'train', runId: 'a', until: 'end' });
    const shown = await worker.request('showStep', { runId: 'a', step: 5, exactly: true });
    expect(shown).toMatchObject({ step: 5 });
    await worker.until(() => pointsOf(worker).length >= 3);
    const predict = { images: new Uint8Array(784), count: 1 };
    expect((await worker.request('predict', predict)).step, 'the step on show comes back').toBe(5);
  });
  const file = ({ bits }: { readonly bits: RunBits }): Uint8Array =>
    encodeWeights(config.network, bits.state?.parameters ?? new Map());
  expect(without.points).toEqual([]);
  expect(measured.points.map(({ step }) => step)).toEqual([0, 10, 20, 30]);
  for (const other of [measured, disturbed]) {
    expect(other.bits.loss).toEqual(without.bits.loss);
    expect(Buffer.from(file(other)).equals(file(without))).toBe(true);
  }
  expect(figures(disturbed.points)).toEqual(figures(measured.points));
});

it('follows the settings and the learning rate', async () => {
  const { points } = await run(async (worker) => {
    worker.send({ type: 'setCurvature', settings });
    worker.begin({ ...config, learningRate: 0.001 });
    await worker.until(() => pointsOf(worker).length >= 2);
    worker.send({ type: 'setLearningRate', runId: 'a', learningRate: 0.5 });
    worker.send({ type: 'setCurvature', settings: { ...settings, interval: 15 } });
    await worker.until(() => pointsOf(worker).length >= 3);
    worker.send({ type: 'setCurvature', settings: null });
  });
  expect(points.map(({ step }) => step)).toEqual([0, 10, 15]);
  // Momentum 0.9: (2 + 2 * 0.9) / learning rate.
  expect(points.map(({ stable }) => stable)).toEqual([3800, 3800, 7.6].map((value) => expect.closeTo(value)));
  expect(points.every(({ milliseconds }) => milliseconds > 0)).toBe(true);
});

it('goes on from the last eigenvector of the run, and comes to the eigenvalue of the whole Hessian', async () => {
  const { images, largest, state } = curvatureFixture('smooth');
  const source = mnist();
  const second = new SecondEngine({ source, open: create, inUse: () => null, onBusy: () => undefined });
  const meter = new CurvatureMeter(second, source);
  meter.settings = { interval: 1, images };
  const measured = (runId: string): Promise<CurvaturePoint | null> =>
    meter.measure({
      runId,
      config: tinyConfig('smooth'),
      step: 0,
      learningRate: tinyConfig('smooth').learningRate,
      images,
      parameters: tinyState('smooth', state),
      isWanted: () => true,
    });
  const [cold, warm, other] = [await measured('a'), await measured('a'), await measured('b')];
  meter.settings = null;
  expect(cold?.iterations).toBeGreaterThan(2);
  expect(warm).toMatchObject({ iterations: 2, isConverged: true, stable: 200 });
  expect(figures(other === null ? [] : [other])).toEqual(figures(cold === null ? [] : [cold]));
  // The second eigenvalue is 0.84 of the first: a residual of 5 % leaves 0.05 ** 2 / 0.16 of it.
  const [exact = NaN] = largest;
  for (const point of [cold, warm]) {
    expect(point?.eigenvalue).toBeGreaterThan(0.98 * exact);
    expect(point?.eigenvalue).toBeLessThan(exact);
  }
});

it('is measured once where the run rests and at an earlier step, as a part of the record', async () => {
  const store = memoryRuns();
  const worker = new RecordedRunWorker(store, create);
  worker.begin({ ...config, learningRate: 0.001 });
  await worker.end(store);
  const progress = (): unknown[] =>
    worker.events.flatMap((event) => (event.type === 'progress' ? [event.progress.value] : []));
  const last = await worker.request('curvature', { images: 64 });
  // Momentum 0.9.
  expect(last).toMatchObject({ step: 30, stable: expect.closeTo(3800) });
  expect(progress()).toHaveLength(last.iterations);
  await worker.request('showStep', { runId: 'a', step: 12, exactly: true });
  const early = await worker.request('curvature', { images: 64 });
  expect(early.step).toBe(12);
  expect(early.eigenvalue).not.toBe(last.eigenvalue);
  // Once more gives the same, in its place.
  expect(figures([await worker.request('curvature', { images: 64 })])).toEqual(figures([early]));
  const recorded = async () => figures(await store.curvature('a'));
  await expect.poll(recorded).toEqual(figures([early, last]));
  expect(figures(pointsOf(worker))).toEqual(figures([last, early, early]));
  worker.cut();

  // Another worker, which goes on with the run, and a branch of it, keep what they have of it.
  const next = new RecordedRunWorker(store, create);
  next.send({ type: 'restore', runId: 'a', config, kept: nothingKept });
  await next.end(store);
  await next.request('showStep', { runId: 'a', step: 20, exactly: true });
  next.send({
    type: 'branch',
    runId: 'b',
    config: { ...config, learningRate: 0.005 },
    parent: { runId: 'a', step: 20 },
  });
  next.send({ type: 'train', runId: 'b', until: 'end' });
  await next.end(store, 'b');
  expect(figures(await store.curvature('a'))).toEqual(figures([early, last]));
  expect(figures(await store.curvature('b'))).toEqual(figures([early]));
  next.cut();
});

it('ends a single measurement that nobody waits for any more', async () => {
  const store = memoryRuns();
  const worker = new RecordedRunWorker(store, create);
  worker.begin(config);
  await worker.end(store);
  worker.send({ type: 'request', requestId: 99, request: 'curvature', params: { images: 64 } });
  await worker.until(() => worker.events.some(({ type }) => type === 'progress'));
  worker.send({ type: 'cancelRequest', requestId: 99 });
  await worker.until(() =>
    worker.events.some((event) => event.type === 'requestFailed' && event.requestId === 99),
  );
  expect(pointsOf(worker)).toEqual([]);
  worker.cut();
});

it('says where it cannot be measured, and the run goes on', async () => {
  const store = memoryRuns();
  let opened = 0;
  const worker = new RecordedRunWorker(store, () => {
    opened += 1;
    return opened > 1 ? Promise.reject(new Error('No second one.')) : create();
  });
  worker.send({ type: 'setCurvature', settings });
  worker.begin(config);
  await worker.end(store);
  worker.cut();
  const failures = worker.events.flatMap((event) => (event.type === 'curvatureFailed' ? [event.error] : []));
  expect(failures).toMatchObject([{ message: 'No second one.' }]);
  expect((await bitsOf(store)).loss).toHaveLength(30);
});
