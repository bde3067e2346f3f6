/**
 * The shape of what views read: one vanilla zustand store. reduceEvent.ts folds worker events into it; trainerClient.ts
 * sends commands. Views select narrowly and never see the worker.
 */
import type { RunConfig } from '@/model/runConfig';
import type {
  BackendDescription,
  BackendProbe,
  EngineChoice,
  RunPhase,
  WorkerError,
} from '@/protocol/messages';

export type BackendState =
  | { readonly kind: 'probing' }
  | { readonly kind: 'ready'; readonly backend: BackendDescription; readonly probes: readonly BackendProbe[] }
  | { readonly kind: 'failed'; readonly error: WorkerError; readonly probes: readonly BackendProbe[] };

export interface DataState {
  readonly kind: 'idle' | 'loading' | 'ready' | 'failed';
  readonly loadedBytes: number;
  readonly totalBytes: number;
  readonly trainingImages: number;
  readonly testImages: number;
  readonly error: WorkerError | null;
}

export interface RunState {
  readonly runId: string;
  readonly config: RunConfig;
  readonly phase: RunPhase;
  readonly step: number;
  readonly epoch: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  readonly trainingImages: number;
  readonly imagesPerSecond: number | null;
  readonly secondsLeft: number | null;
  readonly firstStepMilliseconds: number | null;
  readonly error: WorkerError | null;
}

export interface EvaluationPoint {
  readonly step: number;
  readonly epoch: number;
  readonly extent: 'quick' | 'full';
  readonly loss: number;
  readonly accuracy: number;
  readonly count: number;
}

export interface SessionState {
  readonly engineChoice: EngineChoice;
  readonly backend: BackendState;
  readonly data: DataState;
  /** Null until the first prepare. */
  readonly run: RunState | null;
  /** What the controls at the left say; a run starts from it. */
  readonly draft: RunConfig;
  /**
   * Training metrics live outside of React's sight (store/metrics.ts, growing typed arrays); this counter tells that they grew.
   */
  readonly metricsVersion: number;
  readonly evaluations: readonly EvaluationPoint[];
}
