// Against scikit-learn's figures of what a network of PyTorch reads in MNIST's 10,000 test images.
import { describe, expect, it } from 'vitest';
import { readPredictions } from '../../scripts/fixtures/readPredictions.ts';
import { confusionMatrix, countClasses } from './classCounts';
import { classificationReport } from './classificationReport';

const { expected, labels, predictions } = readPredictions();
const merged = predictions.map((prediction) => (prediction === 8 ? 3 : prediction));

describe.each([
  ['every class is read', predictions, expected],
  ['one class is never read', merged, expected.merged],
] as const)('where %s', (_, read, { confusion, each, macro, accuracy }) => {
  it('is scikit-learn’s report', () => {
    const report = classificationReport(countClasses(read, labels));
    expect(confusionMatrix(read, labels)).toEqual(confusion);
    expect(report.images).toBe(10_000);
    expect(report.accuracy).toBeCloseTo(accuracy, 12);
    for (const key of ['precision', 'recall', 'f1'] as const) {
      report.classes.forEach((figures, index) =>
        expect(figures[key] ?? 0).toBeCloseTo(each[key][index] ?? NaN, 12),
      );
      expect(report.macro[key]).toBeCloseTo(macro[key], 12);
    }
    expect(report.classes.map(({ support }) => support)).toEqual(each.support);
  });
});

it('has no precision where a class is never read, no recall where it has no image, and no F1 where neither', () => {
  const report = classificationReport(countClasses(Uint8Array.of(1, 1, 2), Uint8Array.of(0, 1, 1)));
  expect(report.classes[0]).toEqual({ precision: null, recall: 0, f1: 0, support: 1 });
  expect(report.classes[1]).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5, support: 2 });
  expect(report.classes[2]).toEqual({ precision: 0, recall: null, f1: 0, support: 0 });
  expect(report.classes[3]).toEqual({ precision: null, recall: null, f1: null, support: 0 });
});
