/**
 * The record of one run: what was measured so far, and what of it is not written yet. Writing never holds the training up: one write
 * is under way at a time, and what comes meanwhile goes into the next.
 */
import type { StepStatistics } from '@/model/layerStatistics';
import { withPoint, type CurvaturePoint } from '@/model/curvature';
import type { EngineState } from '@/model/engineState';
import { stepsPerEpoch, type RunConfig } from '@/model/runConfig';
import type { RunEvent } from '@/model/runEvents';
import type { StepMetrics } from '@/model/stepMetrics';
import type { RunSweep } from '@/model/sweep/runSweep';
import type { EvaluationPoint } from '@/model/testFigures';
import { drawnFromSeed, type WeightsOrigin } from '@/model/weightsOrigin';
import { keyframesToDrop } from '@/storage/runs/keyframePolicy';
import { chunkSteps, metricColumns, RecordedMetrics } from '@/storage/runs/recordedMetrics';
import {
  bytesOfState,
  emptyNotes,
  type RecordedPhase,
  type RecordedRun,
  type RunEnvironment,
} from '@/storage/runs/runSchema';
import { curvatureChunks, type CurvatureChunk, type RunStore, type RunWrite } from '@/storage/runs/runStore';
import { RecordedStatistics } from '@/training/recording/recordedStatistics';
import { Sparkline } from '@/training/recording/sparkline';

/** What is known of a run when it begins, or goes on. */
export interface RecordedStart {
  readonly id: string;
  readonly config: RunConfig;
  readonly parent: RecordedRun['parent'];
  readonly sweep: RunSweep | null;
  /** Keyframes that its budget holds. */
  readonly capacity: number;
}

interface Pending {
  truncate: number | null;
  /** Metrics and statistics from this step on. */
  from: number;
  /** Curvature from this step on. */
  curvatureFrom: number;
  tests: EvaluationPoint[];
  keyframe: EngineState | null;
}

const nothing = (from: number): Pending => ({
  truncate: null,
  from,
  curvatureFrom: Infinity,
  tests: [],
  keyframe: null,
});

export class Recording {
  readonly start: RecordedStart;
  events: readonly RunEvent[] = [];
  phase: RecordedPhase = 'training';
  origin: WeightsOrigin = drawnFromSeed;
  totalSteps = 0;
  #environment: RunEnvironment | null = null;
  #switchedEngine = false;
  readonly #createdAt: number;
  readonly #metrics: RecordedMetrics;
  readonly #statistics = new RecordedStatistics();
  #curvature: readonly CurvaturePoint[] = [];
  #tests: readonly EvaluationPoint[];
  #keyframes: readonly number[];
  #keyframeBytes = 0;
  #sparkline = new Sparkline();
  #pending = nothing(0);

  constructor(start: RecordedStart, createdAt = Date.now()) {
    this.start = start;
    this.#createdAt = createdAt;
    this.#metrics = new RecordedMetrics();
    this.#tests = [];
    this.#keyframes = [];
  }

  /** The record of a run that stands in the store, to go on at `step`. */
  static async reopen(
    start: RecordedStart,
    run: RecordedRun,
    store: RunStore,
    step: number,
  ): Promise<Recording> {
    const recording = new Recording(start, run.createdAt);
    const { id } = start;
    const [metrics, statistics, curvature, tests, keyframes] = await Promise.all([
      store.metrics(id),
      store.statistics(id),
      store.curvature(id),
      store.tests(id),
      store.keyframeSteps(id),
    ]);
    recording.#environment = run.environment;
    recording.#switchedEngine = run.switchedEngine;
    recording.events = run.events;
    recording.phase = run.phase;
    recording.origin = run.origin;
    recording.totalSteps = run.summary.totalSteps;
    for (const chunk of metrics.chunks(0)) recording.#metrics.take(chunk);
    recording.#statistics.add(statistics);
    recording.#curvature = curvature;
    recording.#tests = tests;
    recording.#keyframes = keyframes;
    recording.goBack(step);
    return recording;
  }

