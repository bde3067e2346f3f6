/**
 * Whether the worker still hears: it is asked every second, and answers between any two tasks. Counted in questions rather than
 * by the clock, so that a laptop that slept or a tab that was throttled is not taken for a dead worker.
 */

/** `starting`: never heard of yet; `late`: not for longer than that takes, `silent`: not for longer than it said it would be busy. */
export type WorkerPulse = 'starting' | 'late' | 'answering' | 'silent';

/** Unanswered questions, one a second, after which a worker that has said nothing is told of. */
const timeoutSeconds = 4;
/** A script that is on its way and compiled on a slow machine. */
const startTimeoutSeconds = 8;

export interface HeartbeatOptions {
  readonly ask: () => void;
  readonly onChange: (pulse: WorkerPulse) => void;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #pulse: WorkerPulse = 'starting';
  /** Null: the last question was answered. */
  #unanswered: number | null = null;
  #timeout = startTimeoutSeconds;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Call once a second. */
  tick(): void {
    if (this.#unanswered === null) {
      this.#unanswered = 0;
      this.#options.ask();
      return;
    }
    this.#unanswered += 1;
    if (this.#unanswered < this.#timeout) return;
    if (this.#pulse === 'starting') this.#become('late');
    if (this.#pulse === 'answering') this.#become('silent');
  }

  /** The worker has answered. */
  answered(): void {
    this.#unanswered = null;
    this.#timeout = timeoutSeconds;
    this.#become('answering');
  }

  /** The worker will compute for so long without hearing. */
  busy(seconds: number): void {
    this.#timeout = (this.#unanswered ?? 0) + Math.max(timeoutSeconds, Math.ceil(seconds));
  }

  #become(pulse: WorkerPulse): void {
    if (pulse === this.#pulse) return;
    this.#pulse = pulse;
    this.#options.onChange(pulse);
  }
}
