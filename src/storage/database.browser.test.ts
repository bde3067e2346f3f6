// Real IndexedDB, in Chromium.
import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { countClasses } from '@/model/classCounts';
import { importArchive } from '@/storage/runs/archive/readArchive';
import { writeArchive } from '@/storage/runs/archive/writeArchive';
import { databaseRuns } from '@/storage/runs/databaseRuns';
import { encodeRun } from '@/storage/runs/runSchema';
import { writeOf } from '@/storage/testing/runWrites';
import { openDatabase } from './database';
import { acquireRunLock, isRunFree, lockedRuns } from './tabLock';

const isRunLocked = async (id: string): Promise<boolean> => (await lockedRuns()).has(id);

const result = (seed: number, accuracy: number): unknown => ({
  version: 1,
  settings: `network=mynn&seed=${seed}`,
  finishedAt: 1e12 + seed,
  backend: { engine: 'wasm', backend: 'wasm', device: 'WebAssembly', isSoftware: false },
  seconds: 1,
  trainingLoss: { steps: [1], values: [2.3] },
  tests: [
    {
      step: 938,
      epoch: 1,
      loss: 0.1,
      sumOfBatchMeans: 15,
      accuracy,
      classes: countClasses(new Uint8Array(1), new Uint8Array(1)),
    },
  ],
});

/** A database as version 3 of it was, or, without runs, version 1. */
async function oldDatabase(name: string, version: 1 | 3): Promise<void> {
  const old = await openDB(name, version, {
    upgrade: (db) => {
      db.createObjectStore('results', { keyPath: 'settings' });
      if (version === 1) return;
      db.createObjectStore('tileChoices');
      db.createObjectStore('runs', { keyPath: 'id' });
      for (const store of ['runMetrics', 'runStatistics', 'runTests', 'runKeyframes'])
        db.createObjectStore(store);
    },
  });
  await old.put('results', result(1, 0.5));
  await old.put('results', result(2, 0.6));
  await old.put('results', { settings: 'network=mynn&seed=9', version: 99 });
  if (version === 3) {
    const {
      sweep: _s,
      switchedEngine: _e,
      thinnedLoss: _l,
      ...run
    } = {
      sweep: null,
      switchedEngine: false,
      thinnedLoss: null,
      ...encodeRun(writeOf({ id: 'a', mark: 1 }, 0, 10).run),
    };
    await old.put('runs', { ...run, version: 2 });
  }
  old.close();
}

test.each([1, 3] as const)('makes recorded runs of the results of version %d', async (version) => {
  const name = `results-${version}-${Date.now()}`;
  await oldDatabase(name, version);
  const database = await openDatabase(name);
  expect([...database.objectStoreNames]).not.toContain('results');
  const runs = databaseRuns(database);
  const list = await runs.list();
  expect(list.map(({ id, config, summary }) => [id === 'a', config.seed, summary.lastAccuracy])).toEqual([
    [false, 2, 0.6],
    [false, 1, 0.5],
    ...(version === 3 ? [[true, 1, null]] : []),
  ]);
  const [first] = list;
  expect(await runs.tests(first?.id ?? '')).toMatchObject([{ step: 938, extent: 'full', accuracy: 0.6 }]);
  database.close();
  // Once.
  const again = await openDatabase(name);
  expect(await databaseRuns(again).list()).toHaveLength(list.length);

  // A newer page in another tab: this connection gives way.
  const newer = await openDB(name, 99);
  expect(newer.version).toBe(99);
  newer.close();
  await expect(openDatabase(name)).rejects.toThrow(/version/i);
  // By this error the recorder tells it from a storage that fails.
  await expect(databaseRuns(again).write(writeOf({ id: 'b', mark: 1 }, 0, 5))).rejects.toMatchObject({
    name: 'InvalidStateError',
  });
});

test('keeps the runs of version 5, which recorded no curvature', async () => {
  const name = `curvature-${Date.now()}`;
  const stores = ['tileChoices', 'runMetrics', 'runStatistics', 'runTests', 'runKeyframes', 'dataParts'];
  const old = await openDB(name, 5, {
    upgrade: (db) => {
      db.createObjectStore('runs', { keyPath: 'id' });
      db.createObjectStore('dataSets', { keyPath: 'sha256' });
      db.createObjectStore('drawings', { keyPath: 'id' });
      for (const store of stores) db.createObjectStore(store);
    },
  });
  await old.put('runs', encodeRun(writeOf({ id: 'a', mark: 1 }, 0, 10).run));
  old.close();
  const runs = databaseRuns(await openDatabase(name));
  expect((await runs.list()).map(({ id }) => id)).toEqual(['a']);
  expect(await runs.curvature('a')).toEqual([]);
  const write = writeOf({ id: 'a', mark: 1 }, 0, 10);
  await runs.write(write);
  expect(await runs.curvature('a')).toEqual(write.curvature[0]?.points);
});

test('keeps a run that a newer version of the page wrote, whatever comes', async () => {
  const database = await openDatabase(`newer-${Date.now()}`);
  const store = databaseRuns(database);
  await store.write(writeOf({ id: 'a', mark: 1 }, 0, 10));
  await store.write(writeOf({ id: 'b', mark: 2 }, 0, 10));
  const file = await writeArchive(store, ['a', 'b'], { pageVersion: '1' });
  const newer = { ...(await database.get('runs', 'a')), id: 'a', version: 99, tape: 1 };
  await database.put('runs', newer);
  expect([(await store.list()).map(({ id }) => id), await store.newer(), await store.get('a')]).toEqual([
    ['b'],
    ['a'],
    null,
  ]);
  expect(await importArchive(store, file)).toEqual({ added: 0, present: 2 });
  await store.annotate('a', { name: 'old' });
  await store.setDeleted(['a'], 1);
  expect(await database.get('runs', 'a')).toEqual(newer);
  expect(await store.keyframeSteps('a')).toEqual([10]);
});

test('tells which run a tab trains', async () => {
  const id = `lock-${Date.now()}`;
  expect(await isRunLocked(id)).toBe(false);
  const lock = await acquireRunLock(id);
  expect([await isRunLocked(id), await isRunLocked(`${id}-2`)]).toEqual([true, false]);
  expect([await acquireRunLock(id), await isRunFree(id, 20)]).toEqual([null, false]);
  lock?.release();
  expect(await isRunFree(id, 5000)).toBe(true);
  expect(await isRunLocked(id)).toBe(false);
});
