// What PyTorch computes as exactly 0, a sum of products that are all 0, is 0 in Winograd's tiles too, whose rounding would make it 1e-9.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';
import { runConv, type ConvShape } from '@/engine/wasm/testing/convCase';
import { newBench, type LayerBench } from '@/engine/wasm/testing/layerBench';
import type { LayerSpec } from '@/model/layers';
import { randomBits } from '@/model/random';

const uniform = (salt: number, i: number): number => ((randomBits(salt, i) >>> 8) + 0.5) / 2 ** 24;

/** Values in (-1, 1), of which about `share` are not 0. */
const sparse = (count: number, salt: number, share: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, (_, i) =>
    uniform(salt, i) < share ? 2 * uniform(salt + 1, i) - 1 : 0,
  );

interface Case extends ConvShape {
  readonly hasPool: boolean;
  readonly share: number;
  readonly salt: number;
}

const shapes: fc.Arbitrary<Case> = fc.record({
  images: fc.oneof(fc.integer({ min: 5, max: 24 }), fc.integer({ min: 25, max: 40 })),
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

/** Kernels that go in blocks of taps. */
const blockShapes: fc.Arbitrary<Case> = fc
  .record({
    images: fc.integer({ min: 25, max: 26 }),
    // Of the output; fewer go directly.
    height: fc.integer({ min: 8, max: 10 }),
    width: fc.integer({ min: 8, max: 10 }),
    inChannels: fc.integer({ min: 12, max: 14 }),
    outChannels: fc.integer({ min: 12, max: 14 }),
    kernelSize: fc.constant(7),
    padding: fc.constantFrom(0, 3),
    hasPool: fc.constant(false),
    share: fc.constantFrom(0.0001, 0.001, 0.01),
    salt: fc.nat(),
  })
  .map((shape) => {
    const border = 6 - 2 * shape.padding;
    return { ...shape, height: shape.height + border, width: shape.width + border };
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
  const { hasPool, share, salt } = given;
  const behind: LayerSpec[] = [
    { kind: 'ReLU', name: 'relu' },
    ...(hasPool ? ([{ kind: 'MaxPool2d', name: 'p', kernelSize: 2, stride: 2, padding: 0 }] as const) : []),
  ];
  const values = {
    input: (count: number) => sparse(count, salt, share),
    weight: (count: number) => sparse(count, salt + 2, 1),
    // Every other channel has a bias.
    bias: (count: number) =>
      Float32Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 0 : uniform(salt, i))),
    gradient: (count: number) => sparse(count, salt + 3, share),
  };
  let zeros = 0;
  const wrong: string[] = [];
  for (const { name, actual, expected } of await runConv(bench, given, behind, values, true)) {
    expected.forEach((value, i) => {
      if (value !== 0) return;
      zeros += 1;
      if (actual?.[i] !== 0) wrong.push(`${name}[${i}] = ${actual?.[i]}`);
    });
  }
  return { wrong, zeros };
}

describe.each([1, 2])('on %i threads', (threads) => {
  it.each([
    ['a convolution', shapes, 12],
    ['a convolution of 7 x 7 taps', blockShapes, 2],
    ['a first convolution and its pooling', firstShapes, 12],
  ] as const)('%s', async (_, cases, numRuns) => {
    const bench = await newBench(nodeHost(), threads);
    let seen = 0;
    try {
      await fc.assert(
        fc.asyncProperty(cases, async (given) => {
          const { wrong, zeros } = await differing(bench, given);
          expect(wrong).toEqual([]);
          seen += zeros;
        }),
        { numRuns, seed: 3 },
      );
    } finally {
      bench.runtime.dispose();
    }
    expect(seen).toBeGreaterThan(1000);
  });
});
