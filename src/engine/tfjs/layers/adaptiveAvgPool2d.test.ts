import { expect, test } from 'vitest';
import { averagingMatrix } from '@/engine/tfjs/layers/adaptiveAvgPool2d';

test('windows follow PyTorch: overlapping where sizes do not divide, repeated where the output is larger', () => {
  expect(averagingMatrix(4, 2)).toEqual([
    [0.5, 0.5, 0, 0],
    [0, 0, 0.5, 0.5],
  ]);
  expect(averagingMatrix(5, 2)).toEqual([
    [1 / 3, 1 / 3, 1 / 3, 0, 0],
    [0, 0, 1 / 3, 1 / 3, 1 / 3],
  ]);
  expect(averagingMatrix(1, 7)).toEqual(Array.from({ length: 7 }, () => [1]));
  expect(averagingMatrix(2, 3)).toEqual([
    [1, 0],
    [0.5, 0.5],
    [0, 1],
  ]);
});
