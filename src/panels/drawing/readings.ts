/** What the network reads in images, from its answer to them. */
import type { Prediction } from '@/session/sessionState';
import { classCount } from '@/model/classCounts';

/** A digit, or that the outputs are NaN or infinite: PyTorch's argmax of them is a class, but nobody would call it a reading. */
export type Reading = number | 'not_numbers';

/** One reading an image. */
export function readingsOf({
  probabilities,
  predictions,
}: Pick<Prediction, 'probabilities' | 'predictions'>): Reading[] {
  return Array.from(predictions, (prediction, i) =>
    probabilities.subarray(i * classCount, (i + 1) * classCount).some(Number.isNaN)
      ? 'not_numbers'
      : prediction,
  );
}
