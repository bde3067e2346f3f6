import { expect, test } from 'vitest';
import { averagingMatrix } from '@/engine/tfjs/layers/averagePool';
import { adaptiveWindows } from '@/model/layers/adaptiveAvgPool2d';

const matrix = (inputSize: number, outputSize: number): number[][] =>
  averagingMatrix(
    adaptiveWindows({ kind: 'AdaptiveAvgPool2d', name: 'pool', outputSize }, inputSize),
    inputSize,
  );

test('windows follow PyTorch: overlapping where sizes do not divide, repeated where the output is larger', () => {
  expect(matrix(4, 2)).toEqual([
    [0.5, 0.5, 0, 0],
    [0, 0, 0.5, 0.5],
  ]);
  expect(matrix(5, 2)).toEqual([
    [1 / 3, 1 / 3, 1 / 3, 0, 0],
    [0, 0, 1 / 3, 1 / 3, 1 / 3],
  ]);
  expect(matrix(1, 7)).toEqual(Array.from({ length: 7 }, () => [1]));
  expect(matrix(2, 3)).toEqual([
    [1, 0],
    [0.5, 0.5],
    [0, 1],
  ]);
});
