/** What a finished run measured, small enough to keep: plain data without NaN, so that JSON holds it too. */
import type { BackendInfo } from '@/model/backend';
import type { RunConfig } from '@/model/runConfig';
import type { EvaluationPoint } from '@/model/testFigures';

/** What computed it. */
export type ResultBackend = Pick<BackendInfo, 'engine' | 'backend' | 'device' | 'isSoftware'>;

export function resultBackend({ engine, backend, device, isSoftware }: ResultBackend): ResultBackend {
  return { engine, backend, device, isSoftware };
}

/** One test on all 10,000 test images. */
export interface FullTest extends Pick<EvaluationPoint, 'step' | 'epoch' | 'accuracy' | 'classes'> {
  /** Null where it is NaN or infinite, as all losses here. */
  readonly loss: number | null;
  readonly sumOfBatchMeans: number | null;
}

/** A line thinned for drawing, its extremes kept; steps count from 1. */
export interface ThinnedLine {
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
}

export interface RunResult {
  readonly config: RunConfig;
  /** When it was begun, in milliseconds since 1970. */
  readonly begunAt: number;
  readonly backend: ResultBackend;
  /** Time spent training; of an old result its tests too. */
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
export function fullTestOf(test: Omit<EvaluationPoint, 'extent' | 'count'>): FullTest {
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
