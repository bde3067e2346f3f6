/**
 * The whole conversation between page and training worker: what the page wants (Command) and what the worker tells
 * (WorkerEvent). Run events carry a runId, so that events of a run that was replaced are dropped; a request and its
 * reply share a requestId, and are listed in requests.ts. protocol/port.ts alone posts and receives.
 */
import type { DataErrorDetails } from '@/data/dataError';
import type { BackendInfo, BackendName, BackendProbe } from '@/model/backend';
import type { DataProblem } from '@/model/dataImport';
import type { DataSpec } from '@/model/dataSet';
import type { CurvaturePoint, CurvatureSettings } from '@/model/curvature';
import type { EngineState, Weights } from '@/model/engineState';
import type { StatisticsInterval, StepStatistics } from '@/model/layerStatistics';
import type { RunConfig } from '@/model/runConfig';
import type { RunEvent } from '@/model/runEvents';
import type { StepMetrics } from '@/model/stepMetrics';
import type { EvaluationPoint } from '@/model/testFigures';
import type { FormatDetails } from '@/model/weightFiles';
import type { WeightsOrigin } from '@/model/weightsOrigin';
import type { RunSweep } from '@/model/sweep/runSweep';
import type { Progress, Reply, Request } from '@/protocol/requests';

/** `auto` takes the first that works in the order of choice; the others are tried as named. */
export type EngineChoice = 'auto' | BackendName;

/** What computes, and why it is what it is. */
export interface BackendDescription extends BackendInfo {
  /** Why tfjs computes where an engine of our own should; absent where that one does, or tfjs was asked for. */
  readonly fallbackReason?: string;
}

export type StopUnit = 'step' | 'epoch';

/**
 * What a run's first weights are: drawn from its `seed`; those of the `file` that was imported last; those of the run at
 * hand as they stand now (`current`), or as they were before its first step (`initial`).
 */
export type FirstWeights = 'seed' | 'file' | 'current' | 'initial';

export type Command =
  /** `reference`: compute with tfjs also where an engine of our own could. */
  | { readonly type: 'selectBackend'; readonly choice: EngineChoice; readonly reference: boolean }
  /** Loads what is missing of MNIST; safe to repeat after a failure. */
  | { readonly type: 'loadData' }
  /**
   * Builds the network, so that it can predict before training. Replaces the current run; whatever the weights, the step is 0
   * and the optimizer's state is empty.
   */
  | {
      readonly type: 'prepare';
      readonly runId: string;
      readonly config: RunConfig;
      readonly weights: FirstWeights;
      /** The sweep that it is trained for. */
      readonly sweep?: RunSweep;
    }
  /**
   * Puts a run that another worker had back where it was kept, in place of the current run: in storage, or, where that has it not
   * or not as far, as the page kept it. `config`: as it began.
   */
  | {
      readonly type: 'restore';
      readonly runId: string;
      readonly config: RunConfig;
      readonly kept: KeptRun;
    }
  /**
   * Another run in place of the current one, which begins where that stood after `step` steps, with other settings; its first steps are
   * the parent's. An optimizer of another kind begins without a state.
   */
  | {
      readonly type: 'branch';
      readonly runId: string;
      readonly config: RunConfig;
      readonly parent: { readonly runId: string; readonly step: number };
    }
  /** Trains on until the configured end, or by one step or one epoch. */
  | { readonly type: 'train'; readonly runId: string; readonly until: 'end' | StopUnit }
  | { readonly type: 'pause'; readonly runId: string }
  | { readonly type: 'setLearningRate'; readonly runId: string; readonly learningRate: number }
  /** Another length for the run; one that has ended goes on at the next `train`. Never less than it has trained. */
  | { readonly type: 'setEpochs'; readonly runId: string; readonly epochs: number }
  /** How often layer statistics are taken; `auto` until this is sent. */
  | { readonly type: 'setStatisticsInterval'; readonly interval: StatisticsInterval }
  /** How often the curvature of the loss is measured; never until this is sent. */
  | { readonly type: 'setCurvature'; readonly settings: CurvatureSettings | null }
  /** Bytes that the keyframes of a run may take, of all runs that begin, or go on, from now on. */
  | { readonly type: 'setKeyframeBytes'; readonly bytes: number }
  /** Ends the run; its network stays for predictions. */
  | { readonly type: 'stop'; readonly runId: string }
  /** Ends a learning-rate range test early; its reply comes at once. */
  | { readonly type: 'stopRangeTest' }
  /** Nobody waits for this request's answer any more: what takes long is ended. */
  | { readonly type: 'cancelRequest'; readonly requestId: number }
  /** Answered by `pong` as soon as the worker hears it. */
  | { readonly type: 'ping' }
  | Request;

