/** The reference engine on wasm in Node, against PyTorch's fixtures. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTfjsEngine } from '@/engine/tfjs/backends';
import type { TfjsEngine } from '@/engine/tfjs/tfjsEngine';
import { readFixture, pytorchFixtures } from '../../../scripts/fixtures/readFixture.ts';
import { networkParity } from '../../../scripts/parity/networkParity.ts';

let engine: TfjsEngine;
beforeAll(async () => {
  ({ engine } = await createTfjsEngine('wasm'));
});
afterAll(() => {
  engine.dispose();
});

describe('parity with PyTorch', () => {
  test.each(['mynn', 'lenet', 'resnet'])('%s', async (net) => {
    const checks = await networkParity(engine, readFixture(pytorchFixtures, net));
    expect(checks.length).toBeGreaterThan(50);
    expect(checks.filter(({ pass }) => !pass)).toEqual([]);
  });
});
