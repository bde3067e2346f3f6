/** Which steps an engine on the CPU takes statistics of, and what it took until someone reads it. */
import type { StepStatistics } from '@/model/layerStatistics';

export class UnreadStatistics {
  interval: number | null = null;
  #taken: StepStatistics[] = [];

  isDue(step: number): boolean {
    return this.interval !== null && step % this.interval === 0;
  }

  add(statistics: StepStatistics): void {
    this.#taken.push(statistics);
  }

  /** All that was added since the last call. */
  read(): readonly StepStatistics[] {
    const taken = this.#taken;
    this.#taken = [];
    return taken;
  }
}
