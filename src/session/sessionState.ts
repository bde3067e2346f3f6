/**
 * What views read, and what they can do. For a view:
 *
 *   import { session, useSession } from '@/session/session';
 *   const phase = useSession((state) => state.run?.phase);          // select narrowly; derive with session/selectors.ts
 *   session.actions.start();                                        // SessionActions below
 *   const rows = session.metrics.chart('loss', state.settings.smoothing);   // when state.metricsVersion changes
 *   const { probabilities } = await session.actions.predict(bytes, 1);      // rejects with RequestError
 *
 * app/main.tsx calls session.connect(location.search) once; draftToQuery(draft) of draftLink.ts writes such a link. It starts the worker, picks the backend, loads the data and prepares the
 * draft's network. reduceEvent.ts folds worker events into the state; trainerClient.ts sends commands.
 */
import type { Diagnosis } from '@/doctor/diagnosis';
import type { ExportFormatId } from '@/formats/exportFormats';
import type { BackendName, BackendProbe } from '@/model/backend';
import type { MemoryNeed } from '@/model/cost';
import type { DataSpec } from '@/model/dataSet';
import type { CurvaturePoint, CurvatureSettings } from '@/model/curvature';
import type { StatisticsInterval } from '@/model/layerStatistics';
import type { RangeTestPoint } from '@/model/rangeTest';
import type { LinkIssue } from '@/model/configQuery';
import type { RunConfig } from '@/model/runConfig';
import type { RunSweep } from '@/model/sweep/runSweep';
import type { EvaluationPoint } from '@/model/testFigures';
import type {
  BackendDescription,
  EngineChoice,
  FirstWeights,
  RecordingProblem,
  RunPhase,
  RunStatus,
  WorkerError,
} from '@/protocol/messages';
import type { Ancestor } from '@/session/ancestors';
import type { LastRun } from '@/session/lastRun';
import type {
  ConvolutionProblem,
  Prediction,
  RequestParams,
  RequestProgress,
  RequestType,
  RequestValue,
  ShownStep,
} from '@/protocol/requests';

export type { EvaluationPoint, Prediction, RequestParams, RequestProgress, RequestType, RequestValue };

export type BackendState =
  | { readonly kind: 'probing' }
  | { readonly kind: 'ready'; readonly backend: BackendDescription; readonly probes: readonly BackendProbe[] }
  | { readonly kind: 'failed'; readonly error: WorkerError; readonly probes: readonly BackendProbe[] };

export interface DataState {
  readonly kind: 'idle' | 'loading' | 'ready' | 'failed';
  readonly loadedBytes: number;
  readonly totalBytes: number;
  /** Images there so far. */
  readonly trainingImages: number;
  readonly testImages: number;
  readonly fromCache: boolean;
  readonly error: WorkerError | null;
}

export interface KeptDataSets {
  /** Newest first. */
  readonly sets: readonly DataSpec[];
  /** They outlive the visit. */
  readonly isPersistent: boolean;
}

export interface RunState extends RunStatus {
  readonly runId: string;
  /** What the run trains with; learning rate and epochs follow what is changed in flight. */
  readonly config: RunConfig;
  readonly error: WorkerError | null;
  /** Where a branch left its parent; else 0. */
  readonly firstStep: number;
  /** The step from which it goes on when the worker is lost; 0: from the beginning. */
  readonly keptStep: number;
}

/** An earlier step of the run at hand that all views show. */
export interface ShownState extends Omit<ShownStep, 'step'> {
  /** Asked for. */
  readonly step: number;
  /** At which the network stands that answers; null until the first is there. */
  readonly at: number | null;
  /** The network is on its way to `step`. */
  readonly isMoving: boolean;
  /** Where it is on a long way. */
  readonly passed: number | null;
  /** Why it cannot be shown. */
  readonly error: WorkerError | null;
}

/** The run from which the one at hand branched, to be drawn beside it. */
export interface ComparedRun {
  readonly runId: string;
  /** Where they part. */
  readonly step: number;
  /** One a step, from the first. */
  readonly loss: Float32Array<ArrayBuffer>;
}

