import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clockBinding, clockData, clockStruct } from '@/engine/webgpu/kernels/clock';
import { randomFunctions } from '@/engine/webgpu/kernels/random';
import { runKernels } from '@/engine/webgpu/testing/runKernels';
import { floats, threadKernel, words } from '@/engine/webgpu/kernels/source';
import { randomBits, shuffledIndex, streamKey, streams, uniform } from '@/model/random';
import { installDawn } from '../../../../scripts/dawn.ts';

let device: GPUDevice;
beforeAll(async () => {
  const adapter = await (await installDawn()).requestAdapter();
  if (adapter === null) throw new Error('no adapter');
  device = await adapter.requestDevice();
});
afterAll(() => {
  device.destroy();
});

const uint = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('keys, bits and uniform numbers are those of model/random.ts', async () => {
  const tuples = fc.sample(fc.tuple(uint, uint, fc.nat(20), uint), { numRuns: 200, seed: 1 });
  const kernel = threadKernel(
    {
      label: 'random',
      bindings: [words('asked', 'read'), words('bits', 'read_write'), floats('units', 'read_write')],
      declarations: randomFunctions,
    },
    200,
    `  let key = streamKey(asked[4u * i], dropoutStream, asked[4u * i + 1u], asked[4u * i + 2u]);
  bits[i] = randomBits(key, asked[4u * i + 3u]);
  units[i] = unit(key, asked[4u * i + 3u]);`,
  );
  const { bits, units } = await runKernels(device, [kernel], {
    asked: Uint32Array.from(tuples.flat()),
    bits: new Uint32Array(200),
    units: new Float32Array(200),
  });
  const keys = tuples.map(([seed, counter, sub]) => streamKey(seed, streams.dropout, counter, sub));
  expect([...bits]).toEqual(tuples.map(([, , , index], n) => randomBits(keys[n] ?? 0, index)));
  expect([...units]).toEqual(tuples.map(([, , , index], n) => uniform(keys[n] ?? 0, index)));
});

test.each([1, 2, 5, 1000, 60_000])('the order of %i images is that of model/random.ts', async (count) => {
  const [seed, epoch] = [3_000_000_000, 7];
  const threads = Math.min(count, 512);
  const kernel = threadKernel(
    {
      label: 'order',
      bindings: [clockBinding('read'), words('order', 'read_write')],
      declarations: [clockStruct, ...randomFunctions],
    },
    threads,
    `  order[i] = shuffledIndex(i, ${count}u, clock.seed, clock.step);`,
  );
  const { order } = await runKernels(device, [kernel], {
    clock: clockData({ step: epoch, row: 0, slot: 0, seed }),
    order: new Uint32Array(threads),
  });
  expect([...order]).toEqual(Array.from({ length: threads }, (_, i) => shuffledIndex(i, count, seed, epoch)));
});
