// Infinities and NaN in a convolution, by their kind: Winograd's tiles would spread them over their neighbours, and make NaN of infinities.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';
import { fewImages } from '@/engine/wasm/operations';
import { runConv, type ConvShape } from '@/engine/wasm/testing/convCase';
import { newBench, runLayers, type LayerBench } from '@/engine/wasm/testing/layerBench';
import type { LayerSpec } from '@/model/layers';
import { randomBits } from '@/model/random';

/** In (-1, 1), and never 0. */
const dense = (count: number, salt: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, (_, i) => ((randomBits(salt, i) >>> 8) + 0.5) / 2 ** 23 - 1);

const places = ['input', 'weight', 'bias', 'gradient'] as const;

interface BadValue {
  readonly place: (typeof places)[number];
  readonly value: number;
  readonly at: number;
}

interface Case extends ConvShape {
  readonly hasPool: boolean;
  readonly bad: readonly BadValue[];
  readonly dividesByGradient: boolean;
  readonly salt: number;
}

const common = {
  images: fc.oneof(fc.integer({ min: 5, max: 24 }), fc.integer({ min: 25, max: 33 })),
  dividesByGradient: fc.boolean(),
  salt: fc.nat(),
};

const bad = (where: readonly (typeof places)[number][]): fc.Arbitrary<BadValue[]> =>
  fc.array(
    fc.record({
      place: fc.constantFrom(...where),
      value: fc.constantFrom(Infinity, -Infinity, Number.NaN),
      at: fc.nat(),
    }),
    { minLength: 1, maxLength: 3 },
  );

const shapes: fc.Arbitrary<Case> = fc.record({
  ...common,
  height: fc.integer({ min: 8, max: 11 }),
  width: fc.integer({ min: 8, max: 11 }),
  inChannels: fc.integer({ min: 12, max: 17 }),
  outChannels: fc.integer({ min: 12, max: 19 }),
  kernelSize: fc.constantFrom(3, 5),
  // A product of an infinite weight and the zeros around an image is NaN for some of PyTorch's kernels, and left out by others.
  padding: fc.constant(0),
  hasPool: fc.constant(false),
  bad: bad(places),
});

/** Kernels that go in blocks of taps. */
const blockShapes: fc.Arbitrary<Case> = fc.record({
  ...common,
  // Fewer outputs go directly.
  height: fc.integer({ min: 14, max: 15 }),
  width: fc.integer({ min: 14, max: 15 }),
  inChannels: fc.constant(12),
  outChannels: fc.integer({ min: 12, max: 13 }),
  kernelSize: fc.constant(7),
  padding: fc.constant(0),
  hasPool: fc.constant(false),
  bad: bad(places),
});

/** Convolutions of so few images that each is packed with its zeros around it. */
const fewShapes: fc.Arbitrary<Case> = fc.record({
  ...common,
  images: fc.integer({ min: 1, max: fewImages }),
  height: fc.integer({ min: 6, max: 11 }),
  width: fc.integer({ min: 6, max: 11 }),
  inChannels: fc.integer({ min: 1, max: 9 }),
  outChannels: fc.integer({ min: 1, max: 19 }),
  kernelSize: fc.constantFrom(2, 3, 5),
  // Both ways, those of conv.ts leave out what lies outside.
  padding: fc.integer({ min: 0, max: 2 }),
  hasPool: fc.constant(false),
  bad: bad(['weight', 'bias', 'gradient']),
});

/** First convolutions of one channel, which tiles along rows compute with their pooling; pixels are finite. */
const firstShapes: fc.Arbitrary<Case> = fc.record({
  ...common,
  height: fc.integer({ min: 8, max: 20 }),
  width: fc.integer({ min: 1, max: 4 }).map((tiles) => 4 * tiles + 4),
  inChannels: fc.constant(1),
  outChannels: fc.integer({ min: 1, max: 19 }),
  kernelSize: fc.constant(5),
  padding: fc.constant(0),
  hasPool: fc.constant(true),
  bad: bad(['weight']),
});

