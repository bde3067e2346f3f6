/**
 * TensorFlow.js on WebGPU in Chromium against PyTorch: SwiftShader where there is no GPU, so few of the three-step runs. Dawn
 * does the same and more in parity.dawn.test.ts; the app's own engine in Chromium is tested by e2e/train.spec.ts.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '@/engine/engine';
import { createTfjsEngine } from '@/engine/tfjs/backends';
import lenetManifest from '../../fixtures/pytorch/lenet.json?raw';
import lenetTensors from '../../fixtures/pytorch/lenet.safetensors?url';
import mynnManifest from '../../fixtures/pytorch/mynn.json?raw';
import mynnTensors from '../../fixtures/pytorch/mynn.safetensors?url';
import { openFixture } from '../fixtures/fixture.ts';
import { networkParity } from './networkParity.ts';

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await createTfjsEngine('webgpu'));
});
afterAll(() => engine.dispose());

const fixtures: [string, string, string][] = [
  ['mynn', mynnManifest, mynnTensors],
  ['lenet', lenetManifest, lenetTensors],
];

test.each(fixtures)('%s', { tags: ['long'] }, async (_net, manifest, tensorsUrl) => {
  const bytes = new Uint8Array(await (await fetch(tensorsUrl)).arrayBuffer());
  const fixture = openFixture(JSON.parse(manifest), bytes);
  const checks = await networkParity(engine, fixture, {
    runs: (run) => run === 'ce/adam' || run === 'nll_softmax/sgd_m09_wd',
  });
  expect(engine.info.backend).toBe('webgpu');
  expect(checks.filter(({ pass }) => !pass)).toEqual([]);
  expect(checks.length).toBeGreaterThan(300);
});
