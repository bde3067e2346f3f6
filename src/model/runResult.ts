/** What a finished run measured, small enough to keep: plain data without NaN, so that JSON holds it too. */
import type { ClassCounts } from '@/model/classCounts';
import type { RunConfig } from '@/model/runConfig';

/** What computed it. */
export interface ResultBackend {
  readonly engine: 'tfjs' | 'wasm' | 'webgpu';
  readonly backend: 'webgpu' | 'webgl' | 'wasm' | 'cpu';
  readonly device: string;
  readonly isSoftware: boolean;
}

/** One test on all 10,000 test images. */
export interface FullTest {
  /** Steps done. */
  readonly step: number;
  readonly epoch: number;
  /** Mean over the images; null where it is NaN or infinite, as all losses here. */
  readonly loss: number | null;
  /** Mean losses of the test batches, summed, as the report prints it. */
  readonly sumOfBatchMeans: number | null;
  readonly accuracy: number;
  readonly classes: ClassCounts;
}

/** A line thinned for drawing, its extremes kept; steps count from 1. */
export interface ThinnedLine {
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
}

export interface RunResult {
  readonly config: RunConfig;
  /** Milliseconds since 1970. */
  readonly finishedAt: number;
  readonly backend: ResultBackend;
  /** Time spent training and testing, pauses left out. */
  readonly seconds: number;
  readonly trainingLoss: ThinnedLine;
  /** In order; the last is the result. */
  readonly tests: readonly FullTest[];
}

/** A loss as results keep it. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The test with the highest accuracy, the first of equals. */
export function bestTest(tests: readonly FullTest[]): FullTest | undefined {
  return tests.reduce<FullTest | undefined>(
    (best, test) => (best === undefined || test.accuracy > best.accuracy ? test : best),
    undefined,
  );
}

/** The figures of a test as results keep them. */
export function fullTestOf(test: {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly sumOfBatchMeans: number;
  readonly accuracy: number;
  readonly classes: ClassCounts;
}): FullTest {
  const { step, epoch, loss, sumOfBatchMeans, accuracy, classes } = test;
  return {
    step,
    epoch,
    loss: finiteOrNull(loss),
    sumOfBatchMeans: finiteOrNull(sumOfBatchMeans),
    accuracy,
    classes,
  };
}
