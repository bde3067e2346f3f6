/** The layer statistics of a run, thinned out, and their chunks as they are stored. */
import { isBroken, type StepStatistics } from '@/model/layerStatistics';
import { chunkSteps } from '@/storage/runs/recordedMetrics';
import type { StatisticsChunk } from '@/storage/runs/runStore';

/** Of 1024 steps; those of `auto` are never more. */
const mostStatistics = 160;

export class RecordedStatistics {
  readonly #chunks = new Map<number, readonly StepStatistics[]>();

  /** In the order of steps; later ones that are there already go. */
  add(steps: readonly StepStatistics[]): void {
    for (const one of steps) {
      const chunk = Math.floor(one.step / chunkSteps);
      const before = (this.#chunks.get(chunk) ?? []).filter(({ step }) => step < one.step);
      this.#chunks.set(chunk, thinned([...before, one]));
    }
  }

  before(step: number): StepStatistics[] {
    return [...this.#chunks.values()].flat().filter((one) => one.step < step);
  }

  /** Forgets the steps from `step` on. */
  truncate(step: number): void {
    for (const [chunk, steps] of this.#chunks) {
      if ((chunk + 1) * chunkSteps > step)
        this.#chunks.set(
          chunk,
          steps.filter((one) => one.step < step),
        );
    }
  }

  /** The chunks from the one with this step on. */
  chunks(from: number): StatisticsChunk[] {
    const first = Math.floor(from / chunkSteps);
    return [...this.#chunks].filter(([chunk]) => chunk >= first).map(([chunk, steps]) => ({ chunk, steps }));
  }
}

/** Every second one dropped where there are too many; the newest and the first with a value that is not finite stay. */
function thinned(steps: readonly StepStatistics[]): readonly StepStatistics[] {
  if (steps.length <= mostStatistics) return steps;
  const broken = steps.findIndex(isBroken);
  return steps.filter((_, i) => i % 2 === 0 || i === broken || i === steps.length - 1);
}
