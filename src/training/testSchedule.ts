/** When to test: in full after each epoch, and quickly in between as often as costs little. */
import { mnist, type DataSpec } from '@/model/dataSet';

export type TestExtent = 'quick' | 'full';

const quickImages = 1000;

/** How many test images each takes. */
export function testImageCount(extent: TestExtent, data: DataSpec | undefined): number {
  const { testImages } = data ?? mnist;
  return extent === 'full' ? testImages : Math.min(quickImages, testImages);
}

/** A quick test may take this share of the time spent training since the last one. */
const quickTestShare = 0.04;
const fewestStepsBetween = 100;
/** Right before the full test, a quick one tells nothing. */
const fewestStepsBeforeFull = 50;

export class QuickTestSchedule {
  #steps = 0;
  #trainingMilliseconds = 0;
  #testMilliseconds: number | null = null;

  /** Training went on. */
  trained(steps: number, milliseconds: number): void {
    this.#steps += steps;
    this.#trainingMilliseconds += milliseconds;
  }

  /** A test was made; milliseconds null for a full one, which says nothing about the cost of a quick one. */
  tested(milliseconds: number | null): void {
    this.#testMilliseconds = milliseconds ?? this.#testMilliseconds;
    this.#steps = 0;
    this.#trainingMilliseconds = 0;
  }

  isDue(batchSize: number, stepsToFullTest: number): boolean {
    if (this.#steps < fewestStepsBetween || stepsToFullTest < fewestStepsBeforeFull) return false;
    // Until one is measured: a forward pass takes a third to a half of a training step.
    const estimate = (quickImages / batchSize) * (this.#trainingMilliseconds / this.#steps) * 0.5;
    return (this.#testMilliseconds ?? estimate) <= this.#trainingMilliseconds * quickTestShare;
  }
}
