/**
 * Every fixture of fixtures/pytorch on WebAssembly in Node, each network in a process of its own as `npm run parity` does it.
 * The two largest networks take one optimizer here, the command takes all.
 */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pytorchFixtures } from '../fixtures/readFixture.ts';
import type { ParityEngineName } from './engines.ts';
import { runUnitInChild } from './runUnitInChild.ts';

/** Unit, engine, the runs of three steps (null: all), and a number of comparisons that an empty fixture cannot reach. */
const parts: [string, ParityEngineName, string[] | null, number][] = [
  ['preprocess', 'wasm', null, 3],
  ['my_conv', 'wasm', null, 50],
  ['mynn', 'wasm', null, 1000],
  ['lenet', 'wasm', null, 1000],
  ['resnet', 'wasm', null, 1000],
  ['vgg2', 'wasm', null, 1000],
  ['resnet18', 'wasm-threads', ['ce/adam'], 2000],
  ['vgg16', 'wasm-threads', ['ce/sgd'], 600],
  // tfjs, the reference inside the app, has the same layers in all networks; `npm run parity` runs the others on it.
  ['mynn', 'tfjs-wasm', null, 1000],
  ['lenet', 'tfjs-wasm', ['ce/sgd_m09_wd'], 400],
  ['vgg2', 'tfjs-wasm', ['ce/sgd_m09_wd'], 600],
];

test.each(parts)('%s on %s', { timeout: 600_000 }, async (unit, engine, runs, least) => {
  expect(existsSync(pytorchFixtures), `The PyTorch fixtures should lie in ${pytorchFixtures}.`).toBe(true);
  const result = await runUnitInChild({ folder: pytorchFixtures, unit, engine, runs });
  if (result.kind !== 'done') throw new Error(`${result.kind}: ${result.message}`);
  expect(result.checks.filter(({ pass }) => !pass)).toEqual([]);
  expect(result.checks.length).toBeGreaterThanOrEqual(least);
});

test('a folder without fixtures is an error that says so', async () => {
  const result = await runUnitInChild({ folder: '/nowhere', unit: 'mynn', engine: 'tfjs-cpu', runs: null });
  expect(result).toMatchObject({
    kind: 'error',
    message: expect.stringContaining('No mynn.json in /nowhere') as string,
  });
});