  /** The record of a run that begins with the first steps of this one, and with what stood after them. */
  branch(start: RecordedStart, state: EngineState): Recording {
    const { step } = state;
    const branch = new Recording(start);
    branch.#environment = this.#environment;
    branch.#switchedEngine = this.#switchedEngine;
    branch.origin = this.origin;
    for (const chunk of this.#metrics.chunks(0)) branch.#metrics.take(chunk);
    branch.#metrics.truncate(step);
    branch.#statistics.add(this.#statistics.before(step));
    branch.#curvature = this.#curvature.filter((point) => point.step <= step);
    branch.#tests = this.#tests.filter((test) => test.step <= step);
    branch.#drawSparkline();
    branch.#pending = { ...nothing(0), curvatureFrom: 0, tests: [...branch.#tests], keyframe: state };
    return branch;
  }

  /** What computes it; null until an engine has it. */
  get environment(): RunEnvironment | null {
    return this.#environment;
  }

  /** From the next step on. */
  computedBy(environment: RunEnvironment): void {
    const before = this.#environment;
    this.#switchedEngine ||=
      before !== null &&
      this.steps > 0 &&
      (before.engine !== environment.engine || before.backend !== environment.backend);
    this.#environment = environment;
  }

  /** Steps that are recorded. */
  get steps(): number {
    return this.#metrics.count;
  }

  get tests(): readonly EvaluationPoint[] {
    return this.#tests;
  }

  /** Time spent training up to where it stands. */
  get seconds(): number {
    return this.#metrics.values('seconds').at(-1) ?? 0;
  }

  addMetrics(metrics: StepMetrics, seconds: number): void {
    // A run that was kept by the page alone: what it did before is not known here.
    if (metrics.firstStep > this.steps) return;
    this.goBack(metrics.firstStep);
    this.#metrics.append(metrics, seconds);
    for (const loss of metrics.loss) this.#sparkline.append(loss);
  }

  addStatistics(steps: readonly StepStatistics[]): void {
    this.#statistics.add(steps);
    this.#pending.from = Math.min(this.#pending.from, steps[0]?.step ?? Infinity);
  }

  addCurvature(point: CurvaturePoint): void {
    this.#curvature = withPoint(this.#curvature, point);
    this.#pending.curvatureFrom = Math.min(this.#pending.curvatureFrom, point.step);
  }

  addTest(test: EvaluationPoint): void {
    this.#tests = [...this.#tests, test];
    this.#pending.tests.push(test);
  }

  addKeyframe(state: EngineState): void {
    this.#pending.keyframe = state;
  }

  /** The run goes on from an earlier step: what was recorded of later ones does not hold. */
  goBack(step: number): void {
    if (step >= this.steps) return;
    this.#metrics.truncate(step);
    this.#statistics.truncate(step);
    this.#curvature = this.#curvature.filter((point) => point.step <= step);
    this.#tests = this.#tests.filter((test) => test.step <= step);
    this.#keyframes = this.#keyframes.filter((one) => one <= step);
    this.#drawSparkline();
    const { truncate, from, curvatureFrom, tests, keyframe } = this.#pending;
    this.#pending = {
      truncate: Math.min(truncate ?? Infinity, step),
      from: Math.min(from, step),
      curvatureFrom: Math.min(curvatureFrom, step),
      tests: tests.filter((test) => test.step <= step),
      keyframe: keyframe !== null && keyframe.step <= step ? keyframe : null,
    };
  }

  /**
   * Writes what is not written yet, and gives that; null where there is nothing. keepsStates: whether keyframes are written. @throws what the store throws; all of it is written the next time then, but for the keyframe
   */
  async write(store: RunStore, keepsStates: boolean): Promise<RunWrite | null> {
    const environment = this.#environment;
    if (environment === null || this.steps === 0) return null;
    const pending = this.#pending;
    const keyframes = this.#keyframes;
    this.#pending = nothing(this.steps);
    const keyframe = keepsStates ? pending.keyframe : null;
    const write = this.#writeOf({ ...pending, keyframe }, environment);
    try {
      await store.write(write);
    } catch (error) {
      this.#takeBack(pending, keyframes);
      throw error;
    }
    return write;
  }

