/**
 * When to read a run's state out of the engine, as a keyframe: to go on from should the device, the worker or the page be lost, and to
 * go back to.
 */
import { optimizerSlots } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';
import { stateEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';
import { defaultKeyframeBytes, keyframeCapacity, keyframeSpacing } from '@/storage/runs/keyframePolicy';

/** At most so much training is lost. */
const longestMilliseconds = 5000;
/** Closer ones would save no time that anyone notices when a step is gone back to. */
const shortestMilliseconds = 250;
/** Reading and writing may take this share of the time spent training. */
const readingShare = 0.01;
/** Copies of it are made in the worker, and where there is no storage in the page. */
const largestBytes = 200e6;

/** Bytes of the values of a run's whole state. */
function stateBytes({ network, optimizer }: RunConfig): number {
  const values = stateEntries(network).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return 4 * values * (1 + optimizerSlots(optimizer).length);
}

/** Whether a run of these settings is small enough to be kept. */
export function canBeKept(config: RunConfig): boolean {
  return stateBytes(config) <= largestBytes;
}

/** Keyframes of a run of these settings that a budget of bytes holds. */
export function capacityOf(config: RunConfig, budgetBytes: number): number {
  return keyframeCapacity(budgetBytes, stateBytes(config));
}

export class KeepingSchedule {
  readonly #capacity: number;
  #sinceLast = 0;
  #keptStep = 0;
  /** Milliseconds of the last readings. */
  #readings: readonly number[] = [];

  constructor(config: RunConfig, budgetBytes = defaultKeyframeBytes) {
    this.#capacity = capacityOf(config, budgetBytes);
  }

  /** Training went on. */
  trained(milliseconds: number): void {
    this.#sinceLast += milliseconds;
  }

  /** The state after `step` was read, which took so long. */
  kept(step: number, milliseconds: number): void {
    this.#sinceLast = 0;
    this.#keptStep = step;
    this.#readings = [...this.#readings.slice(-3), milliseconds];
  }

  /** Where the run goes back to an earlier step. */
  wentBack(step: number): void {
    this.#keptStep = Math.min(this.#keptStep, step);
  }

  /** `endsEpoch`: the step is one that is kept before others. */
  isDue(step: number, endsEpoch: boolean): boolean {
    // The shortest: any of them may have waited for what else the machine does.
    const reading = this.#readings.length === 0 ? 0 : Math.min(...this.#readings);
    const affordable = reading / readingShare;
    if (endsEpoch) return this.#sinceLast >= affordable;
    const spacing = keyframeSpacing(step, this.#capacity);
    const wanted = step - this.#keptStep >= spacing ? shortestMilliseconds : longestMilliseconds;
    return this.#sinceLast >= Math.max(wanted, affordable);
  }
}
