/** What explains a prediction, on WebGPU in Node (Dawn): all but VGG-16, whose largest buffer lavapipe does not bind. */
import { expect, test } from 'vitest';
import { pytorchFixtures } from '../fixtures/readFixture.ts';
import { engines, type ParityEngineName } from './engines.ts';
import { explanationParity } from './explanationParity.ts';

const parts: [string, ParityEngineName, string[]][] = [
  ['lenet', 'webgpu', []],
  ['vgg2', 'webgpu', []],
  // By night: the others have the same layers, and explanationParity.test.ts has all six networks on WebAssembly.
  ['mynn', 'webgpu', ['long']],
  ['resnet', 'webgpu', ['long']],
  ['resnet18', 'webgpu', ['long']],
  ['lenet', 'tfjs-webgpu', ['long']],
];

for (const [net, name, tags] of parts) {
  test(`${net} on ${name}`, { timeout: 300_000, tags }, async () => {
    const engine = await engines[name].create();
    try {
      const checks = await explanationParity(engine, pytorchFixtures, net);
      expect(checks.filter(({ pass }) => !pass)).toEqual([]);
      expect(checks.length).toBeGreaterThanOrEqual(16);
    } finally {
      engine.dispose();
    }
  });
}
