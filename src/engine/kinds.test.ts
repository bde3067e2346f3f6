// Every loss and optimizer of the registries on the engines of the CPU, against the definitions in float64.
import { describe, expect, test } from 'vitest';
import { worstLossError } from '@/engine/lossCase';
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
