/** What the trainer keeps of one run: where it stands, where it is going, how fast. */
import type { EngineError } from '@/engine/engine';
import type { EngineState, Weights } from '@/model/engineState';
import { assertNever } from '@/model/layers';
import { imagesPerEpoch, stepsPerEpoch, type RunConfig } from '@/model/runConfig';
import { afterTests, learningRateAt, totalSteps } from '@/model/learningRate';
import { afterEvent, configAt, type RunEvent } from '@/model/runEvents';
import { drawnFromSeed, trainedFor } from '@/model/weightsOrigin';
import type { FirstWeights, KeptRun, RunPhase, RunStatus, StopUnit } from '@/protocol/messages';
import { KeepingSchedule } from '@/training/keepingSchedule';
import { StatisticsSchedule } from '@/training/statisticsSchedule';
import { QuickTestSchedule } from '@/training/testSchedule';
import { TrainingRate } from '@/training/trainingRate';

export const seedWeights: Weights = { parameters: null, origin: drawnFromSeed };

export class Run {
  readonly runId: string;
  /** As it began. */
  readonly firstConfig: RunConfig;
  /** Learning rate and epochs are those of the next step. */
  config: RunConfig;
  /** What changed in flight; where a run goes back it holds what is to come, too. */
  events: readonly RunEvent[] = [];
  /** Spent training. */
  seconds = 0;
  /** What it begins with. */
  initial: Weights = seedWeights;
  /** Whose weights it is to begin with as they stand; null once they are taken over. */
  successorOf: Run | null = null;
  phase: RunPhase = 'preparing';
  /** Images of the running test that are done; null: none runs. */
  testedImages: number | null = null;
  /** Steps done. */
  step = 0;
  /** Train until so many steps are done; null: do not. */
  goal: number | null = null;
  /** Of the full test after each epoch, which a schedule may follow; an epoch that is trained again has the same. */
  testLosses: readonly number[] = [];
  /** An epoch has ended and was not tested yet. */
  fullTestDue = false;
  /** The last step at which the curvature was measured; null: none. */
  curvatureStep: number | null = null;
  /** Stopped for good. */
  isOver = false;
  /** The engine holds this run's network. */
  isCompiled = false;
  /** Why the engine that held it is gone; it goes on from its saved state in the next one. Null: it is not. */
  lostBy: EngineError | null = null;
  /** The last state that was read, to go on from on another engine. */
  savedState: EngineState | undefined;
  readonly rate = new TrainingRate();
  readonly quickTests = new QuickTestSchedule();
  readonly keeping: KeepingSchedule;
  readonly statistics = new StatisticsSchedule();
  /** Steps since the last reading of metrics, and the time they took so far. */
  unread = { steps: 0, images: 0, milliseconds: 0 };
  lastReading = 0;

  /** keyframeBytes: the budget of its keyframes */
  constructor(runId: string, config: RunConfig, keyframeBytes?: number) {
    this.runId = runId;
    this.firstConfig = config;
    this.keeping = new KeepingSchedule(config, keyframeBytes);
    this.config = config;
  }

  get stepsPerEpoch(): number {
    return stepsPerEpoch(this.config);
  }

  get totalSteps(): number {
    // Of all that was ever asked of it: one that goes back keeps its length.
    return totalSteps(this.configAt(Infinity));
  }

  get stepsToEpochEnd(): number {
    return this.stepsPerEpoch - (this.step % this.stepsPerEpoch);
  }

  get isFinished(): boolean {
    return this.step >= this.totalSteps && !this.fullTestDue;
  }

  /** Whether another engine may take the run over. */
  get canEnterEngine(): boolean {
    return this.phase !== 'failed' || this.lostBy !== null || this.step === 0;
  }

  /** `before`: the run at hand, which this one replaces; `file`: the weights that were imported last. */
  beginWith(weights: FirstWeights, before: Run | null, file: Weights | null): void {
    switch (weights) {
      case 'seed':
        break;
      case 'file':
        this.initial = file ?? seedWeights;
        break;
      case 'current':
        this.successorOf = before;
        break;
      case 'initial':
        // What that one begins with is itself still to be taken over where it is replaced at once.
        if (before?.successorOf != null) this.successorOf = before;
        else this.initial = before?.initial ?? seedWeights;
        break;
      default:
        assertNever(weights);
    }
  }

  /** Goes on from where it was kept. */
  resume({ initial, state, seconds, events, testLosses, fullTestDue, isOver }: KeptRun): void {
    this.seconds = seconds;
    this.initial = initial;
    this.events = events;
    this.testLosses = testLosses;
    this.savedState = state ?? undefined;
    this.step = state?.step ?? 0;
    this.fullTestDue = fullTestDue;
    this.isOver = isOver;
  }

  /** The engine that held it is gone, and all since the last saved state with it. */
  lose(error: EngineError): void {
    if (this.phase === 'failed') return;
    this.isCompiled = false;
    this.testedImages = null;
    this.lostBy = error;
    if (this.goal !== null) this.phase = 'recovering';
  }

  /** The full test of an epoch that has just ended. */
  tested(loss: number): void {
    const epochs = this.step / this.stepsPerEpoch;
    this.testLosses = [...this.testLosses.slice(0, epochs - 1), loss, ...this.testLosses.slice(epochs)];
  }

  /** The settings for an engine at step `step`, with the learning rate that its tests have come to. */
  engineConfigAt(step: number): RunConfig {
    return afterTests(this.config, this.testLosses, step);
  }

