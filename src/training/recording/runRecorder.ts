/**
 * Records the run at hand beside its training: hears every event of the trainer, and writes to the store about once a second, with each
 * keyframe, and whenever the run rests. What cannot be kept is said once; the run goes on all the same.
 */
import type { RunSweep } from '@/model/sweep/runSweep';
import { epochLosses } from '@/model/testFigures';
import { assertNever } from '@/model/layers';
import { stepsPerEpoch, type RunConfig } from '@/model/runConfig';
import type { EngineState } from '@/model/engineState';
import { isUntrained } from '@/model/weightsOrigin';
import type { KeptRun, RecordingProblem, RunPhase, WorkerEvent } from '@/protocol/messages';
import { defaultKeyframeBytes } from '@/storage/runs/keyframePolicy';
import type { RecordedPhase, RunEnvironment } from '@/storage/runs/runSchema';
import type { RunStore, RunWrite } from '@/storage/runs/runStore';
import { acquireRunLock, type TabLock } from '@/storage/tabLock';
import { capacityOf } from '@/training/keepingSchedule';
import { Recording, type RecordedStart } from '@/training/recording/recording';
import { replayedRun, type ReplayedRun } from '@/training/replay/replayedRun';
import { seedWeights } from '@/training/run';
import type { RunEvent } from '@/training/runEvent';

export interface RunRecorderOptions {
  readonly store: Promise<RunStore>;
  readonly post: (event: WorkerEvent) => void;
  /** What computes now; null before an engine is there. */
  readonly environment: () => RunEnvironment | null;
}

/** How a run goes on. */
export interface ReopenedRun {
  /** As it began. */
  readonly config: RunConfig;
  readonly kept: KeptRun;
}

/** Between two writes without a keyframe. */
const writeMilliseconds = 1000;
/** Where the storage is full: until it is asked again to take a state, since a person may have freed some of it. */
const fullMilliseconds = 10_000;
/** The lock of a worker that has just ended is free a moment later. */
const lockMilliseconds = 2000;

const recordedPhases: Readonly<Record<RunPhase, RecordedPhase | null>> = {
  preparing: null,
  ready: null,
  waiting: 'training',
  recovering: 'training',
  training: 'training',
  paused: 'paused',
  stopped: 'stopped',
  finished: 'finished',
  failed: 'failed',
};

/** What it means that the store did not take something. */
function problemOf(error: unknown): RecordingProblem {
  if (!(error instanceof DOMException)) return 'failed';
  if (error.name === 'QuotaExceededError') return 'full';
  // What a connection says that has given way to another version of the database.
  return error.name === 'InvalidStateError' ? 'newer_page' : 'failed';
}

export class RunRecorder {
  readonly #options: RunRecorderOptions;
  /** Of the keyframes of every run that begins from now on. */
  keyframeBytes = defaultKeyframeBytes;
  #recording: Recording | null = null;
  #lock: Promise<TabLock | null> | null = null;
  /** Ends when all that was to be written is. */
  #writing: Promise<void> = Promise.resolve();
  #isQueued = false;
  #lastWrite = -Infinity;
  #problem: RecordingProblem | null = null;
  #fullUntil = -Infinity;
  #isPersistent = false;

  constructor(options: RunRecorderOptions) {
    this.#options = options;
    void options.store.then(({ obstacle }) => {
      this.#isPersistent = obstacle === null;
    });
  }

  /** Another run, which begins, takes the place of the one at hand. */
  begin(id: string, config: RunConfig, sweep: RunSweep | null = null): void {
    this.#replace(new Recording(this.#startOf({ id, config, parent: null, sweep })));
  }

