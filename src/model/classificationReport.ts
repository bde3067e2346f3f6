/** Precision, recall and F1 of every class, as scikit-learn's precision_recall_fscore_support has them. */
import { recallOf, type ClassCounts } from '@/model/classCounts';

export interface ClassFigures {
  /** Share of the images predicted to be of the class that are; null: none was. */
  readonly precision: number | null;
  /** Share of the class's images that were predicted to be of it; null: it has none. */
  readonly recall: number | null;
  /** 2 right / (labelled + predicted), the harmonic mean of both; null where neither has an image. */
  readonly f1: number | null;
  /** Images that show the class. */
  readonly support: number;
}

export interface ClassificationReport {
  /** By class. */
  readonly classes: readonly ClassFigures[];
  /** Plain means over the classes, in which one that is null counts 0 (scikit-learn's zero_division=0). */
  readonly macro: { readonly precision: number; readonly recall: number; readonly f1: number };
  /** Share of all images; NaN without one. */
  readonly accuracy: number;
  readonly images: number;
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export function classificationReport(counts: ClassCounts): ClassificationReport {
  const { labelled, predicted, right } = counts;
  const recalls = recallOf(counts);
  const classes = labelled.map((support, index) => {
    const [read = 0, hits = 0] = [predicted[index], right[index]];
    return {
      precision: ratio(hits, read),
      recall: recalls[index] ?? null,
      f1: ratio(2 * hits, support + read),
      support,
    };
  });
  const mean = (key: 'precision' | 'recall' | 'f1'): number =>
    sum(classes.map((figures) => figures[key] ?? 0)) / classes.length;
  const images = sum(labelled);
  return {
    classes,
    macro: { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') },
    accuracy: sum(right) / images,
    images,
  };
}
