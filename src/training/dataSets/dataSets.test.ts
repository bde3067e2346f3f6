/** Runs on data of one's own, in the worker: trained, recorded, waited for where it is not kept, and with drawings mixed in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unzipSync } from 'fflate';
import type { Engine } from '@/engine/engine';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { usualReading } from '@/model/dataImport';
import { mnist, trainingSize, withData, type DataSpec } from '@/model/dataSet';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { memoryDataSets } from '@/storage/dataSets/dataSetStore';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { DataSets } from '@/training/dataSets/dataSets';
import { mixDrawings } from '@/training/dataSets/mixDrawings';
import { bar, barFiles, bars } from '@/training/testing/bars';
import { defaultSourceFolder, sourceFiles } from '../../../scripts/mnistSource.mjs';
import { exactly, nothingKept, RecordedRunWorker } from '../../../scripts/recordedRun.ts';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';

const create = (): Promise<Engine> => createWasmEngine({ host: nodeHost(), threads: 1 });
const files = [...barFiles('train', 40), ...barFiles('t10k', 10)];
const names = { name: 'Bars', classNames: ['upright', 'lying'] };

async function imported(worker: RecordedRunWorker): Promise<DataSpec> {
  await worker.request('readDataSet', { files, reading: usualReading });
  return worker.request('keepDataSet', names);
}

const runOn = (data: DataSpec, change: Partial<RunConfig> = {}): RunConfig => ({
  ...withData(defaultConfig('mynn'), data),
  learningRate: 0.1,
  batchSize: 8,
  epochs: 20,
  shuffle: true,
  ...change,
});

test('a network learns forty images of two classes', async () => {
  const store = memoryRuns();
  const worker = new RecordedRunWorker(store, create);
  const data = await imported(worker);
  expect(data).toMatchObject({ ...names, trainingImages: 40, testImages: 10 });
  expect(worker.events.findLast(({ type }) => type === 'dataSets')).toMatchObject({
    sets: [data],
    isPersistent: false,
  });
  const config = runOn(data);
  expect(config.trainingImages).toBe(40);
  worker.begin(config);
  await worker.end(store);
  const tests = (await store.tests('a')).filter(({ extent }) => extent === 'full');
  expect(tests).toHaveLength(20);
  expect(tests.every(({ count }) => count === 10)).toBe(true);
  expect(tests.at(-1)?.accuracy).toBeGreaterThan(0.9);
  expect(tests.at(-1)?.classes.labelled).toEqual([5, 5, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect((await store.get('a'))?.config.data).toEqual(data);
  const seen = await worker.request('testPredictions', null);
  expect([...seen.labels]).toEqual([...bars(10).labels]);
  expect(seen.predictions).toHaveLength(10);
  const { images, labels } = await worker.request('testImages', { indices: [3], data });
  expect([labels[0], images]).toEqual([1, bar(1, 8)]);
  worker.cut();
});

test('a run waits where its data is not kept, and goes on to the same bits once it is', async () => {
  const store = memoryRuns();
  const first = new RecordedRunWorker(store, create);
  const config = runOn(await imported(first), { epochs: 8 });
  first.begin(config);
  await first.end(store);
  const uncut = (await store.metrics('a')).values('loss').slice();
  first.cut();

  const later = new RecordedRunWorker(store, create);
  const longer = { ...config, epochs: 10 };
  later.goOn(config);
  later.send({ type: 'setEpochs', runId: 'a', epochs: longer.epochs });
  later.send({ type: 'train', runId: 'a', until: 'end' });
  const isWaiting = (): boolean => {
    const status = later.events.findLast((event) => event.type === 'runStatus');
    return status?.type === 'runStatus' && status.status.phase === 'waiting';
  };
  const told = (): unknown => later.events.findLast(({ type }) => type === 'runData');
  const isReady = (): boolean => later.events.some(({ type }) => type === 'backendReady');
  await later.until(() => isReady() && isWaiting() && told() !== undefined);
  expect(told()).toMatchObject({ isMissing: true });
  await expect(later.request('testImages', { indices: [0], data: config.data })).rejects.toThrow('Bars');
  await expect(later.request('showStep', { runId: 'a', step: 3, exactly: true })).rejects.toThrow('Bars');

  await imported(later);
  await later.until(() => later.steps === 50);
  expect(told()).toMatchObject({ isMissing: false });
  expect((await store.metrics('a')).values('loss').slice(0, uncut.length)).toEqual(uncut);
  later.cut();
});

test('what needs the images of a run says which data are missing; kept states are shown, and branch into runs that wait', async () => {
  const store = memoryRuns();
  const first = new RecordedRunWorker(store, create);
  const data = await imported(first);
  const config = runOn(data, { epochs: 8 });
  first.begin(config);
  await first.end(store);
  const { file } = await first.show(5);
  first.cut();

  // Without the data set, as after it was deleted.
  const later = new RecordedRunWorker(store, create);
  later.send({ type: 'restore', runId: 'a', config, kept: nothingKept });
  await later.until(() => later.events.some(({ type }) => type === 'backendReady'));
  const missing = {
    code: 'data_missing',
    subject: 'Bars',
    message: expect.stringContaining(data.sha256.slice(0, 12)) as string,
  };
  const refused = async (request: Promise<unknown>): Promise<unknown> => {
    const before = later.events.length;
    await expect(request).rejects.toThrow('Bars');
    const failed = later.events.slice(before).find(({ type }) => type === 'requestFailed');
    return failed?.type === 'requestFailed' ? failed.error : null;
  };
  const showing = (step: number) => later.request('showStep', { runId: 'a', step, exactly: true });
  expect(await refused(showing(7))).toMatchObject(missing);
  expect(await refused(later.request('testPredictions', null))).toMatchObject(missing);
  expect(await refused(later.request('hiddenActivations', { count: 10 }))).toMatchObject(missing);
  const noise = { kinds: ['noise'], count: 10, seed: 1 } as const;
  expect(await refused(later.request('corruptionAccuracies', noise))).toMatchObject(missing);
  // The end of an epoch was kept.
  expect(await showing(5)).toEqual(exactly(5));
  expect(await later.show(5)).toMatchObject({ file });

  const branched = { ...config, learningRate: 0.05 };
  later.send({ type: 'branch', runId: 'b', config: branched, parent: { runId: 'a', step: 5 } });
  later.send({ type: 'train', runId: 'b', until: 'end' });
  const told = (): unknown =>
    later.events.findLast((event) => event.type === 'runData' && event.runId === 'b');
  await later.until(() => told() !== undefined);
  expect(told()).toMatchObject({ isMissing: true });
  await imported(later);
  await later.until(() => later.steps === 40);
  expect(told()).toMatchObject({ isMissing: false });
  later.cut();
});

test('images that other data sets pushed out of memory are read again', async () => {
  const nothing = { ...bars(0), count: 0 };
  let changed: (() => void) | undefined;
  const sets = new DataSets({
    mnist: { training: nothing, test: nothing, load: () => Promise.resolve() },
    store: Promise.resolve(memoryDataSets()),
    onList: () => undefined,
    onChange: () => changed?.(),
  });
  const specs = ['a', 'b', 'c', 'd'].map((mark) => ({
    ...mnist,
    sha256: mark.repeat(64),
    trainingImages: 40,
    testImages: 10,
  }));
  for (const spec of specs) {
    // oxlint-disable-next-line no-await-in-loop -- one pushes the other out
    await sets.keep(spec, bars(40), bars(10));
  }
  const [first] = specs;
  if (first === undefined) throw new Error('There are four.');
  const change = new Promise<void>((resolve) => {
    changed = resolve;
  });
  expect(sets.of(first).training.count).toBe(0);
  await change;
  expect(sets.of(first).training.count).toBe(40);
});

test('drawings are mixed into MNIST once all of it is there', async () => {
  const mnistNow = { training: { ...bars(40), count: 0 }, test: { ...bars(10), count: 0 } };
  let changes = 0;
  const store = memoryDataSets();
  const sets: DataSets = new DataSets({
    mnist: {
      get training() {
        return mnistNow.training;
      },
      get test() {
        return mnistNow.test;
      },
      load: () => Promise.resolve(),
    },
    store: Promise.resolve(store),
    onList: () => undefined,
    onChange: () => {
      changes += 1;
      // As the trainer does, which asks at every change.
      expect(sets.of(data).training.count).toBe(0);
    },
  });
  const sha256 = 'd'.repeat(64);
  await store.addDrawings(sha256, { images: bar(1, 9), labels: Uint8Array.of(1) });
  const data: DataSpec = {
    ...mnist,
    trainingImages: 40,
    testImages: 10,
    drawings: { sha256, count: 1, copies: 4 },
  };
  await sets.open(data);
  expect(changes).toBe(1);
  mnistNow.training = { ...mnistNow.training, count: 40 };
  expect(sets.of(data).training.count).toBe(0);
  mnistNow.test = { ...mnistNow.test, count: 10 };
  expect(sets.of(data).training.count).toBe(44);
  expect(sets.of(data).training).toBe(sets.of(data).training);
});

test('drawings are spread evenly over the training images', () => {
  const training = { ...bars(20), count: 20 };
  const drawings = { images: new Uint8Array(2 * 784).fill(7), labels: Uint8Array.of(8, 9) };
  const { count, labels, images } = mixDrawings(training, drawings, 3);
  expect(count).toBe(26);
  const places = [...labels.keys()].filter((i) => (labels[i] ?? 0) > 7);
  expect(places).toEqual([2, 6, 10, 15, 19, 23]);
  expect(places.map((i) => labels[i])).toEqual([8, 9, 8, 9, 8, 9]);
  expect(images[(places[1] ?? 0) * 784]).toBe(7);
  expect([...labels].filter((label) => label < 8)).toEqual([...training.labels]);
});

test('a run with drawings mixed in trains on them, is known by their checksum, and needs them again', async () => {
  const store = memoryRuns();
  const dataSets = memoryDataSets();
  const worker = new RecordedRunWorker(store, create, dataSets);
  const base = await imported(worker);
  const drawings = { images: bar(1, 9), labels: Uint8Array.of(1) };
  const sha256 = await worker.request('keepDrawings', { drawings });
  const data: DataSpec = { ...base, drawings: { sha256, count: 1, copies: 8 } };
  expect(trainingSize(data)).toBe(48);
  const config = runOn(data, { epochs: 1 });
  expect(config.trainingImages).toBe(48);
  worker.begin(config);
  await worker.end(store);
  expect((await store.get('a'))?.summary.steps).toBe(6);
  expect((await store.get('a'))?.config.data?.drawings).toEqual({ sha256, count: 1, copies: 8 });
  const zip = unzipSync(new Uint8Array((await worker.request('exportDataSet', { data })).file));
  expect(zip['train-labels-idx1-ubyte']).toHaveLength(8 + 48);
  worker.cut();

  const again = new RecordedRunWorker(store, create, dataSets);
  again.goOn(config);
  await again.until(() => again.events.some(({ type }) => type === 'backendReady'));
  expect(await again.request('showStep', { runId: 'a', step: 2, exactly: true })).toMatchObject({ step: 2 });
  again.cut();
});

test('MNIST out of its own files is MNIST, and not kept twice', async () => {
  const worker = new RecordedRunWorker(memoryRuns(), create);
  const originals = sourceFiles.map((path) => ({
    path,
    file: new Blob([new Uint8Array(readFileSync(join(defaultSourceFolder(), path)))]),
  }));
  const { spec } = await worker.request('readDataSet', { files: originals, reading: usualReading });
  expect(spec).toMatchObject({ sha256: mnist.sha256, trainingImages: 60_000, testImages: 10_000 });
  expect(await worker.request('keepDataSet', { name: 'Mine', classNames: spec.classNames })).toEqual(mnist);
  expect(worker.events.filter(({ type }) => type === 'dataSets')).toEqual([]);
  worker.cut();
});

test('an export is the same data set when it is imported', async () => {
  const worker = new RecordedRunWorker(memoryRuns(), create);
  const data = await imported(worker);
  const { file, fileName } = await worker.request('exportDataSet', { data });
  expect(fileName).toBe('Bars-idx.zip');
  const preview = await worker.request('readDataSet', {
    files: [{ path: fileName, file: new Blob([file]) }],
    reading: usualReading,
  });
  expect(preview.spec).toEqual(data);
  worker.cut();
});
