/** What a test in eval mode measures. */
import type { ClassCounts } from '@/model/classCounts';

export interface TestFigures {
  /** Mean loss over the images. */
  readonly loss: number;
  /** Mean losses of the batches, summed, as the report prints it. */
  readonly sumOfBatchMeans: number;
  readonly accuracy: number;
  /** Images. */
  readonly count: number;
}

/** The same with what was read as what. */
export interface ClassifiedFigures extends TestFigures {
  readonly classes: ClassCounts;
}

/** One test of a run. */
export interface EvaluationPoint extends ClassifiedFigures {
  readonly step: number;
  /** Epochs done, with the fraction of the current one. */
  readonly epoch: number;
  /** `quick`: the first 1,000 test images during an epoch; `full`: all 10,000 at its end. */
  readonly extent: 'quick' | 'full';
}

/** The class that a network reads in each test image, in order. */
export interface TestClasses {
  /** By torch.argmax of the logits: also where they are not numbers. */
  readonly predictions: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
  /** [n, 28, 28], white on black. */
  readonly images: Uint8Array<ArrayBuffer>;
}

/** The same with the probability of every class. */
export interface TestPredictions extends TestClasses {
  /** Softmax of the logits, [n, 10] row-major; NaN where a logit is not a number. */
  readonly probabilities: Float32Array<ArrayBuffer>;
}

/** Losses of the full tests at the ends of the epochs, from the first on. */
export function epochLosses(
  tests: readonly Pick<EvaluationPoint, 'step' | 'extent' | 'loss'>[],
  stepsPerEpoch: number,
): number[] {
  const losses: number[] = [];
  for (const { step, extent, loss } of tests)
    if (extent === 'full' && step % stepsPerEpoch === 0) losses[step / stepsPerEpoch - 1] = loss;
  return losses;
}
