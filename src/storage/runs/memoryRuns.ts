/** Runs of this visit alone, where the browser keeps nothing: steps can be gone back to, and nothing outlives the worker. */
import type { CurvaturePoint } from '@/model/curvature';
import type { EngineState } from '@/model/engineState';
import type { StepStatistics } from '@/model/layerStatistics';
import type { EvaluationPoint } from '@/model/testFigures';
import { chunkSteps, RecordedMetrics, type MetricsChunk } from '@/storage/runs/recordedMetrics';
import type { RecordedRun } from '@/storage/runs/runSchema';
import {
  lastDeletedFirst,
  newestFirst,
  writtenOver,
  type RunStore,
  type StorageObstacle,
} from '@/storage/runs/runStore';

interface Held {
  run: RecordedRun;
  readonly metrics: Map<number, MetricsChunk>;
  readonly statistics: Map<number, readonly StepStatistics[]>;
  readonly curvature: Map<number, readonly CurvaturePoint[]>;
  readonly tests: Map<string, EvaluationPoint>;
  readonly keyframes: Map<number, EngineState>;
}

const empty = (run: RecordedRun): Held => ({
  run,
  metrics: new Map(),
  statistics: new Map(),
  curvature: new Map(),
  tests: new Map(),
  keyframes: new Map(),
});

function truncate({ metrics, statistics, curvature, tests, keyframes }: Held, step: number): void {
  const chunk = Math.floor(step / chunkSteps);
  for (const chunks of [metrics, statistics, curvature]) {
    for (const key of chunks.keys()) if (key >= chunk) chunks.delete(key);
  }
  for (const [key, test] of tests) if (test.step > step) tests.delete(key);
  for (const key of keyframes.keys()) if (key > step) keyframes.delete(key);
}

const inOrder = <Value>(chunks: ReadonlyMap<number, Value>): Value[] =>
  [...chunks].toSorted(([a], [b]) => a - b).map(([, value]) => value);

export function memoryRuns(obstacle: StorageObstacle = 'no_storage'): RunStore {
  const runs = new Map<string, Held>();
  const answer = <Value>(value: Value): Promise<Value> => Promise.resolve(value);
  const all = (): RecordedRun[] => [...runs.values()].map(({ run }) => run);
  return {
    obstacle,
    list: () => answer(newestFirst(all().filter(({ deletedAt }) => deletedAt === null))),
    deleted: () => answer(lastDeletedFirst(all().filter(({ deletedAt }) => deletedAt !== null))),
    newer: () => answer([]),
    get: (id) => answer(runs.get(id)?.run ?? null),
    metrics: (id) => {
      const metrics = new RecordedMetrics();
      inOrder(runs.get(id)?.metrics ?? new Map<number, MetricsChunk>()).every((chunk) => metrics.take(chunk));
      return answer(metrics);
    },
    statistics: (id) =>
      answer(inOrder(runs.get(id)?.statistics ?? new Map<number, readonly StepStatistics[]>()).flat()),
    curvature: (id) =>
      answer(inOrder(runs.get(id)?.curvature ?? new Map<number, readonly CurvaturePoint[]>()).flat()),
    tests: (id) => answer([...(runs.get(id)?.tests.values() ?? [])].toSorted((a, b) => a.step - b.step)),
    keyframeSteps: (id) => answer([...(runs.get(id)?.keyframes.keys() ?? [])].toSorted((a, b) => a - b)),
    keyframe: (id, step) => answer(runs.get(id)?.keyframes.get(step) ?? null),
    write: (write) => {
      const held = runs.get(write.run.id) ?? empty(write.run);
      held.run = writtenOver(write.run, held.run);
      if (write.truncate !== null) truncate(held, write.truncate);
      for (const step of write.dropKeyframes) held.keyframes.delete(step);
      for (const chunk of write.metrics) held.metrics.set(chunk.chunk, chunk);
      for (const { chunk, steps } of write.statistics) held.statistics.set(chunk, steps);
      for (const { chunk, points } of write.curvature) held.curvature.set(chunk, points);
      for (const test of write.tests) held.tests.set(`${test.step}.${test.extent}`, test);
      for (const keyframe of write.keyframes) held.keyframes.set(keyframe.step, keyframe);
      runs.set(write.run.id, held);
      return answer(undefined);
    },
    annotate: (id, { diagnoses, ...notes }) => {
      const held = runs.get(id);
      if (held !== undefined) {
        held.run = {
          ...held.run,
          notes: { ...held.run.notes, ...notes },
          diagnoses: diagnoses ?? held.run.diagnoses,
        };
      }
      return answer(undefined);
    },
    setDeleted: (ids, deletedAt) => {
      for (const id of ids) {
        const held = runs.get(id);
        if (held !== undefined) held.run = { ...held.run, deletedAt };
      }
      return answer(undefined);
    },
    remove: (ids) => {
      for (const id of ids) runs.delete(id);
      return answer(undefined);
    },
  };
}
