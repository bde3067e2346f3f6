import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '@/engine/engine';
import { integers, kernelCases, largestDifference } from '@/engine/tfjs/testing/kernelCases';
import { createTfjsEngine } from '@/engine/tfjs/backends';
import { installDawn } from '../../../../scripts/dawn.ts';

describe('kernels on webgpu', () => {
  let engine: Engine;
  beforeAll(async () => {
    await installDawn();
    ({ engine } = await createTfjsEngine('webgpu'));
  });
  afterAll(() => {
    engine.dispose();
  });

  test.each(kernelCases())('$name', async (kernelCase) => {
    expect(await largestDifference(kernelCase)).toBeLessThanOrEqual(kernelCase.tolerance);
  });

  test('a long matrix product gives the same bits each time: tfjs would add its parts with atomics', async () => {
    const a = tf.div(tf.tensor2d(integers(8 * 6272, 1000, 1), [8, 6272]), 1000);
    const b = tf.div(tf.tensor2d(integers(6272 * 256, 1000, 2), [6272, 256]), 1000);
    const product = async () => {
      const result = tf.matMul(a, b);
      const values = await result.data<'float32'>();
      result.dispose();
      return values;
    };
    const first = await product();
    for (let i = 0; i < 5; i += 1) expect(await product()).toEqual(first);
    const [left, right] = [await a.data<'float32'>(), await b.data<'float32'>()];
    const expected = left.slice(0, 6272).reduce((sum, x, k) => sum + x * (right[k * 256] ?? 0), 0);
    expect(Math.abs((first[0] ?? 0) / expected - 1)).toBeLessThan(1e-5);
  });
});