/** A loss of what computes, through which the run at hand came, or is to come. */
export interface Recovery {
  /** The backend whose device was lost; null: the worker. */
  readonly lost: BackendName | null;
  /** Steps that were done then. */
  readonly lostStep: number;
  /** From where the run went on; null: it does not yet. */
  readonly step: number | null;
}

/** The curvature of the loss on the way of the run at hand. */
export interface CurvatureState {
  /** How it is measured while the run trains; null: it is not. */
  readonly settings: CurvatureSettings | null;
  readonly points: readonly CurvaturePoint[];
  /** Why it is not measured any more. */
  readonly error: WorkerError | null;
}

/** A learning-rate range test: under way, or done and still shown. */
export interface RangeTestState {
  readonly rangeTestId: number;
  readonly phase: 'running' | 'done' | 'failed';
  /** Steps asked for; it ends earlier where the loss runs away. */
  readonly steps: number;
  readonly points: readonly RangeTestPoint[];
  readonly error: WorkerError | null;
}

/** How training can start where weights are there already; `continue`: the run at hand goes on. */
export type StartChoice = 'continue' | Exclude<FirstWeights, 'file'>;

/** Something was asked for that would drop weights; it waits for a person's word (startPlan.ts). */
export interface WeightsQuestion {
  /** `replace`: to load a file, or to train something else. */
  readonly cause: 'start' | 'reset' | 'replace';
  /** The run whose network is on show. */
  readonly runId: string;
  /** What is to be trained. */
  readonly config: RunConfig;
  /** The ways to go on; to leave everything as it is is always one more. */
  readonly choices: readonly StartChoice[];
}

/** Kept between visits (localStorage). */
export interface Settings {
  readonly engineChoice: EngineChoice;
  /** Compute with tfjs, the reference, also where an engine of our own could: to compare. */
  readonly referenceEngine: boolean;
  /** Loss charts on a logarithmic axis. */
  readonly logScale: boolean;
  /** TensorBoard's smoothing weight, 0 (raw) to 0.999. */
  readonly smoothing: number;
  /** How often the layers are measured while a run trains. */
  readonly statisticsInterval: StatisticsInterval;
  /** Of the states that are kept of a run. */
  readonly keyframeBytes: number;
}

export interface SessionState {
  /**
   * `late`: its script has not come; `silent`: it has not answered for longer than it said it would be busy; `crashed`: it
   * ended. actions.restartWorker() puts another in its place.
   */
  readonly worker: 'stopped' | 'running' | 'late' | 'silent' | 'crashed';
  readonly settings: Settings;
  readonly backend: BackendState;
  /** MNIST on its way. */
  readonly data: DataState;
  /** Data sets of one's own; null until the worker has told of them. */
  readonly dataSets: KeptDataSets | null;
  /** The run that waits for data which is not kept here; null: none does. */
  readonly runWithoutData: string | null;
  /** Null until the first prepare. */
  readonly run: RunState | null;
  /** Null: nothing was lost in this run, or it is no news any more. */
  readonly recovery: Recovery | null;
  /** What the controls at the left say; a run starts from it. */
  readonly draft: RunConfig;
  /** What of the page's link could not be used for the draft. */
  readonly linkIssues: readonly LinkIssue[];
  /** What this draft would need of the engine's memory, null where that has no known end; null until the engine has said it. */
  readonly memoryNeed: { readonly config: RunConfig; readonly need: MemoryNeed | null } | null;
  /** Training metrics live outside of React's sight (session.metrics); this counter tells that they changed. */
  readonly metricsVersion: number;
  /** The same for the layer statistics (session.statistics). */
  readonly statisticsVersion: number;
  /** The weights that were saved as a file last: whose, and after how many steps. */
  readonly savedWeights: { readonly runId: string; readonly step: number; readonly fileName: string } | null;
  readonly weightsQuestion: WeightsQuestion | null;
  readonly evaluations: readonly EvaluationPoint[];
  readonly curvature: CurvatureState;
  /** Null until the first range test, and after it was closed. */
  readonly rangeTest: RangeTestState | null;
  /** The run whose states are in storage, so that it outlives the page. */
  readonly storedRunId: string | null;
  /** What was written last of a run; null before anything was. */
  readonly recorded: { readonly runId: string; readonly phase: RunPhase } | null;
  /** What of the runs is not kept, until a person has put the news away; null: nothing, or it is told. */
  readonly recordingProblem: RecordingProblem | null;
  /** The run that the last visit left, to be shown again, and gone on with where it has steps to go. */
  readonly lastRun: LastRun | null;
  /** Null: the newest step is on show. */
  readonly shown: ShownState | null;
  /** Null: the run at hand is no branch, or its parent is gone. */
  readonly comparison: ComparedRun | null;
  /** Of the run at hand, its parent first: the steps before it branched can be gone back to in them. */
  readonly ancestors: readonly Ancestor[];
  /** What the doctor finds wrong with the run, causes first. */
  readonly diagnoses: readonly Diagnosis[];
}

