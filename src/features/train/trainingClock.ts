/** How long a run has trained: from the end of its first step, without tests and pauses. */
import type { RunState } from '@/session/sessionState';

type Watched = Pick<RunState, 'runId' | 'phase' | 'step' | 'testedImages' | 'firstStepMilliseconds'>;

/** The first step may compile, and a test is no training. */
function isTicking({ phase, step, testedImages, firstStepMilliseconds }: Watched): boolean {
  return phase === 'training' && testedImages === null && (step > 0 || firstStepMilliseconds !== null);
}

/** Give it every state of the run; times are in milliseconds of one clock. */
export class TrainingClock {
  #runId: string | null = null;
  #milliseconds = 0;
  #since: number | null = null;

  observe(run: Watched | null, now: number): void {
    if (run === null) return;
    if (run.runId !== this.#runId) {
      this.#runId = run.runId;
      this.#milliseconds = 0;
      this.#since = null;
    }
    if (isTicking(run)) {
      this.#since ??= now;
    } else if (this.#since !== null) {
      this.#milliseconds += now - this.#since;
      this.#since = null;
    }
  }

  seconds(now: number): number {
    return (this.#milliseconds + (this.#since === null ? 0 : now - this.#since)) / 1000;
  }
}