const kindOf = (value: number | undefined): string =>
  value === undefined ? 'missing' : Number.isFinite(value) ? 'finite' : String(value);

const pooling: readonly LayerSpec[] = [
  { kind: 'ReLU', name: 'relu' },
  { kind: 'MaxPool2d', name: 'p', kernelSize: 2, stride: 2, padding: 0 },
];

/** Names of what is of another kind than by its definition, and how many values were not finite. */
async function differing(bench: LayerBench, given: Case): Promise<{ wrong: string[]; seen: number }> {
  const { hasPool, salt, dividesByGradient } = given;
  const mixed = (place: (typeof places)[number], values: Float32Array<ArrayBuffer>) => {
    for (const one of given.bad) if (one.place === place) values[one.at % values.length] = one.value;
    return values;
  };
  const values = {
    input: (count: number) => mixed('input', dense(count, salt)),
    weight: (count: number) => mixed('weight', dense(count, salt + 2)),
    bias: (count: number) => mixed('bias', dense(count, salt + 3)),
    gradient: (count: number) => mixed('gradient', dense(count, salt + 4)),
  };
  const compared = await runConv(bench, given, hasPool ? pooling : [], values, dividesByGradient);
  let seen = 0;
  const wrong: string[] = [];
  for (const { name, actual, expected } of compared) {
    expected.forEach((value, i) => {
      if (!Number.isFinite(value)) seen += 1;
      if (kindOf(actual?.[i]) !== kindOf(value)) wrong.push(`${name}[${i}] = ${actual?.[i]}, not ${value}`);
      else if (Number.isFinite(value) && Math.abs((actual?.[i] ?? 0) - value) > 1e-2)
        wrong.push(`${name}[${i}] = ${actual?.[i]} is far from ${value}`);
    });
  }
  return { wrong: wrong.slice(0, 5), seen };
}

describe.each([1, 2])('on %i threads', (threads) => {
  it.each([
    ['a convolution', shapes, 5],
    ['a convolution of 7 x 7 taps', blockShapes, 2],
    ['a first convolution and its pooling', firstShapes, 5],
    ['a convolution of a few images', fewShapes, 40],
  ] as const)('%s', async (_, cases, numRuns) => {
    const bench = await newBench(nodeHost(), threads);
    let total = 0;
    try {
      await fc.assert(
        fc.asyncProperty(cases, async (given) => {
          const { wrong, seen } = await differing(bench, given);
          expect(wrong).toEqual([]);
          total += seen;
        }),
        { numRuns, seed: 5, endOnFailure: true },
      );
    } finally {
      bench.runtime.dispose();
    }
    expect(total).toBeGreaterThan(1000);
  });
});

// The places of the images that a batch lacks are read as zeros by sums over all eight, whose products with an infinity are NaN.
it.each(['Conv2d', 'BatchNorm2d'] as const)('an infinite bias of %s on one image', async (kind) => {
  const conv = {
    kind: 'Conv2d',
    outChannels: 2,
    kernelSize: 1,
    stride: 1,
    padding: 0,
    init: { kind: 'default' },
  } as const;
  const layers: readonly LayerSpec[] = [
    kind === 'Conv2d'
      ? { ...conv, name: 'a', inChannels: 2, bias: true }
      : { kind, name: 'a', numFeatures: 2, eps: 1e-5, momentum: 0.1 },
    { ...conv, name: 'b', inChannels: 2, groups: 2, bias: false },
  ];
  const bench = await newBench(nodeHost(), 1);
  const weights = new Map([
    ['a.weight', dense(kind === 'Conv2d' ? 4 : 2, 1)],
    ['a.bias', Float32Array.of(Infinity, 0)],
    ['b.weight', dense(2, 2)],
  ]);
  const x = { shape: [1, 2, 4, 4] as const, data: dense(32, 3) };
  const { gradients } = await runLayers(bench, layers, x, weights, (count) =>
    new Float32Array(count).fill(1),
  );
  bench.runtime.dispose();
  expect(gradients.get('b.weight')?.[0]).toBe(Infinity);
});
