/** How a test went, digit by digit: more than the accuracy tells, such as digits that are never predicted. */

export const classCount = 10;

/** One count a class. */
export interface ClassCounts {
  /** Images that show the class. */
  readonly labelled: readonly number[];
  /** Images predicted to be of the class, rightly or not. */
  readonly predicted: readonly number[];
  /** Images of the class that were predicted to be of it. */
  readonly right: readonly number[];
}

/** Counts of predictions and labels, one class 0 to 9 an image, of the same images in the same order. */
export function countClasses(predictions: Uint8Array, labels: Uint8Array): ClassCounts {
  const labelled = Array.from({ length: classCount }, () => 0);
  const predicted = Array.from({ length: classCount }, () => 0);
  const right = Array.from({ length: classCount }, () => 0);
  const add = (counts: number[], index: number): void => {
    counts[index] = (counts[index] ?? 0) + 1;
  };
  predictions.forEach((prediction, image) => {
    const label = labels[image];
    if (label === undefined) throw new RangeError(`Image ${image} has a prediction and no label.`);
    add(labelled, label);
    add(predicted, prediction);
    if (prediction === label) add(right, label);
  });
  return { labelled, predicted, right };
}

/** Images by what they show and what was read: row the digit, column the prediction, of the same images in the same order. */
export function confusionMatrix(predictions: Uint8Array, labels: Uint8Array): readonly (readonly number[])[] {
  const matrix = Array.from({ length: classCount }, () => Array.from({ length: classCount }, () => 0));
  predictions.forEach((prediction, image) => {
    const row = matrix[labels[image] ?? NaN];
    if (row === undefined) throw new RangeError(`Image ${image} has a prediction and no label.`);
    row[prediction] = (row[prediction] ?? 0) + 1;
  });
  return matrix;
}

/** Share of each class's images that were predicted right; null for a class without images. */
export function recallOf({ labelled, right }: ClassCounts): (number | null)[] {
  return labelled.map((images, digit) => (images === 0 ? null : (right[digit] ?? 0) / images));
}

/** The classes with images of which none was predicted right. */
export function deadClasses(counts: ClassCounts): number[] {
  return recallOf(counts).flatMap((recall, digit) => (recall === 0 ? [digit] : []));
}

/** The classes with images that no image was predicted to be of. */
export function neverPredicted({ labelled, predicted }: ClassCounts): number[] {
  return predicted.flatMap((images, digit) => (images === 0 && labelled[digit] !== 0 ? [digit] : []));
}
