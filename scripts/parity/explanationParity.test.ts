/** What explains a prediction, of all six networks on WebAssembly, and of some on tfjs, whose ops are the same in all. */
import { expect, test } from 'vitest';
import { pytorchFixtures } from '../fixtures/readFixture.ts';
import { engines, type ParityEngineName } from './engines.ts';
import { explanationParity } from './explanationParity.ts';

const parts: [string, ParityEngineName][] = [
  ['mynn', 'wasm'],
  ['lenet', 'wasm'],
  ['lenet', 'wasm-threads'],
  ['resnet', 'wasm'],
  ['vgg2', 'wasm'],
  ['resnet18', 'wasm-threads'],
  ['vgg16', 'wasm-threads'],
  ['lenet', 'tfjs-wasm'],
  ['resnet', 'tfjs-wasm'],
  ['vgg2', 'tfjs-wasm'],
  ['resnet18', 'tfjs-wasm'],
];

test.each(parts)('%s on %s', { timeout: 300_000 }, async (net, name) => {
  const engine = await engines[name].create();
  try {
    const checks = await explanationParity(engine, pytorchFixtures, net);
    expect(checks.filter(({ pass }) => !pass)).toEqual([]);
    expect(checks.length).toBeGreaterThanOrEqual(16);
  } finally {
    engine.dispose();
  }
});