  /** Of the next step. */
  get learningRate(): number {
    return learningRateAt(this.engineConfigAt(this.step), this.step);
  }

  /** Where it stands in the engine that it enters next. */
  get startStep(): number {
    return this.savedState?.step ?? 0;
  }

  /** The state to compile with; undefined: drawn from the seed. */
  get startingState(): EngineState | undefined {
    if (this.savedState !== undefined) return this.savedState;
    const { parameters } = this.initial;
    return parameters === null ? undefined : { step: 0, parameters, optimizer: {} };
  }

  /** Its weights as they were read last. */
  get savedWeights(): Weights {
    if (this.savedState === undefined) return this.initial;
    const { parameters, step } = this.savedState;
    return { parameters, origin: trainedFor(this.initial.origin, step) };
  }

  /** What the run is while it does not train. */
  get restingPhase(): RunPhase {
    if (this.isOver) return 'stopped';
    if (this.step === 0) return 'ready';
    return this.isFinished ? 'finished' : 'paused';
  }

  /** An engine holds the network now, with the state to start from. */
  enterEngine(): void {
    const step = this.startStep;
    if (step !== this.step) this.fullTestDue = false;
    this.step = step;
    this.keeping.wentBack(step);
    this.unread = { steps: 0, images: 0, milliseconds: 0 };
    this.rate.restart();
    this.isCompiled = true;
    this.lostBy = null;
    if (this.phase === 'preparing' || this.phase === 'failed' || this.phase === 'recovering') {
      this.phase = this.goal === null ? this.restingPhase : 'waiting';
    }
  }

  /** Settings change from the next step on; what was to change later does not any more. */
  change(event: RunEvent): void {
    const before = this.events.filter(
      ({ kind, step }) => step < event.step || (step === event.step && kind !== event.kind),
    );
    this.events = [...before, event];
    this.config = afterEvent(this.config, event);
  }

  /** The settings of the step that comes next, from the run's events. */
  configAt(step: number): RunConfig {
    return configAt(this.firstConfig, this.events, step);
  }

  /** Steps were taken, which on a GPU may only mean that they are queued. */
  stepped(count: number, milliseconds: number): void {
    this.unread.images += this.imagesOf(this.step, count);
    this.unread.steps += count;
    this.unread.milliseconds += milliseconds;
    this.step += count;
    // At once, so that a loss of the engine in between does not drop the test.
    if (this.step % this.stepsPerEpoch === 0) this.fullTestDue = true;
  }

  /** Metrics were read, so that all steps are done for sure; `milliseconds` is the time that this took. */
  metricsRead(milliseconds: number): void {
    const { steps, images } = this.unread;
    const spent = this.unread.milliseconds + milliseconds;
    this.unread = { steps: 0, images: 0, milliseconds: 0 };
    this.seconds += spent / 1000;
    this.rate.add({ steps, images, milliseconds: spent });
    this.quickTests.trained(steps, spent);
    this.keeping.trained(spent);
    this.lastReading = performance.now();
  }

  /** Sets the goal from where the run stands. */
  aim(until: 'end' | StopUnit): void {
    const ahead = { end: Infinity, epoch: this.stepsToEpochEnd, step: 1 }[until];
    this.goal = Math.min(this.step + ahead, this.totalSteps);
  }

  /** Another length, not less than what is trained; a run that had ended can go on. */
  setEpochs(epochs: number): void {
    const before = this.totalSteps;
    if (totalSteps({ ...this.config, epochs }) < this.step) return;
    this.change({ kind: 'epochs', step: this.step, epochs });
    this.isOver = false;
    if (this.goal !== null)
      this.goal = this.goal === before ? this.totalSteps : Math.min(this.goal, this.totalSteps);
    else if (this.phase === 'finished' || this.phase === 'stopped') this.phase = this.restingPhase;
  }

  /** Images of the `count` steps from `step` on; the last batch of an epoch may be smaller. */
  imagesOf(step: number, count: number): number {
    return this.#imagesBefore(step + count) - this.#imagesBefore(step);
  }

  /**
   * How many training images have to be there for the next steps: in file order those up to the last of them, in a
   * shuffled order all. So a run is the same whether it began with the first sheet or with everything.
   */
  imagesNeeded(count: number): number {
    const { shuffle, trainingImages, batchSize } = this.config;
    const lastBatch = (this.step % this.stepsPerEpoch) + count;
    return shuffle ? trainingImages : Math.min(lastBatch * batchSize, trainingImages);
  }

  /** `available`: training images that are there. */
  status(available: number): RunStatus {
    return {
      phase: this.phase,
      testedImages: this.testedImages,
      step: this.step,
      origin: this.initial.origin,
      epoch: Math.floor(this.step / this.stepsPerEpoch),
      totalSteps: this.totalSteps,
      stepsPerEpoch: this.stepsPerEpoch,
      trainingImages: Math.min(available, this.config.trainingImages),
      imagesPerSecond: this.rate.imagesPerSecond,
      secondsLeft: this.rate.secondsFor(this.imagesOf(this.step, this.totalSteps - this.step)),
      firstStepMilliseconds: this.rate.firstStepMilliseconds,
    };
  }

  #imagesBefore(step: number): number {
    const epochs = Math.floor(step / this.stepsPerEpoch);
    return epochs * imagesPerEpoch(this.config) + (step % this.stepsPerEpoch) * this.config.batchSize;
  }
}