  /** A write of this failed as a whole: the store is as it was before, when it had these keyframes. */
  #takeBack(pending: Pending, keyframes: readonly number[]): void {
    const { truncate, from, curvatureFrom, tests, keyframe } = this.#pending;
    const least = Math.min(truncate ?? Infinity, pending.truncate ?? Infinity);
    const stands = (step: number): boolean => step <= (truncate ?? Infinity);
    this.#pending = {
      truncate: Number.isFinite(least) ? least : null,
      from: Math.min(from, pending.from),
      curvatureFrom: Math.min(curvatureFrom, pending.curvatureFrom),
      tests: [...pending.tests.filter(({ step }) => stands(step)), ...tests],
      keyframe,
    };
    this.#keyframes = keyframes.filter(stands);
  }

  #drawSparkline(): void {
    this.#sparkline = new Sparkline();
    for (const loss of this.#metrics.values('loss')) this.#sparkline.append(loss);
  }

  #writeOf(
    { truncate, from, curvatureFrom, tests, keyframe }: Pending,
    environment: RunEnvironment,
  ): RunWrite {
    const dropKeyframes = this.#thinKeyframes(keyframe);
    return {
      run: this.#run(environment),
      truncate,
      metrics: this.#metrics.chunks(from),
      statistics: this.#statistics.chunks(from),
      curvature: this.#curvatureFrom(curvatureFrom),
      tests,
      keyframes: keyframe === null ? [] : [keyframe],
      dropKeyframes,
    };
  }

  /** Takes the keyframe in, and gives those that it displaces. */
  #thinKeyframes(keyframe: EngineState | null): readonly number[] {
    if (keyframe === null) return [];
    const { config, capacity } = this.start;
    const epoch = stepsPerEpoch(config);
    this.#keyframeBytes = bytesOfState(keyframe);
    const steps = [...this.#keyframes.filter((step) => step < keyframe.step), keyframe.step];
    const dropped = keyframesToDrop(steps, {
      capacity,
      isPreferred: (step) => step % epoch === 0,
      best: this.#best()?.step ?? null,
    });
    this.#keyframes = steps.filter((step) => !dropped.includes(step));
    return dropped;
  }

  #best(): EvaluationPoint | undefined {
    const full = this.#tests.filter(({ extent }) => extent === 'full');
    return full.reduce<EvaluationPoint | undefined>(
      (best, test) => (best === undefined || test.accuracy > best.accuracy ? test : best),
      undefined,
    );
  }

  #curvatureFrom(from: number): CurvatureChunk[] {
    const first = Math.floor(from / chunkSteps);
    return curvatureChunks(this.#curvature).filter(({ chunk }) => chunk >= first);
  }

  #run(environment: RunEnvironment): RecordedRun {
    const { id, config, parent, sweep } = this.start;
    const { events, phase, origin, totalSteps, steps } = this;
    const best = this.#best();
    return {
      id,
      createdAt: this.#createdAt,
      updatedAt: Date.now(),
      config,
      origin,
      environment,
      switchedEngine: this.#switchedEngine,
      parent,
      sweep,
      events,
      phase,
      summary: {
        steps,
        totalSteps,
        seconds: this.seconds,
        lastLoss: this.#metrics.values('loss').at(-1) ?? null,
        lastAccuracy: this.#tests.findLast(({ extent }) => extent === 'full')?.accuracy ?? null,
        bestAccuracy: best?.accuracy ?? null,
        bestStep: best?.step ?? null,
        sparkline: this.#sparkline.points(),
        bytes: 4 * metricColumns.length * steps + this.#keyframes.length * this.#keyframeBytes,
      },
      thinnedLoss: null,
      diagnoses: [],
      notes: emptyNotes,
      deletedAt: null,
    };
  }
}
