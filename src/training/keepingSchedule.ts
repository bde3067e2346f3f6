/** When to read a run's state out of the engine, to go on from should the device or the worker be lost. */
import { optimizerSlots } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';
import { stateEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';

/** At most so much training is lost. */
const trainingMilliseconds = 5000;
/** Reading may take this share of the time spent training. */
const readingShare = 0.02;
/** Two copies of it are kept, one in the worker and one in the page. */
const largestBytes = 200e6;

/** Whether a run of these settings is small enough to be kept. */
export function canBeKept({ network, optimizer }: RunConfig): boolean {
  const values = stateEntries(network).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return 4 * values * (1 + optimizerSlots(optimizer).length) <= largestBytes;
}

export class KeepingSchedule {
  #sinceLast = 0;
  #reading = 0;

  /** Training went on. */
  trained(milliseconds: number): void {
    this.#sinceLast += milliseconds;
  }

  /** The state was read, which took so long. */
  kept(milliseconds: number): void {
    this.#sinceLast = 0;
    this.#reading = milliseconds;
  }

  get isDue(): boolean {
    return this.#sinceLast >= Math.max(trainingMilliseconds, this.#reading / readingShare);
  }
}