  /**
   * Goes on with a run: from its last keyframe, or from where the page kept it where that is later, or all there is. Null where
   * another tab trains it.
   */
  async reopen(id: string, config: RunConfig, kept: KeptRun): Promise<ReopenedRun | null> {
    this.#leave();
    const store = await this.#options.store;
    this.#lock = acquireRunLock(id, lockMilliseconds);
    if ((await this.#lock) === null) return null;
    const run = await store.get(id);
    const step = (await store.keyframeSteps(id)).at(-1) ?? 0;
    if (run === null || step < (kept.state?.step ?? 0)) {
      this.#replace(new Recording(this.#startOf({ id, config, parent: null, sweep: run?.sweep ?? null })));
      return { config, kept };
    }
    const [state, first] = await Promise.all([store.keyframe(id, step), store.keyframe(id, 0)]);
    const from = state?.step ?? 0;
    const start = this.#startOf(run);
    const recording = await Recording.reopen(start, run, store, from);
    this.#replace(recording);
    const isTested = recording.tests.some((test) => test.extent === 'full' && test.step === from);
    const initial =
      isUntrained(run.origin) || first === null
        ? seedWeights
        : { parameters: first.parameters, origin: run.origin };
    return {
      config: run.config,
      kept: {
        initial,
        state: from === 0 ? null : state,
        seconds: recording.seconds,
        events: run.events,
        testLosses: epochLosses(recording.tests, stepsPerEpoch(run.config)),
        fullTestDue: from > 0 && from % stepsPerEpoch(run.config) === 0 && !isTested,
        isOver: run.phase === 'stopped',
      },
    };
  }

  /** The run that is recorded, to be gone back in. */
  get run(): ReplayedRun | null {
    const recording = this.#recording;
    if (recording === null) return null;
    return replayedRun(recording.start, recording);
  }

  /** Begins a run with the first steps of the one at hand, and what stood after them; null where that is another. */
  branch(id: string, config: RunConfig, parentId: string, state: EngineState): KeptRun | null {
    const parent = this.#recording;
    if (parent?.start.id !== parentId) return null;
    const { step } = state;
    const start = this.#startOf({ id, config, parent: { runId: parentId, step }, sweep: null });
    const branch = parent.branch(start, state);
    this.#replace(branch);
    const initial = { parameters: null, origin: branch.origin };
    return {
      initial,
      state,
      seconds: branch.seconds,
      events: [],
      testLosses: epochLosses(branch.tests, stepsPerEpoch(config)),
      fullTestDue: false,
      isOver: false,
    };
  }

  /** Hears what the trainer tells, and tells it on. */
  hear(event: RunEvent): void {
    const { post } = this.#options;
    const recording = this.#recording;
    if (recording?.start.id !== event.runId) {
      post(event);
      return;
    }
    this.#record(recording, event);
    // Where states are written, the page hears of them when they are.
    if (event.type !== 'runKept' || !this.#isPersistent || this.#problem !== null) post(event);
  }

  #record(recording: Recording, event: RunEvent): void {
    switch (event.type) {
      case 'metrics':
        this.#lock ??= acquireRunLock(event.runId);
        this.#hearEnvironment(recording);
        recording.addMetrics(event, event.seconds);
        if (performance.now() - this.#lastWrite >= writeMilliseconds) this.#write(recording);
        break;
      case 'statistics':
        recording.addStatistics(event.steps);
        break;
      case 'evaluated': {
        const { type: _type, runId: _runId, ...test } = event;
        recording.addTest(test);
        break;
      }
      case 'runStatus': {
        recording.totalSteps = event.status.totalSteps;
        recording.origin = event.status.origin;
        const phase = recordedPhases[event.status.phase];
        if (phase !== null) this.#enter(recording, phase);
        break;
      }
      case 'runFailed':
        this.#enter(recording, 'failed');
        break;
      case 'runChanged':
        recording.events = event.events;
        this.#write(recording);
        break;
      case 'runBegan':
        if (event.initial.parameters !== null)
          recording.addKeyframe({ step: 0, parameters: event.initial.parameters, optimizer: {} });
        break;
      case 'runKept':
        if (event.state === null) break;
        recording.addKeyframe(event.state);
        this.#write(recording);
        break;
      case 'runRecovered':
        recording.goBack(event.step);
        break;
      case 'curvature':
        recording.addCurvature(event.point);
        // While it trains it is written with the metrics.
        if (recording.phase !== 'training') this.#write(recording);
        break;
      case 'curvatureFailed':
        break;
      default:
        assertNever(event);
    }
  }

  #hearEnvironment(recording: Recording): void {
    const environment = this.#options.environment();
    if (environment !== null) recording.computedBy(environment);
  }

  #enter(recording: Recording, phase: RecordedPhase): void {
    if (recording.phase === phase) return;
    recording.phase = phase;
    this.#write(recording);
  }

  #startOf({ id, config, parent, sweep }: Omit<RecordedStart, 'capacity'>): RecordedStart {
    return { id, config, parent, sweep, capacity: capacityOf(config, this.keyframeBytes) };
  }

  #replace(recording: Recording): void {
    if (this.#recording !== null) this.#leave();
    this.#recording = recording;
    this.#problem = null;
    this.#lastWrite = -Infinity;
  }

  /** The run at hand rests from now on, until it is opened again. */
  #leave(): void {
    const recording = this.#recording;
    this.#recording = null;
    if (recording?.phase === 'training') recording.phase = 'paused';
    if (recording !== null) this.#write(recording);
    const lock = this.#lock;
    this.#lock = null;
    void this.#writing.then(async () => (await lock)?.release());
  }

  /** Writes after what is being written. */
  #write(recording: Recording): void {
    if (this.#isQueued && recording === this.#recording) return;
    this.#isQueued = true;
    this.#lastWrite = performance.now();
    this.#writing = this.#writing.then(async () => {
      this.#isQueued = false;
      await this.#writeNow(recording);
    });
  }

  async #writeNow(recording: Recording): Promise<void> {
    if (this.#problem === 'failed' || this.#problem === 'newer_page') return;
    const store = await this.#options.store;
    const runId = recording.start.id;
    const keepsStates = this.#problem !== 'full' || performance.now() >= this.#fullUntil;
    try {
      const write = await recording.write(store, keepsStates);
      if (write !== null) this.#tellWritten(write, store);
      if (this.#problem === 'full' && (write?.keyframes.length ?? 0) > 0) this.#tell(runId, null);
      if (store.obstacle !== null) this.#tell(runId, store.obstacle);
    } catch (error) {
      const problem = problemOf(error);
      this.#tell(runId, problem === 'full' && !keepsStates ? 'failed' : problem);
      if (this.#problem !== 'full') return;
      this.#fullUntil = performance.now() + fullMilliseconds;
      this.#write(recording);
    }
  }

  #tellWritten(write: RunWrite, { obstacle }: RunStore): void {
    const { post } = this.#options;
    const isPersistent = obstacle === null;
    const { id: runId, phase, summary } = write.run;
    const [keyframe] = write.keyframes;
    if (isPersistent && keyframe !== undefined && keyframe.step <= summary.steps)
      post({ type: 'runKept', runId, step: keyframe.step, state: null });
    const withoutStates = { ...write, keyframes: [], dropKeyframes: [] };
    post({ type: 'runRecorded', runId, phase, write: isPersistent ? null : withoutStates });
  }

  #tell(runId: string, problem: RecordingProblem | null): void {
    if (this.#problem === problem) return;
    this.#problem = problem;
    this.#options.post({ type: 'recording', runId, problem });
  }
}