/** A run outside of the worker, to go on with should that be lost. */
export interface KeptRun {
  /** What it began with. */
  readonly initial: Weights;
  /** Null: it stands at its first weights. */
  readonly state: EngineState | null;
  /** Spent training up to there. */
  readonly seconds: number;
  /** What changed in flight. */
  readonly events: readonly RunEvent[];
  /** Of the full test after each epoch so far. */
  readonly testLosses: readonly number[];
  /** The epoch that ended with the state's step was not tested. */
  readonly fullTestDue: boolean;
  /** It was stopped. */
  readonly isOver: boolean;
}

/**
 * Nothing outlives the visit, because the browser has or allows no storage (`no_storage`), or because a newer version of the page has
 * been here, whose form of it this one does not know (`newer_version`); `full`: no more keyframes are kept; `failed`: nothing more is
 * written; `newer_page`: so, because a newer version of the page has taken the storage over in another tab.
 */
export type RecordingProblem = 'no_storage' | 'newer_version' | 'full' | 'failed' | 'newer_page';

export type ErrorCode =
  | 'elsewhere'
  | 'data_fetch'
  | 'data_checksum'
  | 'data_decode'
  | 'data_import'
  | 'data_missing'
  | 'backend'
  | 'device'
  | 'limits'
  | 'config'
  | 'state'
  | 'file'
  | 'not_ready'
  | 'timeout'
  | 'internal';

/** What an error is about, in parts, so that the page can say it in its reader's language. */
export type ErrorDetails =
  | DataErrorDetails
  | FormatDetails
  | { readonly kind: 'data_import'; readonly problem: DataProblem }
  | { readonly kind: 'data_missing'; readonly data: DataSpec };

export interface WorkerError {
  readonly code: ErrorCode;
  /** English, for the console and as detail; the page shows a text of its own for the code. */
  readonly message: string;
  /** The file, layer or key it is about, if any. */
  readonly subject: string | null;
  readonly details?: ErrorDetails;
}

/**
 * `preparing`: the network is being built; `ready`: the first weights are there, no step is taken; `waiting`: training was asked for,
 * the images it needs next have not arrived; `recovering`: it trains on as soon as an engine is there in
 * place of the one that was lost; `stopped` and `finished` runs are over, their network still predicts.
 */
export type RunPhase =
  | 'preparing'
  | 'ready'
  | 'waiting'
  | 'recovering'
  | 'training'
  | 'paused'
  | 'stopped'
  | 'finished'
  | 'failed';

/** Where a run stands. */
export interface RunStatus {
  readonly phase: RunPhase;
  /** Images that the test running just now has done; null where none runs. Training goes on after it. */
  readonly testedImages: number | null;
  /** Steps done. */
  readonly step: number;
  /** What its weights went through before the first of them. */
  readonly origin: WeightsOrigin;
  /** Whole epochs done. */
  readonly epoch: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  /**
   * Images there to train on, fewer than configured while sheets still load. The run is the same as with all of them
   * there from the start: a step whose images have not arrived waits for them (with shuffle: for all).
   */
  readonly trainingImages: number;
  /** Training time alone, without tests and pauses; the first step, which compiles, left out. */
  readonly imagesPerSecond: number | null;
  /** Training time left, without tests. */
  readonly secondsLeft: number | null;
  readonly firstStepMilliseconds: number | null;
}

