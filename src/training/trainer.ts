/**
 * The run at hand and the engine that holds it: building it, keeping it, moving it from one engine to another. The loop that
 * trains it is trainingLoop.ts.
 */
import type { BackendInfo } from '@/model/backend';
import { EngineError, type Engine } from '@/engine/engine';
import type { Weights } from '@/model/engineState';
import type { StatisticsInterval } from '@/model/layerStatistics';
import { sameConfig, type RunConfig } from '@/model/runConfig';
import { dependsOnLength } from '@/model/schedules';
import type { StateDict } from '@/model/tensor';
import type { FirstWeights, KeptRun, StopUnit } from '@/protocol/messages';
import { checkConfig } from '@/training/checkConfig';
import type { CurvatureMeter } from '@/training/curvature/curvatureMeter';
import { RunCurvature } from '@/training/curvature/runCurvature';
import { EngineHost, type CreateEngine, type ImageSets } from '@/training/engineHost';
import { ignoreLoss, isLoss } from '@/training/guardedEngine';
import { canBeKept } from '@/training/keepingSchedule';
import type { NetworkAtStep } from '@/training/replay/timeTravel';
import { Run } from '@/training/run';
import { enterNetwork, keepState, saveState, takeOverWeights } from '@/training/savedState';
import type { RunEvent } from '@/training/runEvent';
import { TrainingLoop } from '@/training/trainingLoop';
import { NotReadyError, toWorkerError } from '@/training/workerError';

export interface TrainerOptions {
  readonly source: ImageSets;
  readonly emit: (event: RunEvent) => void;
  /** The engine in use is gone; the run waits for the next one. */
  readonly onEngineLost?: (error: EngineError, info: BackendInfo) => void;
  /** The thread will compute for so many seconds without hearing anything. */
  readonly onBusy?: (seconds: number) => void;
  /** What measures the curvature where that is asked for; none: nobody can ask. */
  readonly curvature?: CurvatureMeter;
  /** Whether states are read on the way; false where what that costs is measured. */
  readonly isKeeping?: boolean;
}

/** An engine that does not let go is given up after so long; later where the run's state is not kept. */
const leaveMilliseconds = { kept: 5000, notKept: 60_000 } as const;
export class Trainer {
  readonly #emit: (event: RunEvent) => void;
  readonly #host: EngineHost;
  readonly #loop: TrainingLoop;
  #run: Run | null = null;
  #imported: Weights | null = null;
  /** Of the keyframes of every run that begins from now on. */
  keyframeBytes: number | undefined;

