/** Copies of the statistics that were taken, until someone reads them; no step waits for one. */
import type { Readback } from '@/engine/webgpu/readback';
import type { StepStatisticsPlan } from '@/engine/webgpu/stepStatistics';
import type { StepStatistics } from '@/model/layerStatistics';

/** More copies than this are read before the next is taken, where nobody asks for them. */
const mostWaiting = 16;

interface Waiting {
  readonly step: number;
  readonly plan: StepStatisticsPlan;
  readonly copy: GPUBuffer;
}

export class StatisticsReader {
  interval: number | null = null;
  #waiting: Waiting[] = [];
  #taken: StepStatistics[] = [];
  readonly #readback: Readback;

  constructor(readback: Readback) {
    this.#readback = readback;
  }

  isDue(step: number): boolean {
    return this.interval !== null && step % this.interval === 0;
  }

  get isFull(): boolean {
    return this.#waiting.length >= mostWaiting;
  }

  /** Copies the results behind the step that was just recorded. */
  take(encoder: GPUCommandEncoder, results: GPUBuffer, step: number, plan: StepStatisticsPlan): void {
    const { bytes } = plan.results;
    const copy = this.#readback.open(bytes);
    encoder.copyBufferToBuffer(results, 0, copy, 0, bytes);
    this.#waiting.push({ step, plan, copy });
  }

  /** Waits for what was taken. */
  async drain(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { step, plan, copy } of waiting) {
      // In order; all are on their way already.
      // oxlint-disable-next-line no-await-in-loop
      const values = await this.#readback.read(copy, plan.results.bytes);
      this.#taken.push({ step, ...plan.read(values) });
    }
  }

  async read(): Promise<readonly StepStatistics[]> {
    await this.drain();
    const taken = this.#taken;
    this.#taken = [];
    return taken;
  }
}