export type WorkerEvent =
  /** The worker hears commands. It holds the lock of this name for as long as it lives; null where there are no locks. */
  | { readonly type: 'started'; readonly lock: string | null }
  | { readonly type: 'pong' }
  /** The worker computes for up to so long, in which it hears nothing. */
  | { readonly type: 'busy'; readonly seconds: number }
  | { readonly type: 'backendProbing' }
  /** Again where an engine that runs has changed: it can lose its threads. */
  | {
      readonly type: 'backendReady';
      readonly backend: BackendDescription;
      readonly probes: readonly BackendProbe[];
    }
  | { readonly type: 'backendFailed'; readonly error: WorkerError; readonly probes: readonly BackendProbe[] }
  /** The engine is gone, by an error of code `device`; the next one is tried at once. */
  | { readonly type: 'backendLost'; readonly backend: BackendName; readonly error: WorkerError }
  | {
      readonly type: 'dataProgress';
      readonly loadedBytes: number;
      readonly totalBytes: number;
      readonly trainingImages: number;
      readonly testImages: number;
      readonly fromCache: boolean;
    }
  | { readonly type: 'dataReady' }
  | { readonly type: 'dataFailed'; readonly error: WorkerError }
  /** The data sets that are kept, newest first; again where that changes. `isPersistent`: they outlive the visit. */
  | { readonly type: 'dataSets'; readonly sets: readonly DataSpec[]; readonly isPersistent: boolean }
  /** Whether what the run is trained on is not kept here; it waits for it. */
  | { readonly type: 'runData'; readonly runId: string; readonly isMissing: boolean }
  | { readonly type: 'runStatus'; readonly runId: string; readonly status: RunStatus }
  /** About ten times a second; steps firstStep .. firstStep + loss.length - 1. `seconds`: spent training up to the last of them. */
  | ({ readonly type: 'metrics'; readonly runId: string; readonly seconds: number } & StepMetrics)
  /** Layer by layer, of some of the steps that the metrics before it told of. */
  | { readonly type: 'statistics'; readonly runId: string; readonly steps: readonly StepStatistics[] }
  | ({ readonly type: 'evaluated'; readonly runId: string } & EvaluationPoint)
  | { readonly type: 'curvature'; readonly runId: string; readonly point: CurvaturePoint }
  /** It could not be measured, and is not any more until it is set again; the run goes on. */
  | { readonly type: 'curvatureFailed'; readonly runId: string; readonly error: WorkerError }
  /** The run begins with weights that no seed can draw again. */
  | { readonly type: 'runBegan'; readonly runId: string; readonly initial: Weights }
  /** Settings of the run that changed in flight: all of them, in order. */
  | { readonly type: 'runChanged'; readonly runId: string; readonly events: readonly RunEvent[] }
  /** Where the run stood a moment ago, should the worker be lost. `state`: null where it is in storage. */
  | {
      readonly type: 'runKept';
      readonly runId: string;
      readonly step: number;
      readonly state: EngineState | null;
    }
  /**
   * This much of the run is in the store. `write`: what came last, a RunWrite of storage/runs/runStore.ts without states, where the
   * store is the worker's own memory; else null.
   */
  | {
      readonly type: 'runRecorded';
      readonly runId: string;
      readonly phase: RunPhase;
      readonly write: object | null;
    }
  /** What of the run is not kept, and why; null: all of it is kept. */
  | { readonly type: 'recording'; readonly runId: string; readonly problem: RecordingProblem | null }
  /** After a loss of the engine the run goes on from this step. */
  | { readonly type: 'runRecovered'; readonly runId: string; readonly step: number }
  /** The run is over, or, with code `device`, waits for another backend; step and metrics stand. */
  | { readonly type: 'runFailed'; readonly runId: string; readonly error: WorkerError }
  | { readonly type: 'progress'; readonly requestId: number; readonly progress: Progress }
  | { readonly type: 'reply'; readonly requestId: number; readonly reply: Reply }
  | { readonly type: 'requestFailed'; readonly requestId: number; readonly error: WorkerError };
