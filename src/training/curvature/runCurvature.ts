/** The curvature of the run at hand, every so many steps: the training loop waits for it, and what fails there does not end the run. */
import type { Engine } from '@/engine/engine';
import type { WorkerEvent } from '@/protocol/messages';
import type { CurvatureMeter } from '@/training/curvature/curvatureMeter';
import type { EngineHost } from '@/training/engineHost';
import type { Run } from '@/training/run';
import { toWorkerError } from '@/training/workerError';

export interface RunCurvatureParts {
  /** Null: nobody can ask for it. */
  readonly meter: CurvatureMeter | null;
  readonly host: EngineHost;
  /** Whether this is still the run at hand. */
  readonly isCurrent: (run: Run) => boolean;
  /** Reads the metrics of all steps so far. Inside a task of the host only. */
  readonly collect: (run: Run, engine: Engine) => Promise<void>;
  readonly emit: (event: Extract<WorkerEvent, { readonly type: 'curvature' | 'curvatureFailed' }>) => void;
}

export class RunCurvature {
  readonly #parts: RunCurvatureParts;

  constructor(parts: RunCurvatureParts) {
    this.#parts = parts;
  }

  get #interval(): number {
    return this.#parts.meter?.settings?.interval ?? Infinity;
  }

  /** Whether it is measured before the next step. */
  isDue({ step, curvatureStep }: Run): boolean {
    const interval = this.#interval;
    return interval < Infinity && step % interval === 0 && curvatureStep !== step;
  }

  /** Steps to the next one; Infinity where none is to come. */
  stepsToNext({ step }: Run): number {
    const interval = this.#interval;
    return interval < Infinity ? interval - (step % interval) : Infinity;
  }

  /** Training images that have to be there. */
  imagesNeeded({ config }: Run): number {
    return this.#parts.meter?.imagesNeeded(config) ?? 0;
  }

  async measure(run: Run): Promise<void> {
    const { meter, host, isCurrent, collect, emit } = this.#parts;
    const { runId, step } = run;
    const parameters = await host.useIfThere(async (engine) => {
      if (!isCurrent(run) || !run.isCompiled) return null;
      // What is queued on a GPU counts as training.
      await collect(run, engine);
      return engine.readParameters();
    });
    if (parameters === null || meter === null) return;
    const isWanted = (): boolean => isCurrent(run) && run.goal !== null && meter.settings !== null;
    try {
      const { config, learningRate } = run;
      const images = meter.imagesNeeded(config);
      const point = await meter.measure({
        runId,
        config,
        step,
        learningRate,
        images,
        parameters,
        isWanted,
      });
      if (point === null || !isCurrent(run)) return;
      run.curvatureStep = step;
      emit({ type: 'curvature', runId, point });
    } catch (error) {
      meter.settings = null;
      emit({ type: 'curvatureFailed', runId, error: toWorkerError(error) });
    }
  }
}
