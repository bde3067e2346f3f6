/**
 * On which steps layer statistics are taken: often at first, when most goes wrong, then seldom enough to cost little, and
 * step by step while a loss runs away, so that they tell in which layer the first infinity appears.
 */
import type { StatisticsInterval } from '@/model/layerStatistics';

/** Steps between two, from this step on. */
const phases: readonly { readonly from: number; readonly interval: number }[] = [
  { from: 0, interval: 1 },
  { from: 10, interval: 10 },
  { from: 100, interval: 50 },
];
/** A loss that is so many times the first one runs away. */
const runawayFactor = 100;
/** Steps that may be watched one by one because of it. */
const mostRunawaySteps = 100;

export class StatisticsSchedule {
  #firstLoss: number | null = null;
  #isRunaway = false;
  #runawaySteps = 0;

  /** Steps between statistics, for the step about to be taken; null for none. */
  interval(step: number, chosen: StatisticsInterval): number | null {
    if (chosen === 'never') return null;
    return chosen === 'auto' ? this.#automatic(step) : chosen;
  }

  #automatic(step: number): number {
    if (this.#isRunaway && this.#runawaySteps < mostRunawaySteps) {
      this.#runawaySteps += 1;
      return 1;
    }
    return phases.findLast(({ from }) => step >= from)?.interval ?? 1;
  }

  /** Losses of the steps that were read last. */
  lossesRead(losses: Float32Array): void {
    const last = losses.at(-1);
    if (last === undefined) return;
    this.#firstLoss ??= losses[0] ?? last;
    this.#isRunaway = Math.abs(last) > runawayFactor * (1 + Math.abs(this.#firstLoss));
  }
}
