/** Weights travel between this app and real PyTorch: strict loading both ways, and the same logits within 1e-4. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '@/engine/engine';
import { encodeWeights } from '@/formats/checkpoint';
import { loadStateDict } from '@/formats/loadStateDict';
import { openWeightFile } from '@/formats/weightFile';
import { architectures, mynn } from '@/model/architectures';
import type { NetworkSpec } from '@/model/layers';
import { defaultConfig } from '@/model/presets';
import type { StateDict } from '@/model/tensor';
import { inMemory } from '../fixtures/inMemory.ts';
import { usualWeights } from '../fixtures/usualWeights.ts';
import { fixturePath, readBytes, readFixture, pytorchFixtures } from '../fixtures/readFixture.ts';
import { engines } from '../parity/engines.ts';
import { startTorch, type TorchProcess } from './torchProcess.ts';
import { torchPythonOfTest } from './torchTest.ts';

const python = torchPythonOfTest();
const script = fileURLToPath(new URL('./checkpoint.py', import.meta.url));
const tolerance = 1e-4;

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? NaN))), 0);
}

describe.runIf(python !== null)('weights between this app and PyTorch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'digit-lab-'));
  const file = (name: string): string => join(folder, name);
  let engine: Engine;
  let process: TorchProcess;
  let images: Uint8Array<ArrayBuffer>;
  let count: number;

  beforeAll(async () => {
    fixturePath(pytorchFixtures, 'models.py');
    process = startTorch(python ?? '', [script, pytorchFixtures]);
    ({ images, count } = readFixture(pytorchFixtures, 'mynn'));
    writeFileSync(file('images'), images);
    engine = await engines['tfjs-wasm'].create();
  });
  afterAll(() => {
    process.stop();
    engine.dispose();
    rmSync(folder, { recursive: true });
  });

  const torch = async (command: 'logits' | 'save', net: string): Promise<Float32Array> => {
    await process.run([command, net, file('weights'), file('images'), file('logits')]);
    return new Float32Array(readBytes(file('logits')).buffer);
  };

  const ourLogits = async (network: NetworkSpec, parameters: StateDict): Promise<Float32Array> => {
    const config = { ...defaultConfig(network.id), batchSize: count };
    await engine.compile(config, { step: 0, parameters, optimizer: {} });
    return engine.predict(images, count);
  };

  // VGG-16's half a gigabyte takes minutes on two cores, and is the same check on a larger network.
  describe.each(
    architectures.map((network) => ({
      name: network.name,
      network,
      tags: network.id === 'vgg16' ? ['long'] : [],
    })),
  )('$name', ({ network, tags }) => {
    test('PyTorch takes our file strictly and gives our logits', { tags }, async () => {
      const weights = usualWeights(network);
      writeFileSync(file('weights'), encodeWeights(network, weights));
      const theirs = await torch('logits', network.id);
      expect(largestDifference(theirs, await ourLogits(network, weights))).toBeLessThan(tolerance);
    });

    test('a file that PyTorch wrote loads here and gives its logits', { tags }, async () => {
      const theirs = await torch('save', network.id);
      const written = await openWeightFile(inMemory(new Uint8Array(readFileSync(file('weights')))));
      const { parameters: weights } = await loadStateDict(network, written);
      expect(largestDifference(theirs, await ourLogits(network, weights))).toBeLessThan(tolerance);
    });
  });

  test('PyTorch refuses a file of another network, so strict loading is what was tested', async () => {
    writeFileSync(file('weights'), encodeWeights(mynn, usualWeights(mynn)));
    await expect(torch('logits', 'lenet')).rejects.toThrow(/Missing key\(s\) in state_dict/);
  });
});
