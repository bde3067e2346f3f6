/**
 * How fast it trains, from training time alone: tests, pauses and the first step after compiling (which builds shaders
 * and caches) are left out. Times in milliseconds.
 */

/** Long enough to be calm, short enough to follow a change of speed. */
const windowMilliseconds = 5000;

interface Span {
  readonly steps: number;
  readonly images: number;
  readonly milliseconds: number;
}

export class TrainingRate {
  #spans: Span[] = [];
  #sum: Span = { steps: 0, images: 0, milliseconds: 0 };
  #skipNext = true;
  #firstStepMilliseconds: number | null = null;

  /** How long the run's first step took, with whatever it had to compile. */
  get firstStepMilliseconds(): number | null {
    return this.#firstStepMilliseconds;
  }

  /** Null until a step after the first is done. */
  get imagesPerSecond(): number | null {
    const { images, milliseconds } = this.#sum;
    return milliseconds > 0 ? (images / milliseconds) * 1000 : null;
  }

  get millisecondsPerStep(): number | null {
    const { steps, milliseconds } = this.#sum;
    return steps > 0 && milliseconds > 0 ? milliseconds / steps : null;
  }

  /** Another engine starts: its first step compiles again, and the old speed says nothing. */
  restart(): void {
    this.#spans = [];
    this.#sum = { steps: 0, images: 0, milliseconds: 0 };
    this.#skipNext = true;
  }

  /** Whether the next step is the one that compiles, and so has to be timed alone. */
  get nextCompiles(): boolean {
    return this.#skipNext;
  }

  /** Takes in finished training steps. */
  add(span: Span): void {
    if (this.#skipNext) {
      this.#skipNext = false;
      this.#firstStepMilliseconds ??= span.milliseconds;
      return;
    }
    this.#spans.push(span);
    this.#sum = plus(this.#sum, span, 1);
    for (let oldest = this.#spans[0]; oldest !== undefined; oldest = this.#spans[0]) {
      if (this.#sum.milliseconds - oldest.milliseconds < windowMilliseconds) break;
      this.#spans.shift();
      this.#sum = plus(this.#sum, oldest, -1);
    }
  }

  /** Null while the speed is unknown. */
  secondsFor(images: number): number | null {
    const rate = this.imagesPerSecond;
    return rate === null ? null : images / rate;
  }
}

function plus(a: Span, b: Span, sign: 1 | -1): Span {
  return {
    steps: a.steps + sign * b.steps,
    images: a.images + sign * b.images,
    milliseconds: a.milliseconds + sign * b.milliseconds,
  };
}
