/**
 * The fixtures on WebGPU in Node (Dawn): every network whose largest buffer the adapter binds. Lavapipe allows 128 MiB,
 * which leaves out VGG-16 alone; its refusal must say so.
 */
import { expect, test } from 'vitest';
import { pytorchFixtures } from '../fixtures/readFixture.ts';
import type { ParityEngineName } from './engines.ts';
import { runUnitInChild } from './runUnitInChild.ts';

/** The larger ones take one optimizer each: lavapipe needs seconds a step. */
const parts: [string, ParityEngineName, string[] | null, number][] = [
  ['preprocess', 'webgpu', null, 3],
  ['mynn', 'webgpu', null, 1000],
  ['lenet', 'webgpu', null, 1000],
  ['resnet', 'webgpu', null, 1000],
  ['vgg2', 'webgpu', ['ce/sgd_m09_wd'], 600],
  ['preprocess', 'tfjs-webgpu', null, 3],
  ['mynn', 'tfjs-webgpu', null, 1000],
  ['lenet', 'tfjs-webgpu', null, 1000],
];

async function expectParity([unit, engine, runs, least]: (typeof parts)[number]): Promise<void> {
  const result = await runUnitInChild({ folder: pytorchFixtures, unit, engine, runs });
  if (result.kind !== 'done') throw new Error(`${result.kind}: ${result.message}`);
  expect(result.checks.filter(({ pass }) => !pass)).toEqual([]);
  expect(result.checks.length).toBeGreaterThanOrEqual(least);
}

test.each(parts)('%s on %s', { timeout: 600_000 }, (...part) => expectParity(part));

// By night: the small ResNet has the same layers here, and parity.test.ts has all of ResNet-18 on WebAssembly.
test('resnet18 on webgpu', { timeout: 600_000, tags: ['long'] }, () =>
  expectParity(['resnet18', 'webgpu', ['ce/adam'], 2000]),
);

test('vgg16 runs, or is refused with the limit named', { timeout: 600_000 }, async () => {
  const result = await runUnitInChild({
    folder: pytorchFixtures,
    unit: 'vgg16',
    engine: 'tfjs-webgpu',
    runs: [],
  });
  if (result.kind === 'error') throw new Error(result.message);
  if (result.kind === 'done') {
    expect(result.checks.filter(({ pass }) => !pass)).toEqual([]);
  } else {
    expect(result.message).toMatch(
      /classifier\.0\.weight needs 411041792 bytes.*maxStorageBufferBindingSize/,
    );
  }
});
