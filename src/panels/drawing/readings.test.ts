import { expect, it } from 'vitest';
import { readingsOf } from '@/panels/drawing/readings';

it('takes a class from the worker, and none where the outputs were not numbers', () => {
  const even = new Float32Array(10).fill(0.1);
  const none = new Float32Array(10).fill(Number.NaN);
  const probabilities = Float32Array.from([...even, ...none, ...even]);
  expect(readingsOf({ probabilities, predictions: Uint8Array.of(9, 0, 3) })).toEqual([9, 'not_numbers', 3]);
});
