/**
 * The training loop. Between any two steps it lets commands in, so that each takes effect within one step; metrics are
 * read about ten times a second, and never more than that much work is queued on a GPU.
 */
import type { Engine, Evaluation } from '@/engine/engine';
import type { StatisticsInterval } from '@/model/layerStatistics';
import type { WorkerEvent } from '@/protocol/messages';
import type { RunCurvature } from '@/training/curvature/runCurvature';
import type { EngineHost } from '@/training/engineHost';
import { EventLoopYielder, Signal } from '@/training/eventLoop';
import { ignoreLoss } from '@/training/guardedEngine';
import { isReadingDue, stepsAtOnce } from '@/training/pace';
import { readsTests } from '@/model/schedules';
import type { Run } from '@/training/run';
import { TestPieces } from '@/training/testPieces';
import { testImageCount, type TestExtent } from '@/training/testSchedule';

export interface TrainingLoopParts {
  readonly host: EngineHost;
  readonly emit: (event: Extract<WorkerEvent, { readonly type: 'evaluated' }>) => void;
  /** Whether this is still the run at hand. */
  readonly isCurrent: (run: Run) => boolean;
  readonly postStatus: (run: Run) => void;
  /** Reads the metrics of all steps so far. Inside a task of the host only. */
  readonly collect: (run: Run, engine: Engine) => Promise<void>;
  /** Brings the engine to the settings of the next step, where they change there. */
  readonly follow: (run: Run, engine: Engine) => Promise<void>;
  /** Reads where the run stands. */
  readonly keep: (run: Run) => Promise<void>;
  readonly fail: (run: Run, error: unknown) => void;
  readonly curvature: RunCurvature;
}

/** A test that takes long says so often how far it is. */
const testStatusMilliseconds = 250;

export class TrainingLoop {
  readonly #parts: TrainingLoopParts;
  readonly #signal = new Signal();
  readonly #yielder = new EventLoopYielder();
  #driving: Run | null = null;
  /** Of all runs, from the next step on. */
  statisticsInterval: StatisticsInterval = 'auto';

  constructor(parts: TrainingLoopParts) {
    this.#parts = parts;
  }

  /** Something changed that the loop may be waiting for. */
  wake(): void {
    this.#signal.notify();
  }

  dispose(): void {
    this.#signal.notify();
    this.#yielder.close();
  }

  isDriving(run: Run): boolean {
    return this.#driving === run;
  }

