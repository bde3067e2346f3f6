// Real IndexedDB, in Chromium.
import { expect, test } from 'vitest';
import { openDatabase } from '@/storage/database';
import { databaseRuns } from './databaseRuns';
import { faultOf } from '@/storage/testing/runWrites';
import { storeFollowsModel } from '@/storage/testing/storeProperty';

test('holds what was written, run by run', async () => {
  let databases = 0;
  await storeFollowsModel(async () => {
    databases += 1;
    return databaseRuns(await openDatabase(`runs-${Date.now()}-${databases}`));
  }, 25);
});

interface Writer {
  readonly worker: Worker;
  readonly written: () => number;
}

/** Resolves once it has written something. */
function startWriter(name: string, id: string, mark: number): Promise<Writer> {
  const worker = new Worker(new URL('../testing/writingWorker.ts', import.meta.url), { type: 'module' });
  let written = 0;
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<number>) => {
      written = data;
      resolve({ worker, written: () => written });
    });
    worker.addEventListener('error', () => reject(new Error('The worker does not start.')));
    worker.postMessage({ name, id, mark });
  });
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

test('two tabs that are cut in the midst of writing leave whole runs, each its own', async () => {
  const name = `cut-${Date.now()}`;
  const store = databaseRuns(await openDatabase(name));
  for (let cut = 0; cut < 5; cut += 1) {
    const writers = await Promise.all([startWriter(name, 'a', 1), startWriter(name, 'b', 2)]);
    // At any point of a write, which takes some milliseconds.
    await pause(Math.random() * 40);
    for (const { worker } of writers) worker.terminate();
    for (const [i, id] of ['a', 'b'].entries()) {
      expect(await faultOf(store, id, i + 1)).toBeNull();
      const steps = (await store.get(id))?.summary.steps ?? 0;
      expect(steps).toBeGreaterThanOrEqual(writers[i]?.written() ?? Infinity);
    }
  }
});
