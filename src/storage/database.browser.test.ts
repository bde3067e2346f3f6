// Real IndexedDB, in Chromium.
import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { defaultConfig } from '@/model/presets';
import { countClasses } from '@/model/classCounts';
import type { RunResult } from '@/model/runResult';
import { openDatabase } from './database';
import { loadResults, saveResult } from './results';
import { acquireRunLock, lockedRuns } from './tabLock';

const isRunLocked = async (id: string): Promise<boolean> => (await lockedRuns()).has(id);

const result = (seed: number, accuracy: number): RunResult => ({
  config: { ...defaultConfig('mynn'), seed },
  finishedAt: 1,
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

test('keeps one result a run, over visits, and passes over what it cannot read', async () => {
  const name = `results-${Date.now()}`;
  const first = await openDatabase(name);
  await saveResult(first, result(1, 0.5));
  await saveResult(first, result(2, 0.6));
  await saveResult(first, result(1, 0.7));
  await first.put('results', { settings: 'network=mynn&seed=9', version: 99 });
  first.close();
  const second = await openDatabase(name);
  const results = await loadResults(second);
  expect(results.map(({ config, tests }) => [config.seed, tests[0]?.accuracy])).toEqual([
    [1, 0.7],
    [2, 0.6],
  ]);

  // A newer page in another tab: this connection gives way.
  const newer = await openDB(name, 99);
  expect(newer.version).toBe(99);
  newer.close();
  await expect(openDatabase(name)).rejects.toThrow(/version/i);
});

test('tells which run a tab trains', async () => {
  const id = `lock-${Date.now()}`;
  expect(await isRunLocked(id)).toBe(false);
  const lock = await acquireRunLock(id);
  expect([await isRunLocked(id), await isRunLocked(`${id}-2`)]).toEqual([true, false]);
  expect(await acquireRunLock(id)).toBeNull();
  lock?.release();
  await expect.poll(() => isRunLocked(id)).toBe(false);
});
