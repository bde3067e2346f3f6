/**
 * The fixtures on WebGPU in Node (Dawn): every network whose largest buffer the adapter binds. Lavapipe allows 128 MiB,
 * which leaves out VGG-16 alone; its refusal must say so.
 */
import { expect, test } from 'vitest';
import { sharedFixtures } from '../fixtures/readFixture.ts';
import { runUnitInChild } from './runUnitInChild.ts';

/** ResNet-18 and VGG-2 take one optimizer each: lavapipe needs seconds a step. */
const parts: [string, string[] | null, number][] = [
  ['preprocess', null, 3],
  ['mynn', null, 1000],
  ['lenet', null, 1000],
  ['resnet', null, 1000],
  ['vgg2', ['ce/sgd_m09_wd'], 600],
  ['resnet18', ['ce/sgd'], 2000],
];

test.each(parts)('%s', { timeout: 600_000 }, async (unit, runs, least) => {
  const result = await runUnitInChild({ folder: sharedFixtures, unit, engine: 'tfjs-webgpu', runs });
  if (result.kind !== 'done') throw new Error(`${result.kind}: ${result.message}`);
  expect(result.checks.filter(({ pass }) => !pass)).toEqual([]);
  expect(result.checks.length).toBeGreaterThanOrEqual(least);
});

test('vgg16 runs, or is refused with the limit named', { timeout: 600_000 }, async () => {
  const result = await runUnitInChild({
    folder: sharedFixtures,
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
