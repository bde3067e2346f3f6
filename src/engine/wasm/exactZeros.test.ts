// What PyTorch computes as exactly 0, a sum of products that are all 0, is 0 in Winograd's tiles too, whose rounding would make it 1e-9.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';
import { newBench, runLayers, type LayerBench } from '@/engine/wasm/testing/layerBench';
import type { Conv2d, LayerSpec } from '@/model/layers';
import type { Gradients64 } from '@/model/layers/reference';
import { randomBits } from '@/model/random';
import { sequencePass } from '@/model/reference';

const uniform = (salt: number, i: number): number => ((randomBits(salt, i) >>> 8) + 0.5) / 2 ** 24;

/** Values in (-1, 1), of which about `share` are not 0. */
const sparse = (count: number, salt: number, share: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, (_, i) =>
    uniform(salt, i) < share ? 2 * uniform(salt + 1, i) - 1 : 0,
  );

interface Case {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly padding: number;
  readonly hasPool: boolean;
  readonly share: number;
  readonly salt: number;
}

const shapes: fc.Arbitrary<Case> = fc.record({
  images: fc.integer({ min: 25, max: 40 }),
  height: fc.integer({ min: 5, max: 13 }),
  width: fc.integer({ min: 5, max: 13 }),
  inChannels: fc.integer({ min: 12, max: 17 }),
  outChannels: fc.integer({ min: 12, max: 19 }),
  kernelSize: fc.constantFrom(3, 5),
  padding: fc.integer({ min: 0, max: 1 }),
  hasPool: fc.constant(false),
  share: fc.constantFrom(0.0003, 0.003, 0.03),
  salt: fc.nat(),
});

/** First convolutions of one channel, which tiles along rows compute with their pooling. */
const firstShapes: fc.Arbitrary<Case> = fc.record({
  images: fc.integer({ min: 25, max: 40 }),
  height: fc.integer({ min: 8, max: 20 }),
  width: fc.integer({ min: 1, max: 4 }).map((tiles) => 4 * tiles + 4),
  inChannels: fc.constant(1),
  outChannels: fc.integer({ min: 1, max: 19 }),
  kernelSize: fc.constant(5),
  padding: fc.constant(0),
  hasPool: fc.constant(true),
  share: fc.constantFrom(0.003, 0.03),
  salt: fc.nat(),
});

/** Names of what is 0 by its definition and was not 0 here, and of what was not 0 at all. */
async function differing(bench: LayerBench, given: Case): Promise<{ wrong: string[]; zeros: number }> {
  const { images, height, width, inChannels, outChannels, kernelSize, padding, hasPool, share, salt } = given;
  const layer: Conv2d = {
    kind: 'Conv2d',
    name: 'c',
    inChannels,
    outChannels,
    kernelSize,
    stride: 1,
    padding,
    bias: true,
    init: { kind: 'default' },
  };
  const layers: LayerSpec[] = [
    layer,
    { kind: 'ReLU', name: 'relu' },
    ...(hasPool ? ([{ kind: 'MaxPool2d', name: 'p', kernelSize: 2, stride: 2, padding: 0 }] as const) : []),
  ];
  const shape = [images, inChannels, height, width] as const;
  const data = sparse(images * inChannels * height * width, salt, share);
  const weights = new Map([
    ['c.weight', sparse(outChannels * inChannels * kernelSize ** 2, salt + 2, 1)],
    // Every other channel has a bias.
    ['c.bias', Float32Array.from({ length: outChannels }, (_, i) => (i % 2 === 0 ? 0 : uniform(salt, i)))],
  ]);
  let dy = new Float32Array();
  const actual = await runLayers(
    bench,
    layers,
    { shape, data },
    weights,
    (count) => (dy = sparse(count, salt + 3, share)),
    { dividesByGradient: true },
  );
  const wide = (of: Float32Array): Float64Array => Float64Array.from(of);
  const run = sequencePass(
    layers,
    { shape, data: wide(data) },
    new Map([...weights].map(([key, of]) => [key, wide(of)])),
    () => true,
  );
  const gradients: Gradients64 = new Map();
  const dx = run.backward(wide(dy), gradients);
  let zeros = 0;
  const wrong: string[] = [];
  for (const [name, expected] of new Map([['y', run.y.data], ['dx', dx], ...gradients])) {
    const found = name === 'y' ? actual.y : name === 'dx' ? actual.dx : actual.gradients.get(name);
    expected.forEach((value, i) => {
      if (value !== 0) return;
      zeros += 1;
      if (found?.[i] !== 0) wrong.push(`${name}[${i}] = ${found?.[i]}`);
    });
  }
  return { wrong, zeros };
}

describe.each([1, 2])('on %i threads', (threads) => {
  it.each([
    ['a convolution', shapes],
    ['a first convolution and its pooling', firstShapes],
  ])('%s', async (_, cases) => {
    const bench = await newBench(nodeHost(), threads);
    let seen = 0;
    try {
      await fc.assert(
        fc.asyncProperty(cases, async (given) => {
          const { wrong, zeros } = await differing(bench, given);
          expect(wrong).toEqual([]);
          seen += zeros;
        }),
        { numRuns: 8, seed: 3 },
      );
    } finally {
      bench.runtime.dispose();
    }
    expect(seen).toBeGreaterThan(1000);
  });
});
