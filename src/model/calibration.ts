/**
 * Whether a network is as often right as it is sure: Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", 2017
 * (arXiv:1706.04599). Of n images bin m of M holds those, B_m, whose confidence lies in ((m - 1) / M, m / M];
 *   acc(B_m) = their share that was read rightly, conf(B_m) = the mean of their confidences,
 *   ECE = sum over m of |B_m| / n * |acc(B_m) - conf(B_m)|,   MCE = the largest |acc(B_m) - conf(B_m)|.
 */
import { confidencesOf } from '@/model/confidence';
import type { TestPredictions } from '@/model/testFigures';

export interface CalibrationBin {
  /** The bin holds confidences above `low` and up to `high`. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Both null in a bin without images. */
  readonly accuracy: number | null;
  readonly confidence: number | null;
}

export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** Null without an image that has a confidence. */
  readonly expectedError: number | null;
  readonly maximumError: number | null;
  /** Images whose confidence is not a number: they are in no bin, and not among n. */
  readonly notNumbers: number;
}

/** @param count bins of equal width, 1 or more */
export function calibrationOf(
  read: Pick<TestPredictions, 'predictions' | 'probabilities' | 'labels'>,
  count: number,
): Calibration {
  const sums = Array.from({ length: count }, () => ({ count: 0, right: 0, confidence: 0 }));
  let notNumbers = 0;
  confidencesOf(read).forEach((confidence, image) => {
    // Rounding may have brought a confidence above 1; 0 belongs to the first bin, as no image of ten classes has it.
    const bin = sums[Math.min(count - 1, Math.max(0, Math.ceil(confidence * count) - 1))];
    if (bin === undefined) {
      notNumbers += 1;
      return;
    }
    bin.count += 1;
    bin.right += Number(read.predictions[image] === read.labels[image]);
    bin.confidence += confidence;
  });
  const images = sums.reduce((total, bin) => total + bin.count, 0);
  const bins = sums.map((bin, index) => ({
    low: index / count,
    high: (index + 1) / count,
    count: bin.count,
    accuracy: bin.count === 0 ? null : bin.right / bin.count,
    confidence: bin.count === 0 ? null : bin.confidence / bin.count,
  }));
  const gaps = bins.map(({ accuracy, confidence }) => Math.abs((accuracy ?? 0) - (confidence ?? 0)));
  return {
    bins,
    expectedError:
      images === 0
        ? null
        : bins.reduce((total, bin, index) => total + (bin.count / images) * (gaps[index] ?? 0), 0),
    maximumError: images === 0 ? null : Math.max(...gaps),
    notNumbers,
  };
}
