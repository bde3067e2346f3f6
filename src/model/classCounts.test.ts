import { expect, it } from 'vitest';
import { countClasses, deadClasses, neverPredicted, recallOf } from './classCounts';

it('counts predictions by digit: a digit may be predicted and still never right', () => {
  const labels = Uint8Array.of(0, 0, 1, 2, 2, 2, 9);
  const predictions = Uint8Array.of(0, 1, 7, 2, 2, 0, 9);
  const counts = countClasses(predictions, labels);
  expect(counts.labelled).toEqual([2, 1, 3, 0, 0, 0, 0, 0, 0, 1]);
  expect(counts.predicted).toEqual([2, 1, 2, 0, 0, 0, 0, 1, 0, 1]);
  expect(recallOf(counts)).toEqual([1 / 2, 0, 2 / 3, null, null, null, null, null, null, 1]);
  expect(deadClasses(counts)).toEqual([1]);
  expect(neverPredicted(counts)).toEqual([]);
  // A class without images is one that the data does not have.
  expect(neverPredicted({ ...counts, labelled: counts.labelled.with(4, 1) })).toEqual([4]);
});

it('says which image has no label', () => {
  expect(() => countClasses(new Uint8Array(2), new Uint8Array(1))).toThrow('Image 1');
});
