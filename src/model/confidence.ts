/**
 * How sure a network is of what it reads: the probability of the class that it predicts. Where that is not a number it counts as larger
 * than any, as the logit did for which the class was taken (argmax.ts).
 */
import { classCount } from '@/model/classCounts';
import type { TestPredictions } from '@/model/testFigures';

type Read = Pick<TestPredictions, 'predictions' | 'probabilities'>;

/** Of each image, in order. */
export function confidencesOf({ predictions, probabilities }: Read): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    predictions,
    (prediction, image) => probabilities[image * classCount + prediction] ?? NaN,
  );
}

/** Negative where a comes before b in rising order. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

/** Images read wrongly, the surest first; of equals that which comes first. */
export function surelyWrong(read: Read & Pick<TestPredictions, 'labels'>): number[] {
  const confidences = confidencesOf(read);
  return [...read.predictions.keys()]
    .filter((image) => read.predictions[image] !== read.labels[image])
    .sort((a, b) => compare(confidences[b] ?? NaN, confidences[a] ?? NaN));
}

/** Images read rightly, the least sure first; of equals that which comes first. */
export function hardlyRight(read: Read & Pick<TestPredictions, 'labels'>): number[] {
  const confidences = confidencesOf(read);
  return [...read.predictions.keys()]
    .filter((image) => read.predictions[image] === read.labels[image])
    .sort((a, b) => compare(confidences[a] ?? NaN, confidences[b] ?? NaN));
}
