// What a run needs of WebAssembly's memory, by the engine's own plan: known before anything is allocated.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '@/engine/engine';
import { runConfig } from '@/engine/testing/testRuns';
import { wasmHeapBytes } from '@/model/cost';
import { mynn } from '@/model/architectures';
import type { LayerSpec, NetworkSpec } from '@/model/layers';
import { engines } from '../../../scripts/parity/engines.ts';

const init = { kind: 'default' } as const;
const conv = (name: string, inChannels: number): LayerSpec => ({
  kind: 'Conv2d',
  name,
  inChannels,
  outChannels: 4096,
  kernelSize: 3,
  stride: 1,
  padding: 1,
  bias: true,
  init,
});
const linear = (name: string, inFeatures: number, outFeatures: number): LayerSpec => ({
  kind: 'Linear',
  name,
  inFeatures,
  outFeatures,
  bias: true,
  init,
});
const network = (name: string, layers: readonly LayerSpec[]): NetworkSpec => ({
  id: 'custom',
  name,
  outputActivation: 'none',
  layers,
});
const flatten: LayerSpec = { kind: 'Flatten', name: 'flatten' };
const wide = network('Wide', [
  conv('conv1', 1),
  conv('conv2', 4096),
  { kind: 'AdaptiveAvgPool2d', name: 'pool', outputSize: 1 },
  flatten,
  linear('fc', 4096, 10),
]);
const huge = network('Huge', [flatten, linear('fc1', 784, 1_048_576), linear('fc2', 1_048_576, 10)]);

describe('the WebAssembly engine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engines.wasm.create();
  });
  afterAll(() => {
    engine.dispose();
  });

  test('says that a batch is too large, and which one fits', async () => {
    const config = runConfig(wide, { batchSize: 32 });
    const need = engine.memoryNeed(config);
    expect(need?.bytes).toBeGreaterThan(wasmHeapBytes);
    const { largestBatch } = need ?? {};
    expect(largestBatch).toBeGreaterThanOrEqual(1);
    const smaller = engine.memoryNeed({ ...config, batchSize: largestBatch ?? 0 });
    expect(smaller?.bytes).toBeLessThanOrEqual(wasmHeapBytes);
    const next = engine.memoryNeed({ ...config, batchSize: 2 * (largestBatch ?? 0) });
    expect(next?.bytes).toBeGreaterThan(wasmHeapBytes);
    await expect(engine.compile(config)).rejects.toMatchObject({ code: 'limits' });
  });

  test('says that a network is too large with any batch', () => {
    expect(engine.memoryNeed(runConfig(huge, { batchSize: 64 }))).toMatchObject({ largestBatch: null });
  });

  test('has nothing to say of a network that fits', () => {
    const need = engine.memoryNeed(runConfig(mynn));
    expect(need?.bytes).toBeLessThan(need?.allowed ?? 0);
    expect(need?.largestBatch).toBeNull();
  });
});