  /** Trains the run until it has reached its goal, or has none any more; it then rests. */
  async drive(run: Run): Promise<void> {
    if (this.#driving === run) return;
    this.#driving = run;
    try {
      while (this.#parts.isCurrent(run) && run.goal !== null) {
        try {
          await this.#advance(run);
          // A resume that comes while the last metrics are read goes on in this same loop.
          if (this.#parts.isCurrent(run) && run.goal === null && run.isCompiled) await this.#parts.keep(run);
        } catch (error) {
          // The run goes on in the next engine.
          ignoreLoss(error);
        }
      }
    } catch (error) {
      this.#parts.fail(run, error);
    }
    if (this.#driving === run) this.#driving = null;
    this.settle(run);
  }

  /** The run rests: says how. */
  settle(run: Run): void {
    if (!this.#parts.isCurrent(run) || run.phase === 'failed') return;
    run.phase = run.restingPhase;
    this.#parts.postStatus(run);
  }

  async #advance(run: Run): Promise<void> {
    const phase = this.#workingPhase(run);
    if (phase === 'waiting' && run.isCompiled && run.unread.steps > 0) {
      // What was trained so far is told before a long wait; meanwhile images may have come.
      await this.#readMetrics(run);
      return;
    }
    if (phase !== run.phase) {
      run.phase = phase;
      this.#parts.postStatus(run);
    }
    if (phase !== 'training') {
      await this.#signal.wait();
      return;
    }
    if (run.fullTestDue) {
      const tested = await this.#test(run, 'full');
      run.fullTestDue = !tested;
      if (tested && readsTests(run.config.schedule)) await this.#followTests(run);
    } else if (this.#parts.curvature.isDue(run)) {
      await this.#parts.curvature.measure(run);
    } else if (run.step >= (run.goal ?? 0)) {
      run.goal = null;
    } else {
      await this.#trainSome(run);
    }
    await this.#yielder.turn();
  }

  /** What a run that is to train does now. */
  #workingPhase(run: Run): 'recovering' | 'waiting' | 'training' {
    if (run.lostBy !== null) return 'recovering';
    return run.isCompiled && this.#imagesAreThere(run) ? 'training' : 'waiting';
  }

  #imagesAreThere(run: Run): boolean {
    const { data } = run.config;
    if (run.fullTestDue) return this.#parts.host.available('test', data) >= testImageCount('full', data);
    const { curvature } = this.#parts;
    const needed = curvature.isDue(run) ? curvature.imagesNeeded(run) : run.imagesNeeded(1);
    return this.#parts.host.available('train', data) >= needed;
  }

  async #trainSome(run: Run): Promise<void> {
    await this.#parts.host.useIfThere(async (engine) => {
      // The command, or the engine, may have changed while others used it.
      if (!this.#parts.isCurrent(run) || run.goal === null || !run.isCompiled) return;
      await this.#parts.follow(run, engine);
      const { data } = run.config;
      const count = Math.min(
        stepsAtOnce(run, engine.info.engine, this.#parts.host.available('train', data)),
        this.#parts.curvature.stepsToNext(run),
      );
      await this.#parts.host.makeResident(engine, 'train', data, run.imagesNeeded(count));
      engine.setStatisticsInterval(run.statistics.interval(run.step, this.statisticsInterval));
      const start = performance.now();
      await engine.step(count);
      run.stepped(count, performance.now() - start);
    });
    if (!this.#parts.isCurrent(run) || run.unread.steps === 0) return;
    const endsEpoch = run.fullTestDue;
    if (endsEpoch || isReadingDue(run, performance.now())) await this.#readMetrics(run);
    if (run.keeping.isDue(run.step, endsEpoch)) await this.#parts.keep(run);
    const { batchSize, data } = run.config;
    if (endsEpoch || !run.quickTests.isDue(batchSize, run.stepsToEpochEnd)) return;
    if (this.#parts.host.available('test', data) >= testImageCount('quick', data))
      await this.#test(run, 'quick');
  }

  async #readMetrics(run: Run): Promise<void> {
    await this.#parts.host.useIfThere((engine) => this.#parts.collect(run, engine));
  }

  /** Whether it went through: a pause or a replaced run ends it. */
  async #test(run: Run, extent: TestExtent): Promise<boolean> {
    const pieces = new TestPieces(
      testImageCount(extent, run.config.data),
      run.config.batchSize,
      this.#parts.host.labels('test', run.config.data),
      run.config.loss,
    );
    run.testedImages = 0;
    this.#parts.postStatus(run);
    const start = performance.now();
    let posted = start;
    while (!pieces.isDone) {
      const piece = await this.#testPiece(run, pieces);
      if (piece === null) break;
      run.testedImages += piece.count;
      if (performance.now() - posted > testStatusMilliseconds) {
        posted = performance.now();
        this.#parts.postStatus(run);
      }
      await this.#yielder.turn();
    }
    run.testedImages = null;
    if (!this.#parts.isCurrent(run) || !pieces.isDone) return false;
    run.quickTests.tested(extent === 'quick' ? performance.now() - start : null);
    const epoch = run.step / run.stepsPerEpoch;
    const figures = pieces.total();
    if (extent === 'full') run.tested(figures.loss);
    this.#parts.emit({
      type: 'evaluated',
      runId: run.runId,
      step: run.step,
      epoch,
      extent,
      ...figures,
    });
    return true;
  }

  /** The engine knows no results: it is told of the rate that follows from them. */
  #followTests(run: Run): Promise<unknown> {
    return this.#parts.host.useIfThere((engine) => {
      if (this.#parts.isCurrent(run) && run.isCompiled)
        engine.setLearningRate(run.engineConfigAt(run.step).learningRate);
      return Promise.resolve();
    });
  }

  #testPiece(run: Run, pieces: TestPieces): Promise<Evaluation | null> {
    return this.#parts.host.useIfThere(async (engine) => {
      if (!this.#parts.isCurrent(run) || run.goal === null || !run.isCompiled) return null;
      const { start, count } = pieces.next();
      await this.#parts.host.makeResident(engine, 'test', run.config.data, start + count);
      const begun = performance.now();
      const evaluation = await engine.evaluate('test', count, start);
      pieces.add(evaluation, performance.now() - begun);
      return evaluation;
    });
  }
}
