/** Where runs are kept: what can be asked of it, and what a run's recorder writes. */
import type { CurvaturePoint } from '@/model/curvature';
import type { EngineState } from '@/model/engineState';
import type { StepStatistics } from '@/model/layerStatistics';
import type { EvaluationPoint } from '@/model/testFigures';
import { chunkSteps, type MetricsChunk, type RecordedMetrics } from '@/storage/runs/recordedMetrics';
import type { PageParts, RecordedRun, RunNotes } from '@/storage/runs/runSchema';

/** Layer statistics of the measured steps among 1024. */
export interface StatisticsChunk {
  /** Its first step is 1024 times that. */
  readonly chunk: number;
  readonly steps: readonly StepStatistics[];
}

/** The curvature that was measured after some of 1024 steps. */
export interface CurvatureChunk {
  /** Its first step is 1024 times that. */
  readonly chunk: number;
  readonly points: readonly CurvaturePoint[];
}

/** All of it is written, or nothing. */
export interface RunWrite {
  /** What the page writes of it (notes, diagnoses, whether it is deleted) is taken of a new run; of one that is there it stays as it is. */
  readonly run: RecordedRun;
  /** What was recorded of this step and later ones goes first: metrics, statistics, and states, tests and curvature after it. Null: nothing. */
  readonly truncate: number | null;
  readonly metrics: readonly MetricsChunk[];
  readonly statistics: readonly StatisticsChunk[];
  /** Each in place of what is there of its 1024 steps. */
  readonly curvature: readonly CurvatureChunk[];
  readonly tests: readonly EvaluationPoint[];
  readonly keyframes: readonly EngineState[];
  readonly dropKeyframes: readonly number[];
}

/**
 * Why what is written ends with the visit: the browser has or allows no storage (`no_storage`), or a newer version of the page has been
 * here, whose form of the storage this one does not know (`newer_version`).
 */
export type StorageObstacle = 'no_storage' | 'newer_version';

export interface RunStore {
  /** Null where what is written outlives the visit. */
  readonly obstacle: StorageObstacle | null;
  /** All runs that can be read and are not deleted, newest first. */
  list(): Promise<RecordedRun[]>;
  /** Those that are deleted and can be brought back, the last deleted first. */
  deleted(): Promise<RecordedRun[]>;
  /** Ids of those that a newer version of the page wrote: they are kept, and cannot be read here. */
  newer(): Promise<string[]>;
  /** Null where there is none, or none that can be read. */
  get(id: string): Promise<RecordedRun | null>;
  metrics(id: string): Promise<RecordedMetrics>;
  /** In the order of steps, of every 1024 steps at most 160. */
  statistics(id: string): Promise<StepStatistics[]>;
  /** In the order of steps. */
  curvature(id: string): Promise<CurvaturePoint[]>;
  /** In the order of steps. */
  tests(id: string): Promise<EvaluationPoint[]>;
  /** Steps of the keyframes, ascending. */
  keyframeSteps(id: string): Promise<number[]>;
  /** The state after `step` steps; null where there is none, or none that can be read. */
  keyframe(id: string, step: number): Promise<EngineState | null>;
  /** @throws DOMException `QuotaExceededError` where the storage is full */
  write(write: RunWrite): Promise<void>;
  /** Changes what the page writes of a run. */
  annotate(id: string, change: Partial<RunNotes> & Partial<Pick<RecordedRun, 'diagnoses'>>): Promise<void>;
  /**
   * Deletes the runs, or, with null, brings them back: all of them, or none. Nothing that was recorded goes before `remove`; one
   * that trains on is back.
   */
  setDeleted(ids: readonly string[], deletedAt: number | null): Promise<void>;
  /** Removes the runs and all that was recorded of them. */
  remove(ids: readonly string[]): Promise<void>;
}

/** points: in the order of steps */
export function curvatureChunks(points: readonly CurvaturePoint[]): CurvatureChunk[] {
  const chunks = new Map<number, CurvaturePoint[]>();
  for (const point of points) {
    const chunk = Math.floor(point.step / chunkSteps);
    chunks.set(chunk, [...(chunks.get(chunk) ?? []), point]);
  }
  return [...chunks].map(([chunk, some]) => ({ chunk, points: some }));
}

/** The newest first. */
export function newestFirst(runs: readonly RecordedRun[]): RecordedRun[] {
  return runs.toSorted((a, b) => b.createdAt - a.createdAt);
}

/** The last deleted first. */
export function lastDeletedFirst(runs: readonly RecordedRun[]): RecordedRun[] {
  return runs.toSorted((a, b) => (b.deletedAt ?? 0) - (a.deletedAt ?? 0));
}

/** A run as it is written over `before`: what the page writes stays, and one that trains is not deleted. */
export function writtenOver(run: RecordedRun, before: PageParts): RecordedRun {
  const { notes, diagnoses } = before;
  const deletedAt = run.phase === 'training' ? null : before.deletedAt;
  return { ...run, notes, diagnoses, deletedAt };
}
