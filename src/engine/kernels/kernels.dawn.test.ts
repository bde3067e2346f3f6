import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '@/engine/engine';
import { kernelCases, largestDifference } from '@/engine/kernels/kernelCases';
import { createEngine } from '@/engine/tfjs/backends';
import { installDawn } from '../../../scripts/dawn.ts';

describe('kernels on webgpu', () => {
  let engine: Engine;
  beforeAll(async () => {
    await installDawn();
    ({ engine } = await createEngine('webgpu'));
  });
  afterAll(() => {
    engine.dispose();
  });

  test.each(kernelCases())('$name', async (kernelCase) => {
    expect(await largestDifference(kernelCase)).toBeLessThanOrEqual(kernelCase.tolerance);
  });
});
