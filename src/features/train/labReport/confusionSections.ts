/** What the network reads in the test images: the confusion matrix, and digits that it misread. */
import { heading, paragraph, type ReportBlock } from '@/formats/labReport/blocks';
import { confusions, digitPicture, type Confusion } from '@/formats/pictures';
import type { ReadPredictions, ReportData } from '@/features/train/labReport/reportData';
import type { ReportTexts } from '@/features/train/labReport/reportTexts';
import { confusionMatrix, countClasses, recallOf } from '@/model/classCounts';
import { className, dataOf, type DataSpec } from '@/model/dataSet';
import type { TestPredictions } from '@/model/testFigures';

/** Kinds of mistakes, and of each as many images. */
const most = { pairs: 6, digits: 20 };
const columns = 10;

function matrixTable(
  { predictions, labels, step }: ReadPredictions,
  data: DataSpec,
  { t, format }: ReportTexts,
): ReportBlock {
  const matrix = confusionMatrix(predictions, labels);
  const recall = recallOf(countClasses(predictions, labels));
  const digits = data.classNames;
  return {
    kind: 'table',
    caption: t('doc.confusionText', { step: format.integer(step), images: format.integer(labels.length) }),
    head: [t('doc.shown'), ...digits, t('doc.right')],
    rows: digits.map((name, label) => [
      name,
      ...digits.map((_, column) => format.integer(matrix[label]?.[column] ?? 0)),
      format.percent(recall[label] ?? NaN),
    ]),
  };
}

function wrongDigits(
  { images }: TestPredictions,
  wrong: readonly Confusion[],
  data: DataSpec,
  { t, format }: ReportTexts,
): ReportBlock[] {
  if (wrong.length === 0) return [paragraph(t('doc.noneWrong'))];
  return [
    paragraph(t('doc.wrongText', { most: format.integer(most.digits) })),
    ...wrong.slice(0, most.pairs).map(({ label, prediction, indices }): ReportBlock => {
      const names = { label: className(data, label), prediction: className(data, prediction) };
      return {
        kind: 'picture',
        name: `${label}-read-as-${prediction}`,
        alt: t('doc.wrongAlt', names),
        caption: t('doc.wrongCaption', { ...names, count: indices.length }),
        content: { type: 'png', bytes: digitPicture(indices.slice(0, most.digits), images, columns).png },
      };
    }),
  ];
}

export function confusionSections({ predictions, config }: ReportData, texts: ReportTexts): ReportBlock[] {
  const { t } = texts;
  if (predictions === null) return [heading(t('doc.confusion')), paragraph(t('doc.noReadings'))];
  const wrong = confusions(predictions);
  return [
    heading(t('doc.confusion')),
    matrixTable(predictions, dataOf(config), texts),
    heading(t('doc.wrong')),
    ...wrongDigits(predictions, wrong, dataOf(config), texts),
  ];
}
