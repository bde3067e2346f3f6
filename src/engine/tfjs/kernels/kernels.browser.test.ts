import type { BackendName } from '@/model/backend';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '@/engine/engine';
import { kernelCases, largestDifference } from '@/engine/tfjs/testing/kernelCases';
import { createTfjsEngine } from '@/engine/tfjs/backends';

describe.each<BackendName>(['webgl', 'webgpu'])('kernels on %s in a browser', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    ({ engine } = await createTfjsEngine(backend));
  });
  afterAll(() => {
    engine.dispose();
  });

  test.each(kernelCases())('$name', async (kernelCase) => {
    expect(await largestDifference(kernelCase)).toBeLessThanOrEqual(kernelCase.tolerance);
  });
});
