// What cannot be trained is refused by every engine on the CPU before the first step, and a dropped last batch is left out by all.
import { describe, expect, test } from 'vitest';
import type { ImageSet } from '@/data/imageSet';
import { firstLosses, relativeDifference, runConfig } from '@/engine/testing/testRuns';
import { parseNetworkSpec } from '@/model/networkSchema';
import caseText from '../../fixtures/cases/bn_one_value.network.json?raw';
import { engines } from '../../scripts/parity/engines.ts';
import { mnistImages } from '../../scripts/mnistImages.ts';

const oneValue = parseNetworkSpec(JSON.parse(caseText));
const count = 129;
const digits: ImageSet = { ...mnistImages('train'), count };
const refused = {
  code: 'config',
  message: expect.stringContaining('Expected more than 1 value per channel') as string,
};

describe.each(['wasm', 'wasm-threads', 'tfjs-wasm', 'tfjs-cpu'] as const)('%s', (name) => {
  test('refuses a BatchNorm over one value, in a run and in a single batch', async () => {
    const engine = await engines[name].create();
    await engine.setImages('train', digits);
    await expect(engine.compile(runConfig(oneValue, { trainingImages: count }))).rejects.toMatchObject(
      refused,
    );
    await expect(engine.compile(runConfig(oneValue, { batchSize: 1 }))).rejects.toMatchObject(refused);
    await engine.compile(runConfig(oneValue, { trainingImages: count, dropLast: true }));
    await expect(engine.inspectBatch(digits.images.slice(0, 784), Uint8Array.of(5))).rejects.toMatchObject(
      refused,
    );
    // In a test the running statistics stand, so that one image will do.
    expect((await engine.predict(digits.images.slice(0, 784), 1)).every(Number.isFinite)).toBe(true);
    engine.dispose();
  });

  test('refuses a run whose only batch would be dropped', async () => {
    const engine = await engines[name].create();
    const config = runConfig(oneValue, { trainingImages: 40, dropLast: true });
    await expect(engine.compile(config)).rejects.toMatchObject({ code: 'config' });
    engine.dispose();
  });

  test('leaves out the last batch of an epoch where that is dropped', async () => {
    const engine = await engines[name].create();
    await engine.setImages('train', digits);
    const settings = { trainingImages: count, shuffle: true, dropLast: true, epochs: 2 };
    const losses = await firstLosses(engine, runConfig(oneValue, settings), 4);
    const exact = await engines['wasm'].create();
    await exact.setImages('train', digits);
    expect(
      relativeDifference(losses, await firstLosses(exact, runConfig(oneValue, settings), 4)),
    ).toBeLessThan(1e-4);
    // The third step begins the second epoch: whole, with other images than the first.
    expect(new Set(losses).size).toBe(4);
    engine.dispose();
    exact.dispose();
  });
});
