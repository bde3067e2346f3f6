/** What the network reads in all test images: asked for here, and what the figures are made of. */
import { classCount, confusionMatrix, countClasses } from '@/model/classCounts';
import { classificationReport, type ClassificationReport } from '@/model/classificationReport';
import { confidencesOf, hardlyRight, surelyWrong } from '@/model/confidence';
import type { TestPredictions } from '@/model/testFigures';
import { NetworkPass } from '@/session/networkPass';
import { session } from '@/session/session';
import type { ListedDigit } from '@/features/inspect/digits/DigitList';

export const mistakesPass = new NetworkPass({
  store: session.store,
  ask: session.actions.ask,
  request: 'testPredictions',
  isAutomatic: true,
  doneOf: ({ done }) => done,
});

export interface Mistakes {
  readonly read: TestPredictions;
  readonly report: ClassificationReport;
  /** Row the digit, column the prediction. */
  readonly matrix: readonly (readonly number[])[];
  /** Read wrongly, the surest first. */
  readonly wrong: readonly ListedDigit[];
  /** Read rightly, the least sure first. */
  readonly unsure: readonly ListedDigit[];
  readonly confidences: Float32Array;
}

/** As many right ones are listed, the least sure. */
const mostUnsure = 200;

export function mistakesOf(read: TestPredictions): Mistakes {
  const { predictions, labels } = read;
  const confidences = confidencesOf(read);
  const counts = countClasses(predictions, labels);
  // Data of fewer classes leaves outputs that stand for nothing.
  const used =
    1 +
    Math.max(
      ...counts.labelled.map((images, label) => (images + (counts.predicted[label] ?? 0) > 0 ? label : 1)),
    );
  const listed = (index: number): ListedDigit => ({
    index,
    label: labels[index] ?? 0,
    prediction: predictions[index] ?? 0,
    confidence: confidences[index] ?? NaN,
  });
  return {
    read,
    confidences,
    report: classificationReport({
      labelled: counts.labelled.slice(0, used),
      predicted: counts.predicted.slice(0, used),
      right: counts.right.slice(0, used),
    }),
    matrix: confusionMatrix(predictions, labels)
      .slice(0, used)
      .map((row) => row.slice(0, used)),
    wrong: surelyWrong(read).map(listed),
    unsure: hardlyRight(read).slice(0, mostUnsure).map(listed),
  };
}

/** What stands in one cell of the matrix: in the surest order where it is wrong, in the least sure where it is right. */
export function digitsOfCell(
  { read, wrong, confidences }: Mistakes,
  label: number,
  prediction: number,
): ListedDigit[] {
  if (label !== prediction)
    return wrong.filter((digit) => digit.label === label && digit.prediction === prediction);
  return hardlyRight(read)
    .filter((index) => read.labels[index] === label)
    .map((index) => ({ index, label, prediction, confidence: confidences[index] ?? NaN }));
}

/** The most frequent mistake; the first cell where there is none. */
export function worstCell({ matrix }: Mistakes): readonly [number, number] {
  let worst: readonly [number, number] = [0, 0];
  let most = 0;
  for (let row = 0; row < classCount; row += 1) {
    for (let column = 0; column < classCount; column += 1) {
      const count = matrix[row]?.[column] ?? 0;
      if (row === column || count <= most) continue;
      worst = [row, column];
      most = count;
    }
  }
  return worst;
}
