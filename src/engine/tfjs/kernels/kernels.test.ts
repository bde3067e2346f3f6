import type { BackendName } from '@/model/backend';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '@/engine/engine';
import { kernelCases, largestDifference } from '@/engine/tfjs/testing/kernelCases';
import { createTfjsEngine } from '@/engine/tfjs/backends';

describe.each<BackendName>(['cpu', 'wasm'])('kernels on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    ({ engine } = await createTfjsEngine(backend));
  });
  afterAll(() => {
    engine.dispose();
  });

  test.each(kernelCases())('$name', async (kernelCase) => {
    const before = tf.engine().backend.numDataIds();
    expect(await largestDifference(kernelCase)).toBeLessThanOrEqual(kernelCase.tolerance);
    // Kernels call kernels, whose tensors tidy does not see.
    expect(tf.engine().backend.numDataIds()).toBe(before);
  });
});
