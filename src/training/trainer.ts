/**
 * The training loop. Between any two steps it lets commands in, so that each takes effect within one step; metrics are
 * read about ten times a second, and never more than that much work is queued on a GPU.
 */
import { EngineError, type Engine, type Evaluation } from '@/engine/engine';
import type { StatisticsInterval } from '@/model/layerStatistics';
import type { RunConfig } from '@/model/runConfig';
import { dependsOnLength } from '@/model/schedules';
import type { StateDict } from '@/model/tensor';
import type { FirstWeights, StopUnit, WorkerEvent } from '@/protocol/messages';
import { checkConfig } from '@/training/checkConfig';
import { EngineHost, type ImageSource } from '@/training/engineHost';
import { EventLoopYielder, Signal } from '@/training/eventLoop';
import { isReadingDue, stepsAtOnce } from '@/training/pace';
import { Run, type Weights } from '@/training/run';
import { saveSnapshot, saveState, takeOverWeights } from '@/training/savedState';
import { TestPieces } from '@/training/testPieces';
import { testImageCounts, type TestExtent } from '@/training/testSchedule';
import { NotReadyError, toWorkerError } from '@/training/workerError';

export type RunEvent = Extract<
  WorkerEvent,
  { readonly type: 'runStatus' | 'metrics' | 'statistics' | 'evaluated' | 'runFailed' }
>;

export interface TrainerOptions {
  readonly source: ImageSource;
  readonly emit: (event: RunEvent) => void;
}

/** A test that takes long says so often how far it is. */
const testStatusMilliseconds = 250;

export class Trainer {
  readonly #emit: (event: RunEvent) => void;
  readonly #host: EngineHost;
  readonly #signal = new Signal();
  readonly #yielder = new EventLoopYielder();
  #run: Run | null = null;
  #driving: Run | null = null;
  #imported: Weights | null = null;
  #statisticsInterval: StatisticsInterval = 'auto';

  constructor({ source, emit }: TrainerOptions) {
    this.#emit = emit;
    this.#host = new EngineHost(source);
  }

  /** Moves to another engine; a run under way goes on there from where it is. @throws what `create` throws */
  async useEngine(create: () => Promise<Engine>): Promise<Engine> {
    const leave = async (old: Engine): Promise<void> => {
      const run = this.#run;
      if (run !== null) await takeOverWeights(run, old);
      if (run?.isCompiled !== true) return;
      if (run.phase !== 'failed') {
        try {
          await this.#collect(run, old);
        } catch (error) {
          this.#fail(run, error);
        }
      }
      await saveState(run, old);
      run.isCompiled = false;
    };
    return this.#host.replace(create, leave, (engine) => this.#compile(this.#run, engine));
  }

