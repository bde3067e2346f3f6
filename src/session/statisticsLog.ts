/** The layer statistics of the current run: every step that was measured, thinned out when they grow many. */
import { isBroken, type StepStatistics } from '@/model/layerStatistics';

/** More columns than a plot shows. */
const capacity = 320;

export class StatisticsLog {
  #steps: StepStatistics[] = [];

  /** In the order of steps; another array after each change. */
  get steps(): readonly StepStatistics[] {
    return this.#steps;
  }

  clear(): void {
    this.#steps = [];
  }

  /** Forgets the steps from `first` on: the run went back to an earlier state. */
  truncate(first: number): void {
    this.#steps = this.#steps.filter(({ step }) => step < first);
  }

  /** Takes in the steps of one `statistics` event. Later steps that are there already are dropped: the run went back. */
  append(steps: readonly StepStatistics[]): void {
    this.truncate(steps[0]?.step ?? Number.POSITIVE_INFINITY);
    this.#steps = [...this.#steps, ...steps];
    while (this.#steps.length > capacity) this.#steps = thinned(this.#steps);
  }
}

/** Every second one dropped; the newest and the first with a value that is not finite stay. */
function thinned(steps: StepStatistics[]): StepStatistics[] {
  const broken = steps.findIndex(isBroken);
  return steps.filter((_, i) => i % 2 === 0 || i === broken || i === steps.length - 1);
}
