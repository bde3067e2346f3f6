// Every kind of the registries on the engines of the CPU, against the definitions in float64.
import { describe, expect, test } from 'vitest';
import { worstLayerError } from '@/engine/layerCase';
import { worstLossError } from '@/engine/lossCase';
import { layerKinds } from '@/model/layers';
import { lossKinds } from '@/model/losses';
import { engines } from '../../scripts/parity/engines.ts';

describe.each(['wasm', 'tfjs-wasm', 'tfjs-cpu'] as const)('%s', (name) => {
  test.each(lossKinds)('%s', async (kind) => {
    const engine = await engines[name].create();
    // Ten exponentials and their sum, rounded to float32.
    expect(await worstLossError(engine, kind)).toBeLessThan(2e-6);
    engine.dispose();
  });
});

describe.each(['wasm', 'wasm-threads', 'tfjs-wasm', 'tfjs-cpu'] as const)('layers on %s', (name) => {
  test.each(layerKinds)('%s', async (kind) => {
    const engine = await engines[name].create();
    // Three layers in a row, each with sums of up to a thousand products in float32.
    expect(await worstLayerError(engine, kind, 8)).toBeLessThan(2e-5);
    engine.dispose();
  });
});