  /** Builds a network that begins with these weights, in place of the current run. */
  async prepare(runId: string, config: RunConfig, weights: FirstWeights): Promise<void> {
    const run = new Run(runId, config);
    run.beginWith(weights, this.#run, this.#imported);
    this.#imported = null;
    this.#run = run;
    this.#signal.notify();
    if (this.#host.engine === null) this.#postStatus(run);
    await this.#host.useIfThere((engine) => this.#compile(run, engine));
  }

  /** Trains on until the end, or by one step or epoch. */
  train(runId: string, until: 'end' | StopUnit): void {
    const run = this.#current(runId);
    if (run === null || run.isOver || run.phase === 'failed') return;
    run.aim(until);
    this.#signal.notify();
    void this.#drive(run);
  }

  pause(runId: string): void {
    const run = this.#current(runId);
    if (run === null) return;
    run.goal = null;
    this.#signal.notify();
  }

  /** Ends the run; its network goes on predicting. */
  stop(runId: string): void {
    const run = this.#current(runId);
    if (run === null || run.phase === 'failed') return;
    run.goal = null;
    run.isOver = true;
    this.#signal.notify();
    if (this.#driving !== run) this.#settle(run);
  }

  setLearningRate(runId: string, learningRate: number): void {
    const run = this.#current(runId);
    if (run === null) return;
    run.config = { ...run.config, learningRate };
    if (run.isCompiled) this.#host.engine?.setLearningRate(learningRate);
  }

  /** Another length for the run, which goes on from where it is where it had ended. */
  async setEpochs(runId: string, epochs: number): Promise<void> {
    const run = this.#current(runId);
    if (run === null || run.phase === 'failed') return;
    run.setEpochs(epochs);
    this.#postStatus(run);
    if (!dependsOnLength(run.config.schedule)) return;
    // The engine computes the learning rates from its own copy of the configuration.
    await this.#host.useIfThere((engine) => this.#compileAnew(run, engine));
  }

  /** Of this run and all later ones, from the next step on. */
  setStatisticsInterval(interval: StatisticsInterval): void {
    this.#statisticsInterval = interval;
  }

  /** The device broke while nobody waited for it. */
  readonly deviceFailed = (error: EngineError): void => {
    if (this.#run !== null) this.#fail(this.#run, error);
  };

  /** More images are there, or loading has ended. */
  imagesArrived(): void {
    const run = this.#run;
    if (run !== null && run.phase !== 'failed') this.#postStatus(run);
    this.#signal.notify();
  }

  /** Work on the engine's device that needs no network. @throws NotReadyError before a backend is there */
  withEngine<T>(task: (engine: Engine) => Promise<T>): Promise<T> {
    return this.#host.use(task);
  }

  /** Runs a task with the engine between two training steps. @throws NotReadyError where there is no network */
  withNetwork<T>(task: (engine: Engine, run: Run) => Promise<T>): Promise<T> {
    return this.#host.use((engine) => {
      const run = this.#run;
      if (run?.isCompiled !== true) throw new NotReadyError('No network is ready yet.');
      return task(engine, run);
    });
  }

  /**
   * Lends the engine for another network. The run stands where it was, and its network is put back afterwards, unless
   * another one has taken its place meanwhile. `parameters`: those of the run at hand; null where they are not there.
   */
  lendEngine<T>(
    task: (engine: Engine, host: EngineHost, parameters: StateDict | null) => Promise<T>,
  ): Promise<T> {
    return this.#host.use(async (engine) => {
      const run = this.#run;
      if (run?.isCompiled !== true) return task(engine, this.#host, run?.savedWeights.parameters ?? null);
      await this.#collect(run, engine);
      const snapshot = run.savedState;
      run.savedState = await engine.readState();
      run.isCompiled = false;
      try {
        return await task(engine, this.#host, run.savedState.parameters);
      } finally {
        await this.#compile(run, engine);
        // A second copy of a large network is kept no longer than it is needed.
        if (run.isCompiled) run.savedState = snapshot;
      }
    });
  }

  /** Keeps weights for the next `prepare`, which may begin with them. */
  importWeights(weights: Weights): void {
    this.#imported = weights;
  }

  dispose(): void {
    this.#run = null;
    this.#signal.notify();
    this.#yielder.close();
    this.#host.dispose();
  }

  #current(runId: string): Run | null {
    return this.#run?.runId === runId ? this.#run : null;
  }

  /** Puts the run into the engine once more, from where it stands. */
  async #compileAnew(run: Run, engine: Engine): Promise<void> {
    if (run !== this.#run || !run.isCompiled) return;
    await this.#collect(run, engine);
    run.savedState = await engine.readState();
    run.isCompiled = false;
    await this.#compile(run, engine);
  }

  async #compile(run: Run | null, engine: Engine): Promise<void> {
    if (run === null || run !== this.#run || run.isCompiled || !run.canEnterEngine) return;
    try {
      checkConfig(run.config);
      await takeOverWeights(run, engine);
      await engine.compile(run.config, run.startingState);
    } catch (error) {
      this.#fail(run, error);
      return;
    }
    run.enterEngine();
    this.#postStatus(run);
    this.#signal.notify();
  }

  async #drive(run: Run): Promise<void> {
    if (this.#driving === run) return;
    this.#driving = run;
    try {
      while (run === this.#run && run.goal !== null) {
        await this.#advance(run);
        // A resume that comes while the last metrics are read goes on in this same loop.
        if (run === this.#run && run.goal === null && run.isCompiled) await this.#readMetrics(run);
      }
    } catch (error) {
      this.#fail(run, error);
    }
    if (this.#driving === run) this.#driving = null;
    this.#settle(run);
  }

  /** The loop has ended: says why. */
  #settle(run: Run): void {
    if (run !== this.#run || run.phase === 'failed') return;
    run.phase = run.restingPhase;
    this.#postStatus(run);
  }

  async #advance(run: Run): Promise<void> {
    const phase = run.isCompiled && this.#imagesAreThere(run) ? 'training' : 'waiting';
    if (phase === 'waiting' && run.isCompiled && run.unread.steps > 0) {
      // What was trained so far is told before a long wait; meanwhile images may have come.
      await this.#readMetrics(run);
      return;
    }
    if (phase !== run.phase) {
      run.phase = phase;
      this.#postStatus(run);
    }
    if (phase === 'waiting') {
      await this.#signal.wait();
      return;
    }
    if (run.fullTestDue) {
      const tested = await this.#test(run, 'full');
      run.fullTestDue = !tested;
    } else if (run.step >= (run.goal ?? 0)) {
      run.goal = null;
    } else {
      await this.#trainSome(run);
    }
    await this.#yielder.turn();
  }

  #imagesAreThere(run: Run): boolean {
    return run.fullTestDue
      ? this.#host.available('test') >= testImageCounts.full
      : this.#host.available('train') >= run.imagesNeeded(1);
  }

  async #trainSome(run: Run): Promise<void> {
    await this.#host.useIfThere(async (engine) => {
      // The command, or the engine, may have changed while others used it.
      if (run !== this.#run || run.goal === null || !run.isCompiled) return;
      const count = stepsAtOnce(run, engine.info.engine, this.#host.available('train'));
      await this.#host.makeResident(engine, 'train', run.imagesNeeded(count));
      engine.setStatisticsInterval(run.statistics.interval(run.step, this.#statisticsInterval));
      const start = performance.now();
      await engine.step(count);
      run.stepped(count, performance.now() - start);
    });
    if (run !== this.#run || run.unread.steps === 0) return;
    const endsEpoch = run.step % run.stepsPerEpoch === 0;
    if (endsEpoch || isReadingDue(run, performance.now())) await this.#readMetrics(run);
    if (endsEpoch) {
      run.fullTestDue = true;
      await this.#host.useIfThere((engine) => saveSnapshot(run, engine));
    } else if (run.quickTests.isDue(run.config.batchSize, run.stepsToEpochEnd)) {
      if (this.#host.available('test') >= testImageCounts.quick) await this.#test(run, 'quick');
    }
  }

  async #readMetrics(run: Run): Promise<void> {
    await this.#host.useIfThere((engine) => this.#collect(run, engine));
  }

  async #collect(run: Run, engine: Engine): Promise<void> {
    if (run !== this.#run || run.unread.steps === 0) return;
    const start = performance.now();
    const { firstStep, loss, accuracy, learningRate } = await engine.readMetrics();
    const steps = await engine.readStatistics();
    run.metricsRead(performance.now() - start);
    // Before the arrays are transferred away.
    run.statistics.lossesRead(loss);
    this.#emit({ type: 'metrics', runId: run.runId, firstStep, loss, accuracy, learningRate });
    if (steps.length > 0) this.#emit({ type: 'statistics', runId: run.runId, steps });
    this.#postStatus(run);
  }

  /** Whether it went through: a pause or a replaced run ends it. */
  async #test(run: Run, extent: TestExtent): Promise<boolean> {
    const pieces = new TestPieces(testImageCounts[extent], run.config.batchSize, this.#host.labels('test'));
    run.testedImages = 0;
    this.#postStatus(run);
    const start = performance.now();
    let posted = start;
    while (!pieces.isDone) {
      const piece = await this.#testPiece(run, pieces);
      if (piece === null) break;
      run.testedImages += piece.count;
      if (performance.now() - posted > testStatusMilliseconds) {
        posted = performance.now();
        this.#postStatus(run);
      }
      await this.#yielder.turn();
    }
    run.testedImages = null;
    if (run !== this.#run || !pieces.isDone) return false;
    run.quickTests.tested(extent === 'quick' ? performance.now() - start : null);
    const epoch = run.step / run.stepsPerEpoch;
    this.#emit({ type: 'evaluated', runId: run.runId, step: run.step, epoch, extent, ...pieces.total() });
    return true;
  }

  #testPiece(run: Run, pieces: TestPieces): Promise<Evaluation | null> {
    return this.#host.useIfThere(async (engine) => {
      if (run !== this.#run || run.goal === null || !run.isCompiled) return null;
      const { start, count } = pieces.next();
      await this.#host.makeResident(engine, 'test', start + count);
      const begun = performance.now();
      const evaluation = await engine.evaluate('test', count, start);
      pieces.add(evaluation, performance.now() - begun);
      return evaluation;
    });
  }

  #fail(run: Run, error: unknown): void {
    if (run !== this.#run || run.phase === 'failed') return;
    run.goal = null;
    run.testedImages = null;
    run.phase = 'failed';
    run.lostDevice = error instanceof EngineError && error.code === 'device';
    this.#emit({ type: 'runFailed', runId: run.runId, error: toWorkerError(error) });
  }

  #postStatus(run: Run): void {
    if (run !== this.#run) return;
    const status = run.status(this.#host.available('train'));
    this.#emit({ type: 'runStatus', runId: run.runId, status });
  }
}
