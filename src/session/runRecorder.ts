/** Makes a RunResult of a run that finished, where it was trained as it was configured from the first step to the last. */
import { finiteOrNull, fullTestOf, resultBackend, type RunResult } from '@/model/runResult';
import { followsSchedule } from '@/model/learningRate';
import { stepsPerEpoch } from '@/model/runConfig';
import { epochLosses } from '@/model/testFigures';
import { isUntrained } from '@/model/weightsOrigin';
import type { MetricsLog } from '@/session/metricsLog';
import type { RunState, SessionState } from '@/session/sessionState';

/** Why a finished run does not count. */
export type Unrecorded = 'learning_rate_changed' | 'weights_loaded' | 'engine_changed' | 'incomplete';

export type Recording =
  | { readonly kind: 'recorded'; readonly result: RunResult }
  | { readonly kind: 'unrecorded'; readonly reason: Unrecorded };

type Backend = Extract<SessionState['backend'], { readonly kind: 'ready' }>['backend'];

const sameBackend = (a: Backend, b: Backend): boolean => a.engine === b.engine && a.backend === b.backend;

/** Watches one session; give it every state in order. */
export class RunRecorder {
  readonly #metrics: MetricsLog;
  readonly #now: () => number;
  #runId: string | null = null;
  #backend: Backend | null = null;
  #switchedEngine = false;
  #milliseconds = 0;
  #since: number | null = null;

  /** now: a clock in milliseconds */
  constructor(metrics: MetricsLog, now: () => number) {
    this.#metrics = metrics;
    this.#now = now;
  }

  /** Gives the recording when the run has just finished, once; else null. */
  observe(state: SessionState, before: SessionState): Recording | null {
    const { run } = state;
    if (run === null) return null;
    if (run.runId !== this.#runId) this.#begin(run);
    this.#watchClock(run);
    if (state.backend.kind === 'ready' && run.step > 0) {
      this.#switchedEngine ||= this.#backend !== null && !sameBackend(this.#backend, state.backend.backend);
      this.#backend = state.backend.backend;
    }
    const hasFinished =
      run.phase === 'finished' && before.run?.runId === run.runId && before.run.phase !== 'finished';
    return hasFinished ? this.#record(run, state) : null;
  }

  #begin(run: RunState): void {
    this.#runId = run.runId;
    this.#backend = null;
    this.#switchedEngine = false;
    this.#milliseconds = 0;
    this.#since = null;
  }

  #watchClock({ phase }: RunState): void {
    const now = this.#now();
    if (phase === 'training') {
      this.#since ??= now;
    } else if (this.#since !== null) {
      this.#milliseconds += now - this.#since;
      this.#since = null;
    }
  }

  #record(run: RunState, state: SessionState): Recording {
    const backend = this.#backend;
    const tests = state.evaluations.filter(({ extent }) => extent === 'full').map(fullTestOf);
    if (backend === null || this.#metrics.count !== run.totalSteps || tests.length !== run.config.epochs)
      return { kind: 'unrecorded', reason: 'incomplete' };
    if (this.#switchedEngine) return { kind: 'unrecorded', reason: 'engine_changed' };
    if (!isUntrained(run.origin)) return { kind: 'unrecorded', reason: 'weights_loaded' };
    const losses = epochLosses(state.evaluations, stepsPerEpoch(run.config));
    if (!followsSchedule(run.config, losses, 0, this.#metrics.values('learningRate')))
      return { kind: 'unrecorded', reason: 'learning_rate_changed' };
    const line = this.#metrics.chart('loss', 0);
    return {
      kind: 'recorded',
      result: {
        config: run.config,
        finishedAt: Date.now(),
        backend: resultBackend(backend),
        seconds: this.#milliseconds / 1000,
        trainingLoss: {
          steps: line.map(({ step }) => step),
          values: line.map(({ value }) => finiteOrNull(value)),
        },
        tests,
      },
    };
  }
}
