// Tiles along the rows give what direct sums give: 32 images go by tiles, halves of them, which are too few for those, directly.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';
import { convOf } from '@/engine/wasm/testing/convCase';
import { newBench, runLayers } from '@/engine/wasm/testing/layerBench';
import type { LayerSpec } from '@/model/layers';
import { randomBits } from '@/model/random';

const images = 32;

/** In (-1, 1); about `share` of them are not 0. */
const valuesOf = (count: number, salt: number, share: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, (_, i) =>
    (randomBits(salt + 1, i) >>> 8) / 2 ** 24 < share ? ((randomBits(salt, i) >>> 8) + 0.5) / 2 ** 23 - 1 : 0,
  );

const shapes = fc
  .record({
    height: fc.integer({ min: 22, max: 30 }),
    width: fc.integer({ min: 22, max: 30 }),
    inChannels: fc.integer({ min: 12, max: 15 }),
    outChannels: fc.integer({ min: 12, max: 18 }),
    kernelSize: fc.constantFrom(3, 5),
    padding: fc.integer({ min: 0, max: 2 }),
    share: fc.constantFrom(0.0003, 0.003, 1),
    bad: fc.array(
      fc.record({
        place: fc.constantFrom('input', 'weight'),
        value: fc.constantFrom(Infinity, -Infinity, Number.NaN),
        at: fc.nat(),
      }),
      { maxLength: 1 },
    ),
    hasRelu: fc.boolean(),
    salt: fc.nat(),
  })
  .filter(({ kernelSize, padding, height, width, outChannels }) => {
    const outputs = (height + 2 * padding - kernelSize + 1) * (width + 2 * padding - kernelSize + 1);
    // Fewer outputs go by tiles along both axes.
    return padding <= (kernelSize - 1) / 2 && outChannels * outputs > 8192;
  });

it.each([1, 2])('on %i threads', async (threads) => {
  const bench = await newBench(nodeHost(), threads);
  let zeros = 0;
  let notFinite = 0;
  const wrongOf = async (
    given: typeof shapes extends fc.Arbitrary<infer S> ? S : never,
  ): Promise<string[]> => {
    const { height, width, inChannels, outChannels, kernelSize, share, bad, hasRelu, salt } = given;
    const layers: LayerSpec[] = [convOf(given), ...(hasRelu ? ([{ kind: 'ReLU', name: 'r' }] as const) : [])];
    const count = inChannels * height * width;
    const x = valuesOf(images * count, salt, share);
    const w = valuesOf(outChannels * inChannels * kernelSize ** 2, salt + 2, 1);
    // Every other channel has a bias.
    const bias = valuesOf(outChannels, salt + 4, 1).map((value, i) => (i % 2 === 0 ? 0 : value));
    for (const { place, value, at } of bad) {
      const values = place === 'input' ? x : w;
      values[at % values.length] = value;
    }
    const weights = new Map([
      ['c.weight', w],
      ['c.bias', bias],
    ]);
    const outputsOf = async (from: number, to: number): Promise<Float32Array> => {
      const shape = [to - from, inChannels, height, width] as const;
      const data = x.subarray(from * count, to * count);
      return (await runLayers(bench, layers, { shape, data }, weights, (size) => new Float32Array(size))).y;
    };
    const whole = await outputsOf(0, images);
    const direct = [...(await outputsOf(0, images / 2)), ...(await outputsOf(images / 2, images))];
    // A sum of K products is off by about sqrt(K) u times the sum of their sizes, 1/4 each on average; four times that is allowed.
    const products = inChannels * kernelSize ** 2;
    const tolerance = 4 * Math.sqrt(products) * 2 ** -24 * (products / 4);
    const wrong: string[] = [];
    direct.forEach((value, i) => {
      const found = whole[i] ?? 0;
      if (value === 0) zeros += 1;
      if (!Number.isFinite(value)) notFinite += 1;
      const isSame =
        value === 0 && share < 1 && !hasRelu
          ? found === 0
          : Number.isFinite(value)
            ? Math.abs(found - value) <= tolerance
            : Object.is(found, value);
      if (!isSame && wrong.length < 5) wrong.push(`y[${i}] = ${found}, not ${value}`);
    });
    return wrong;
  };
  try {
    await fc.assert(
      fc.asyncProperty(shapes, async (given) => {
        expect(await wrongOf(given)).toEqual([]);
      }),
      { numRuns: 12, seed: 21, endOnFailure: true },
    );
  } finally {
    bench.runtime.dispose();
  }
  expect(zeros).toBeGreaterThan(1000);
  expect(notFinite).toBeGreaterThan(100);
});