  constructor({ source, emit, onEngineLost, onBusy, curvature, isKeeping = true }: TrainerOptions) {
    this.#emit = emit;
    this.#host = new EngineHost({
      source,
      onBusy: onBusy ?? (() => undefined),
      onLost: (error, info) => {
        this.#lost(error);
        onEngineLost?.(error, info);
      },
    });
    this.#loop = new TrainingLoop({
      host: this.#host,
      emit,
      isCurrent: (run) => run === this.#run,
      postStatus: (run) => this.#postStatus(run),
      collect: (run, engine) => this.#collect(run, engine),
      follow: (run, engine) => this.#follow(run, engine),
      keep: (run) => (isKeeping ? this.#keep(run) : Promise.resolve()),
      fail: (run, error) => this.#fail(run, error),
      curvature: new RunCurvature({
        meter: curvature ?? null,
        host: this.#host,
        emit,
        isCurrent: (run) => run === this.#run,
        collect: (run, engine) => this.#collect(run, engine),
      }),
    });
  }

  /**
   * Moves to another engine; a run under way goes on there from where it is, or, where the old engine does not answer, from
   * where it was kept. @throws what `create` throws; EngineError `device` where the new engine is lost at once
   */
  async useEngine(create: CreateEngine): Promise<Engine> {
    const isKept = this.#run === null || canBeKept(this.#run.config);
    const timer = setTimeout(
      () => this.#host.giveUp(new EngineError('device', 'It did not answer when another engine was chosen.')),
      leaveMilliseconds[isKept ? 'kept' : 'notKept'],
    );
    const leave = async (old: Engine): Promise<void> => {
      const run = this.#run;
      if (run !== null) await takeOverWeights(run, old);
      if (run?.isCompiled !== true) return;
      if (run.phase !== 'failed') {
        try {
          await this.#collect(run, old);
        } catch (error) {
          if (!isLoss(error)) this.#fail(run, error);
        }
      }
      await saveState(run, old);
      this.#tellKept(run);
      run.isCompiled = false;
    };
    const next: CreateEngine = (onDeviceError) => {
      clearTimeout(timer);
      return create(onDeviceError);
    };
    return this.#host.replace(next, leave, (engine) => this.#compile(this.#run, engine));
  }

  /** What computes now; null where nothing does. */
  get engineInfo(): BackendInfo | null {
    return this.#host.engine?.info ?? null;
  }

  /** What the run at hand began with; null where its seed draws that. */
  get initialParameters(): StateDict | null {
    return this.#run?.initial.parameters ?? null;
  }

  /** A run is under way, and another user of the machine slows it down. */
  get isTraining(): boolean {
    return this.#run?.phase === 'training';
  }

  /** Milliseconds that the run takes for a step; null while that is not known. */
  get millisecondsPerStep(): number | null {
    return this.#run?.rate.millisecondsPerStep ?? null;
  }

  /** Steps of the run that outlive a loss of the engine. */
  get keptStep(): number {
    return this.#run?.savedState?.step ?? 0;
  }

  /** No engine can be had: the run has to wait for another choice. */
  noEngine(error: EngineError): void {
    if (this.#run !== null) this.#fail(this.#run, error);
  }

  /** Builds a network that begins with these weights, in place of the current run. */
  async prepare(runId: string, config: RunConfig, weights: FirstWeights): Promise<void> {
    const run = new Run(runId, config, this.keyframeBytes);
    run.beginWith(weights, this.#run, this.#imported);
    this.#imported = null;
    await this.#replaceRun(run);
  }

  /** Puts a run back where it was kept, in place of the current one. */
  async restore(runId: string, config: RunConfig, kept: KeptRun): Promise<void> {
    const run = new Run(runId, config, this.keyframeBytes);
    run.resume(kept);
    await this.#replaceRun(run);
  }

  async #replaceRun(run: Run): Promise<void> {
    this.#run = run;
    this.#loop.wake();
    if (this.#host.engine === null) this.#postStatus(run);
    // Where the engine is lost meanwhile, the next one takes the run in.
    await this.#host.useIfThere((engine) => this.#compile(run, engine)).catch(ignoreLoss);
  }

  /** Trains on until the end, or by one step or epoch. */
  train(runId: string, until: 'end' | StopUnit): void {
    const run = this.#current(runId);
    if (run === null || run.isOver || (run.phase === 'failed' && run.lostBy === null)) return;
    run.aim(until);
    this.#loop.wake();
    void this.#loop.drive(run);
  }

  pause(runId: string): void {
    const run = this.#current(runId);
    if (run === null) return;
    run.goal = null;
    this.#loop.wake();
  }

  /** Ends the run; its network goes on predicting. */
  stop(runId: string): void {
    const run = this.#current(runId);
    if (run === null || run.phase === 'failed') return;
    run.goal = null;
    run.isOver = true;
    this.#loop.wake();
    if (!this.#loop.isDriving(run)) this.#loop.settle(run);
  }

  setLearningRate(runId: string, learningRate: number): Promise<void> {
    return this.#change(runId, (run, engine) => {
      run.change({ kind: 'learningRate', step: run.step, learningRate });
      engine?.setLearningRate(run.engineConfigAt(run.step).learningRate);
      return Promise.resolve();
    });
  }

  /** Another length for the run, which goes on from where it is where it had ended. */
  setEpochs(runId: string, epochs: number): Promise<void> {
    return this.#change(runId, async (run, engine) => {
      if (run.phase === 'failed') return;
      run.setEpochs(epochs);
      this.#postStatus(run);
      // The engine computes the learning rates from its own copy of the configuration.
      if (engine !== null && dependsOnLength(run.config.schedule)) await this.#compileAnew(run, engine);
    });
  }

  /** Between two steps, so that it is known from which one on it holds. `engine`: null where none holds the run. */
  async #change(runId: string, change: (run: Run, engine: Engine | null) => Promise<void>): Promise<void> {
    const told = async (engine: Engine | null): Promise<void> => {
      const run = this.#current(runId);
      if (run === null) return;
      await change(run, run.isCompiled ? engine : null);
      this.#emit({ type: 'runChanged', runId, events: run.events });
    };
    if (this.#host.engine === null) await told(null);
    else await this.#host.useIfThere(told).catch(ignoreLoss);
  }

  /** Of this run and all later ones, from the next step on. */
  setStatisticsInterval(interval: StatisticsInterval): void {
    this.#loop.statisticsInterval = interval;
  }

  /** More images are there, or loading has ended. */
  imagesArrived(): void {
    const run = this.#run;
    if (run !== null && run.phase !== 'failed') this.#postStatus(run);
    this.#loop.wake();
  }

  /** Work on the engine's device that needs no network. @throws NotReadyError before a backend is there */
  withEngine<T>(task: (engine: Engine) => Promise<T>): Promise<T> {
    return this.#host.use(task);
  }

  /** Where an earlier step of the run is looked at, in place of where it stands. */
  shown: { use<T>(task: (engine: Engine, network: NetworkAtStep) => Promise<T>): Promise<T> } | null = null;

  /**
   * Runs a task with the network on show: of the run between two training steps, or as it was at an earlier one.
   * @throws NotReadyError where there is no network
   */
  withNetwork<T>(task: (engine: Engine, network: NetworkAtStep) => Promise<T>): Promise<T> {
    if (this.shown !== null) return this.shown.use(task);
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
    this.#loop.dispose();
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
      run.config = run.configAt(run.startStep);
      await takeOverWeights(run, engine);
      await enterNetwork(run, engine);
    } catch (error) {
      // The engine is given up with such an error, and the next one takes the run in.
      if (isLoss(error)) throw error;
      this.#fail(run, error);
      return;
    }
    if (run !== this.#run) return;
    const isRecovered = run.lostBy !== null;
    run.enterEngine();
    this.#postStatus(run);
    const { runId, initial, step } = run;
    if (initial.parameters !== null && canBeKept(run.config))
      this.#emit({ type: 'runBegan', runId, initial });
    if (isRecovered) this.#emit({ type: 'runRecovered', runId, step });
    this.#loop.wake();
  }

  /** A run that went back meets again what was changed in flight, at the same steps. */
  async #follow(run: Run, engine: Engine): Promise<void> {
    const config = run.configAt(run.step);
    if (sameConfig(config, run.config)) return;
    const { schedule, epochs } = run.config;
    run.config = config;
    if (epochs !== config.epochs && dependsOnLength(schedule)) await this.#compileAnew(run, engine);
    else engine.setLearningRate(run.engineConfigAt(run.step).learningRate);
  }

  /** Reads where the run stands: first the metrics up to there. */
  async #keep(run: Run): Promise<void> {
    await this.#host.useIfThere(async (engine) => {
      await this.#collect(run, engine);
      if (run === this.#run && run.isCompiled && (await keepState(run, engine))) this.#tellKept(run);
    });
  }

  #tellKept({ runId, config, savedState: state }: Run): void {
    if (state !== undefined && canBeKept(config))
      this.#emit({ type: 'runKept', runId, step: state.step, state });
  }

  async #collect(run: Run, engine: Engine): Promise<void> {
    if (run !== this.#run || run.unread.steps === 0) return;
    const start = performance.now();
    const { firstStep, loss, accuracy, learningRate } = await engine.readMetrics();
    const steps = await engine.readStatistics();
    run.metricsRead(performance.now() - start);
    // Before the arrays are transferred away.
    run.statistics.lossesRead(loss);
    const { runId, seconds } = run;
    this.#emit({ type: 'metrics', runId, seconds, firstStep, loss, accuracy, learningRate });
    if (steps.length > 0) this.#emit({ type: 'statistics', runId: run.runId, steps });
    this.#postStatus(run);
  }

  #fail(run: Run, error: unknown): void {
    if (run !== this.#run || run.phase === 'failed') return;
    run.goal = null;
    run.testedImages = null;
    run.phase = 'failed';
    run.lostBy = isLoss(error) ? error : null;
    this.#emit({ type: 'runFailed', runId: run.runId, error: toWorkerError(error) });
  }

  #lost(error: EngineError): void {
    this.#run?.lose(error);
    if (this.#run !== null) this.#postStatus(this.#run);
    this.#loop.wake();
  }

  #postStatus(run: Run): void {
    if (run !== this.#run) return;
    const status = run.status(this.#host.available('train', run.config.data));
    this.#emit({ type: 'runStatus', runId: run.runId, status });
  }
}