export interface SessionActions {
  /**
   * Trains with the draft from the beginning: of weights that were loaded, else of fresh ones. Asks where weights would be
   * dropped, which were loaded or trained.
   */
  readonly start: () => void;
  /** The same with this configuration, which becomes the draft; that alone where the engine's memory does not hold such a run. */
  readonly startWith: (config: RunConfig) => void;
  /** Trains fresh weights with this configuration, which becomes the draft, without a question (confirmReplacing); `sweep`: for which. */
  readonly startFresh: (config: RunConfig, sweep?: RunSweep | null) => void;
  readonly pause: () => void;
  /** Goes on with a paused run, one whose device was lost and replaced, or one that has ended and has more epochs now. */
  readonly resume: () => void;
  /** One step, or up to the end of the epoch (its test included), then pauses. Starts a run where none is under way. */
  readonly stepOnce: () => void;
  readonly epochOnce: () => void;
  /** Ends the run; its network goes on predicting. */
  readonly stop: () => void;
  /** Fresh weights from the draft, charts emptied. Asks where weights would be dropped. */
  readonly reset: () => void;
  /** Gives the run under way the draft's epochs. */
  readonly applyEpochs: () => void;
  /** Answers the question that is open; null leaves everything as it is. */
  readonly answerWeightsQuestion: (choice: StartChoice | null) => void;
  /** Whether the network on show may be replaced: asks where its weights would be lost. */
  readonly confirmReplacing: () => Promise<boolean>;
  /** In flight, from the next step on; also changes the draft. */
  readonly setLearningRate: (learningRate: number) => void;
  /** Loads what is missing of the data. */
  readonly retryData: () => void;
  /** A run under way goes on on the new backend, from the step where it is. */
  readonly selectBackend: (choice: EngineChoice) => void;
  /** Tries the chosen engine again, with all that it needs loaded anew where the run outlives that. */
  readonly retryEngine: () => void;
  /** Switches between our own engine and the reference, where the backend has both; a run under way goes on. */
  readonly setReferenceEngine: (reference: boolean) => void;
  /** Of the run under way too, from the next step on. */
  readonly setStatisticsInterval: (interval: StatisticsInterval) => void;
  /** Measures the curvature of the loss while the run trains, from now on; null: not any more. */
  readonly setCurvature: (settings: CurvatureSettings | null) => void;
  /** Of runs that begin, or go on, from now on. */
  readonly setKeyframeBytes: (bytes: number) => void;
  /**
   * Changes the draft. When what makes the network (network, input, seed) changes and no weights are dropped by it, the new
   * network is prepared a moment later, so that drawings are classified with it.
   */
  readonly updateDraft: (change: Partial<RunConfig>) => void;
  /** Replaces the whole draft, such as by a preset's configuration. */
  readonly loadPreset: (config: RunConfig) => void;
  readonly updateSettings: (change: Partial<Settings>) => void;
  /**
   * What a run of this configuration needs of the engine's memory, where that is more than there is; null where it fits, or where
   * nobody can say.
   */
  readonly askMemory: (config: RunConfig) => Promise<MemoryNeed | null>;
  /**
   * Asks the worker anything of protocol/requests.ts; the network on show answers. `onProgress` hears of what comes before the
   * answer, where something does. @throws RequestError; what `signal` was aborted with
   */
  readonly ask: <K extends RequestType>(
    request: K,
    params: RequestParams<K>,
    onProgress?: (progress: RequestProgress<K>) => void,
    signal?: AbortSignal,
  ) => Promise<RequestValue<K>>;
  /** Images of 28 x 28 bytes, white on black. @throws RequestError */
  readonly predict: (images: Uint8Array<ArrayBuffer>, count: number) => Promise<Prediction>;
  /** Test images and labels of the data on show by index. @throws RequestError `not_ready` before they are loaded */
  readonly testImages: (indices: readonly number[]) => Promise<RequestValue<'testImages'>>;
  /** What the network reads in every test image. @throws RequestError `not_ready` before they are loaded */
  readonly testPredictions: (onProgress?: (done: number) => void) => Promise<RequestValue<'testPredictions'>>;
  /** Trains the next run on other data: of the draft. */
  readonly chooseData: (data: DataSpec | undefined) => void;
  /** A convolution on the engine's device. @throws RequestError `not_ready` before a backend is there */
  readonly convolve: (problem: ConvolutionProblem) => Promise<RequestValue<'convolve'>>;
  /** What this convolution of the network reads for an image of 28 x 28 bytes, and one filter. @throws RequestError */
  readonly layerInput: (
    layer: string,
    filter: number,
    image: Uint8Array<ArrayBuffer>,
  ) => Promise<RequestValue<'layerInput'>>;
  /**
   * A file of the network or the run at hand. `onProgress` hears which share of the test images was read, where the format needs
   * them. @throws RequestError `not_ready` where the format needs a network and none is there
   */
  readonly exportFile: (
    format: ExportFormatId,
    onProgress?: (done: number) => void,
  ) => Promise<RequestValue<'exportFile'>>;
  /**
   * Reads a weights file into the network of the draft, and begins a run with it; null where a person would rather keep the
   * weights on show. @throws RequestError `file` or `state`, with details that say what is wrong or does not fit
   */
  readonly importWeights: (file: File) => Promise<RequestValue<'importWeights'> | null>;
  /** Trains a copy of the draft at rising learning rates, into `rangeTest`; the run at hand stands still meanwhile. */
  readonly runRangeTest: () => void;
  /** Ends the range test; what it has stays. */
  readonly stopRangeTest: () => void;
  readonly closeRangeTest: () => void;
  /** Another worker in place of one that died or is stuck; the run goes on from its last kept step. */
  readonly restartWorker: () => void;
  /**
   * Shows a run from storage as it stood last, in place of the one at hand; `train`: and goes on with it, or, where no state of it is
   * kept, begins it again. Asks where weights would be lost, unless that was asked (`asks`). Gives whether it is on show.
   */
  readonly openRun: (
    runId: string,
    options: { readonly train: boolean; readonly asks?: boolean },
  ) => Promise<boolean>;
  /** Shows the network as it was after `step` steps in all views; null, or the newest: as it is. */
  readonly showStep: (step: number | null) => void;
  /** Computes the step that was asked for, however long it takes. */
  readonly computeShownStep: () => void;
  /** To the next keyframe forwards (1) or back (-1). */
  readonly showNextKeyframe: (direction: 1 | -1) => Promise<void>;
  /** Trains on from the step on show with the draft's settings, as another run. */
  readonly branch: () => void;
  /** The same from any step of the run at hand and with any settings. */
  readonly branchWith: (step: number, config: RunConfig) => void;
  /** Runs were deleted: none of them is offered any more, and a fresh network of the draft takes the place of the one on show. */
  readonly forgetRuns: (runIds: readonly string[]) => void;
  /** Does not offer the last run any more. */
  readonly dismissLastRun: () => void;
  /** Puts the news of what is not kept away. */
  readonly closeRecordingProblem: () => void;
  /** Puts the news of a recovery away. */
  readonly closeRecovery: () => void;
}
