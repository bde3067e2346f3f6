/**
 * Runs in IndexedDB. Everything that a recorder writes at once is one transaction: a tab that ends in the middle of it leaves what
 * was there before, so that a run is never half written.
 */
import type { CurvaturePoint } from '@/model/curvature';
import type { StepStatistics } from '@/model/layerStatistics';
import type { EvaluationPoint } from '@/model/testFigures';
import type { DigitLabDatabase } from '@/storage/database';
import { chunkSteps, RecordedMetrics, type MetricsChunk } from '@/storage/runs/recordedMetrics';
import {
  decodeCurvature,
  decodePageParts,
  decodeRun,
  decodeStatistics,
  decodeTest,
  encodeRun,
  isEngineState,
  isOfNewerPage,
  type RecordedRun,
} from '@/storage/runs/runSchema';
import {
  lastDeletedFirst,
  newestFirst,
  writtenOver,
  type RunStore,
  type RunWrite,
} from '@/storage/runs/runStore';

const storeNames = [
  'runs',
  'runMetrics',
  'runStatistics',
  'runCurvature',
  'runTests',
  'runKeyframes',
] as const;

/** All keys that begin with this id, from the second part `from` on. */
const keysOf = (id: string, from = 0): IDBKeyRange => IDBKeyRange.bound([id, from], [id, []], false, true);

const isChunk = (value: unknown): value is MetricsChunk =>
  typeof value === 'object' && value !== null && 'chunk' in value;

async function write(
  database: DigitLabDatabase,
  { run, truncate, metrics, statistics, curvature, tests, keyframes, dropKeyframes }: RunWrite,
): Promise<void> {
  const { id } = run;
  const transaction = database.transaction(storeNames, 'readwrite');
  const stores = {
    runs: transaction.objectStore('runs'),
    metrics: transaction.objectStore('runMetrics'),
    statistics: transaction.objectStore('runStatistics'),
    curvature: transaction.objectStore('runCurvature'),
    tests: transaction.objectStore('runTests'),
    keyframes: transaction.objectStore('runKeyframes'),
  };
  // Requests are carried out in this order, and each one's failure ends the transaction.
  const requests: Promise<unknown>[] = [];
  if (truncate !== null) {
    const later = Math.floor(truncate / chunkSteps);
    requests.push(
      stores.metrics.delete(keysOf(id, later)),
      stores.statistics.delete(keysOf(id, later)),
      stores.curvature.delete(keysOf(id, later)),
      stores.tests.delete(keysOf(id, truncate + 1)),
      stores.keyframes.delete(keysOf(id, truncate + 1)),
    );
  }
  for (const step of dropKeyframes) requests.push(stores.keyframes.delete([id, step]));
  for (const chunk of metrics) requests.push(stores.metrics.put(chunk, [id, chunk.chunk]));
  for (const { chunk, steps } of statistics) requests.push(stores.statistics.put(steps, [id, chunk]));
  for (const { chunk, points } of curvature) requests.push(stores.curvature.put(points, [id, chunk]));
  for (const test of tests) requests.push(stores.tests.put(test, [id, test.step, test.extent]));
  for (const keyframe of keyframes) requests.push(stores.keyframes.put(keyframe, [id, keyframe.step]));
  const stored = stores.runs.get(id).then((record) => {
    const before = decodePageParts(record);
    return stores.runs.put(encodeRun(before === null ? run : writtenOver(run, before)));
  });
  await Promise.all([...requests, stored, transaction.done]);
}

export function databaseRuns(database: DigitLabDatabase): RunStore {
  const get = async (id: string): Promise<RecordedRun | null> => decodeRun(await database.get('runs', id));
  const all = async (): Promise<RecordedRun[]> => {
    const records = await database.getAll('runs');
    return records.flatMap((record) => decodeRun(record) ?? []);
  };
  return {
    obstacle: null,
    list: async () => newestFirst((await all()).filter(({ deletedAt }) => deletedAt === null)),
    deleted: async () => lastDeletedFirst((await all()).filter(({ deletedAt }) => deletedAt !== null)),
    newer: async () => {
      const records = await database.getAll('runs');
      return records.filter(isOfNewerPage).map(({ id }) => id);
    },
    get,
    metrics: async (id) => {
      const metrics = new RecordedMetrics();
      const chunks = await database.getAll('runMetrics', keysOf(id));
      chunks.every((chunk) => isChunk(chunk) && metrics.take(chunk));
      return metrics;
    },
    statistics: async (id): Promise<StepStatistics[]> => {
      const chunks = await database.getAll('runStatistics', keysOf(id));
      return chunks.flatMap((chunk) => decodeStatistics(chunk) ?? []);
    },
    curvature: async (id): Promise<CurvaturePoint[]> => {
      const chunks = await database.getAll('runCurvature', keysOf(id));
      return chunks.flatMap((chunk) => decodeCurvature(chunk) ?? []);
    },
    tests: async (id): Promise<EvaluationPoint[]> => {
      const tests = await database.getAll('runTests', keysOf(id));
      return tests.flatMap((test) => decodeTest(test) ?? []);
    },
    keyframeSteps: async (id) => {
      const keys = await database.getAllKeys('runKeyframes', keysOf(id));
      return keys.map(([, step]) => step);
    },
    keyframe: async (id, step) => {
      const value: unknown = await database.get('runKeyframes', [id, step]);
      return isEngineState(value) && value.step === step ? value : null;
    },
    write: (one) => write(database, one),
    annotate: async (id, { diagnoses, ...notes }) => {
      const transaction = database.transaction('runs', 'readwrite');
      const run = decodeRun(await transaction.store.get(id));
      if (run !== null) {
        const changed = { ...run, notes: { ...run.notes, ...notes }, diagnoses: diagnoses ?? run.diagnoses };
        await transaction.store.put(encodeRun(changed));
      }
      await transaction.done;
    },
    setDeleted: async (ids, deletedAt) => {
      const transaction = database.transaction('runs', 'readwrite');
      const set = async (id: string): Promise<void> => {
        const run = decodeRun(await transaction.store.get(id));
        if (run !== null) await transaction.store.put(encodeRun({ ...run, deletedAt }));
      };
      await Promise.all([...ids.map(set), transaction.done]);
    },
    remove: async (ids) => {
      const transaction = database.transaction(storeNames, 'readwrite');
      await Promise.all([
        ...ids.flatMap((id) =>
          storeNames.map((name) => transaction.objectStore(name).delete(name === 'runs' ? id : keysOf(id))),
        ),
        transaction.done,
      ]);
    },
  };
}
