// Every kernel over random shapes (odd sizes, channels that fill no vector, single images, strides, padding) against its definition in float64.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';
import { sequencePass } from '@/model/reference';
import type { Gradients64 } from '@/model/layers/reference';
import { needsVector, randomLayer } from '@/engine/testing/layerCase';
import { newBench, runLayers, type LayerBench } from '@/engine/wasm/testing/layerBench';
import { fewImages } from '@/engine/wasm/operations';
import type { Precision } from '@/engine/wasm/precision';
import { Program, type WasmBuffer } from '@/engine/wasm/program';
import { RunMemory } from '@/engine/wasm/runMemory';
import { variants } from '@/engine/wasm/variants';
import { defaultLayer } from '@/model/edit';
import { dropoutOrdinals } from '@/model/dropoutOrdinals';
import {
  activationKinds,
  layerKinds,
  type Conv2d,
  type LayerSpec,
  type Linear,
  type NetworkSpec,
} from '@/model/layers';
import { maxPoolOutputSize } from '@/model/layers/maxPool2d';
import { lossKinds } from '@/model/losses';
import { dropoutKeeps, randomBits } from '@/model/random';
import { inferShapes } from '@/model/shapes';
import { parameterEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';

const unitRoundoff = 2 ** -24;
let bench: LayerBench;

beforeAll(async () => {
  bench = await newBench(nodeHost(), 1);
});
afterAll(() => bench.runtime.dispose());

/** Deterministic values in (-1, 1), exact in float32. */
function values(count: number, salt: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, (_, i) => ((randomBits(salt, i) >>> 8) + 0.5) / 2 ** 23 - 1);
}

const init = { kind: 'default' } as const;
const relu: LayerSpec = { kind: 'ReLU', name: 'relu' };
const halving: LayerSpec = {
  kind: 'MaxPool2d',
  name: 'p',
  kernelSize: 2,
  stride: 2,
  padding: 0,
};
const conv = (
  name: string,
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  stride = 1,
  padding = 0,
  more: Partial<Conv2d> = {},
): Conv2d => ({
  kind: 'Conv2d',
  name,
  inChannels,
  outChannels,
  kernelSize,
  stride,
  padding,
  bias: true,
  init,
  ...more,
});
const linear = (name: string, inFeatures: number, outFeatures: number): Linear => ({
  kind: 'Linear',
  name,
  inFeatures,
  outFeatures,
  bias: true,
  init,
});

/** Most output channels of a panel with and without fused multiply-add: of few images two panels or one fill a tile. */
const panelSizes = [variants.relaxed.maxPanel, variants.simd.maxPanel];

type Shape4 = readonly [number, number, number, number];

/** Largest error over its own tolerance of y, dx and all weight gradients. */
async function worstError(
  layers: readonly LayerSpec[],
  shape: Shape4,
  tolerance: (size: number) => number,
  on = bench,
  precision: Precision = 'float32',
  isFirst = false,
): Promise<number> {
  const network: NetworkSpec = { id: 'custom', name: 'custom', layers, outputActivation: 'none' };
  const weights = new Map(
    parameterEntries(network).map(({ key, shape: size }, i) => [key, values(sizeOf(size), 100 + i)] as const),
  );
  const x = values(sizeOf(shape), 1);
  let dy = new Float32Array();
  const actual = await runLayers(
    on,
    layers,
    { shape, data: x },
    weights,
    (count) => (dy = values(count, 2)),
    { precision, isFirst },
  );

  const ordinals = dropoutOrdinals(layers);
  const wide = (data: Float32Array): Float64Array => Float64Array.from(data);
  const pass = (map: (v: number) => number) => {
    const run = sequencePass(
      layers,
      { shape, data: wide(x).map(map) },
      new Map([...weights].map(([key, data]) => [key, wide(data).map(map)])),
      (name, index, p) => dropoutKeeps(1, 0, ordinals.get(name) ?? 0, index, p),
    );
    const gradients: Gradients64 = new Map();
    const dx = run.backward(wide(dy).map(map), gradients);
    return new Map([['y', run.y.data], ['dx', dx], ...gradients]);
  };
  const expected = pass((v) => v);
  // The same sums over absolute values bound what rounding can do to each.
  const sizes = pass(Math.abs);
  let worst = 0;
  if (isFirst) expected.delete('dx');
  for (const [name, reference] of expected) {
    const data = name === 'y' ? actual.y : name === 'dx' ? actual.dx : actual.gradients.get(name);
    expect(data?.length, name).toBe(reference.length);
    // BatchNorm over absolute values bounds nothing: in float64, where it is tested with the rest, the largest value does.
    const largest = reference.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    reference.forEach((value, i) => {
      const error = Math.abs((data?.[i] ?? NaN) - value);
      const size = precision === 'float64' ? largest : Math.abs(sizes.get(name)?.[i] ?? 0);
      const ratio = error / tolerance(size);
      if (!(ratio <= worst)) worst = ratio;
    });
  }
  return worst;
}

/**
 * A float32 sum of K products is off by at most K u times the sum of their absolute values (Higham, Accuracy and Stability,
 * 3.1), and by about sqrt(K) u where roundings are independent; four times that is allowed.
 */
const sumTolerance =
  (longest: number) =>
  (size: number): number =>
    4 * Math.sqrt(longest + 4) * unitRoundoff * size + 1e-30;

/** What is read of float64. */
const oneRounding = (size: number): number => 2 * unitRoundoff * size + 1e-12;

describe('convolution', () => {
  const geometry = fc.record({
    images: fc.integer({ min: 1, max: 19 }),
    height: fc.integer({ min: 1, max: 11 }),
    width: fc.integer({ min: 1, max: 11 }),
    inChannels: fc.integer({ min: 1, max: 9 }),
    outChannels: fc.integer({ min: 1, max: 20 }),
    kernel: fc.integer({ min: 1, max: 7 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.integer({ min: 0, max: 4 }),
  });
  const agrees = async (
    shapes: typeof geometry,
    runs: { numRuns: number; seed: number },
    on = bench,
  ): Promise<void> =>
    fc.assert(
      fc.asyncProperty(
        shapes,
        async ({ images, height, width, inChannels, outChannels, kernel, stride, padding }) => {
          fc.pre(kernel <= Math.min(height, width) + 2 * padding);
          const layers = [conv('c', inChannels, outChannels, kernel, stride, padding)];
          const longest = Math.max(
            Math.max(inChannels, outChannels) * kernel ** 2,
            images * height * width * 4,
          );
          expect(
            await worstError(layers, [images, inChannels, height, width], sumTolerance(longest), on),
          ).toBeLessThan(1);
        },
      ),
      runs,
    );
  it('agrees forward and in both gradients', () => agrees(geometry, { numRuns: 60, seed: 5 }));

  // Pooling takes the first of equal values, so what a pixel's place in a tile rounds differently moves a gradient.
  it.each([1, fewImages, 8])(
    'gives equal windows equal values, in both directions, of %i images',
    async (images) => {
      const layer = conv('c', 20, 7, 3, 1, 1);
      const weights = new Map([
        ['c.weight', values(7 * 20 * 9, 5)],
        ['c.bias', values(7, 6)],
      ]);
      const side = 9;
      const perChannel = (channels: number, salt: number): Float32Array<ArrayBuffer> => {
        const each = values(channels, salt);
        return Float32Array.from(
          { length: images * channels * side ** 2 },
          (_, i) => each[Math.floor(i / side ** 2) % channels] ?? NaN,
        );
      };
      const x = { shape: [images, 20, side, side] as const, data: perChannel(20, 7) };
      const { y, dx } = await runLayers(bench, [layer], x, weights, () => perChannel(7, 8));
      for (const [channels, data] of [
        [7, y],
        [20, dx],
      ] as const) {
        const isInside = (i: number): boolean =>
          [Math.floor(i / side) % side, i % side].every((at) => at > 0 && at < side - 1);
        const found = new Set<string>();
        data.forEach(
          (value, i) => isInside(i) && found.add(`${Math.floor(i / side ** 2) % channels}: ${value}`),
        );
        expect(found.size).toBe(channels);
      }
    },
  );

  it.each(panelSizes)('agrees on batches of a few images, which go one by one, in panels of %i', (maxPanel) =>
    agrees(
      geometry.map((shape) => ({ ...shape, images: 1 + (shape.images % fewImages) })),
      { numRuns: 60, seed: 16 },
      { ...bench, maxPanel },
    ),
  );

  it.each(['float32', 'float64'] as const)('agrees with taps that lie apart, in %s', async (precision) => {
    await fc.assert(
      fc.asyncProperty(
        geometry,
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async (
          { images, height, width, inChannels, outChannels, kernel, stride, padding },
          dilation,
          isFirst,
        ) => {
          fc.pre(dilation * (kernel - 1) + 1 <= Math.min(height, width) + 2 * padding);
          const layers = [conv('c', inChannels, outChannels, kernel, stride, padding, { dilation })];
          const products = Math.max(
            Math.max(inChannels, outChannels) * kernel ** 2,
            images * height * width * 4,
          );
          const tolerance = precision === 'float32' ? sumTolerance(products) : oneRounding;
          const size = [images, inChannels, height, width] as const;
          expect(await worstError(layers, size, tolerance, bench, precision, isFirst)).toBeLessThan(1);
        },
      ),
      { numRuns: 60, seed: 11 },
    );
  });

  it.each(['float32', 'float64'] as const)('agrees in groups of any size, in %s', async (precision) => {
    const grouped = fc.record({
      groups: fc.integer({ min: 1, max: 9 }),
      // One channel on either side is a depthwise convolution.
      inGroup: fc.constantFrom(1, 1, 2, 5),
      outGroup: fc.constantFrom(1, 1, 2, 7, 13),
      dilation: fc.integer({ min: 1, max: 2 }),
      hasRelu: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(geometry, grouped, async (shape, { groups, inGroup, outGroup, dilation, hasRelu }) => {
        const { images, height, width, kernel, stride, padding } = shape;
        fc.pre(dilation * (kernel - 1) + 1 <= Math.min(height, width) + 2 * padding);
        const channels = groups * inGroup;
        const layer = conv('c', channels, groups * outGroup, kernel, stride, padding, { groups, dilation });
        const products = Math.max(Math.max(inGroup, outGroup) * kernel ** 2, images * height * width * 4);
        const tolerance = precision === 'float32' ? sumTolerance(products) : oneRounding;
        const layers = hasRelu && precision === 'float64' ? [layer, relu] : [layer];
        const size = [images, channels, height, width] as const;
        expect(await worstError(layers, size, tolerance, bench, precision)).toBeLessThan(1);
      }),
      { numRuns: 80, seed: 12 },
    );
  });

  it.each(['float32', 'float64'] as const)(
    'agrees with padding that keeps the size, in %s',
    async (precision) => {
      await fc.assert(
        fc.asyncProperty(
          geometry,
          fc.integer({ min: 1, max: 3 }),
          fc.boolean(),
          async ({ images, height, width, inChannels, outChannels, kernel }, dilation, isFirst) => {
            const layer = conv('c', inChannels, outChannels, kernel, 1, 0, { padding: 'same', dilation });
            const products = Math.max(
              Math.max(inChannels, outChannels) * kernel ** 2,
              images * height * width * 4,
            );
            const tolerance = precision === 'float32' ? sumTolerance(products) : oneRounding;
            const size = [images, inChannels, height, width] as const;
            expect(await worstError([layer], size, tolerance, bench, precision, isFirst)).toBeLessThan(1);
          },
        ),
        { numRuns: 60, seed: 13 },
      );
    },
  );

  it('agrees in Winograd tiles: whole and partial ones, at every edge', () => {
    const tiled = fc.record({
      // Few go forward directly or by small tiles.
      images: fc.oneof(fc.integer({ min: fewImages + 1, max: 24 }), fc.integer({ min: 25, max: 34 })),
      height: fc.integer({ min: 4, max: 14 }),
      width: fc.integer({ min: 4, max: 14 }),
      inChannels: fc.integer({ min: 6, max: 18 }),
      outChannels: fc.integer({ min: 6, max: 18 }),
      kernel: fc.constantFrom(3, 5),
      stride: fc.constant(1),
      padding: fc.integer({ min: 0, max: 2 }),
    });
    return agrees(tiled, { numRuns: 25, seed: 8 });
  });

  it('agrees in Winograd tiles of 7 x 7 taps, which go in blocks', () => {
    const tiled = fc
      .record({
        images: fc.oneof(fc.integer({ min: fewImages + 1, max: 24 }), fc.integer({ min: 25, max: 33 })),
        // Fewer outputs go directly.
        outHeight: fc.integer({ min: 8, max: 10 }),
        outWidth: fc.integer({ min: 8, max: 10 }),
        shape: fc.constantFrom(
          { padding: 0, inChannels: 6, outChannels: 11 },
          { padding: 2, inChannels: 12, outChannels: 13 },
          { padding: 3, inChannels: 13, outChannels: 12 },
        ),
      })
      .map(({ images, outHeight, outWidth, shape }) => {
        const border = 6 - 2 * shape.padding;
        return {
          images,
          height: outHeight + border,
          width: outWidth + border,
          kernel: 7,
          stride: 1,
          ...shape,
        };
      });
    return agrees(tiled, { numRuns: 6, seed: 8 });
  });

  it.each([1, 2])(
    'gives in tiles too many to keep what half the batch gives without, on %i threads',
    async (threads) => {
      // 51 MB of transformed values: two parts of 168 tiles, four groups of 34 and one of 32. 24 images go forward by small tiles.
      const [images, channels, outChannels, height, width] = [48, 12, 116, 27, 30];
      const layers = [conv('c', channels, outChannels, 3, 1, 1)];
      const weights = new Map([['c.weight', values(outChannels * channels * 9, 1)]]);
      const [xCount, dyCount] = [images * channels * height * width, images * outChannels * height * width];
      const [x, dy] = [values(xCount, 2), values(dyCount, 3)];
      const on = await newBench(nodeHost(), threads);
      const run = (from: number, to: number) =>
        runLayers(
          on,
          layers,
          {
            shape: [(to - from) * images, channels, height, width],
            data: x.subarray(from * xCount, to * xCount),
          },
          weights,
          () => dy.subarray(from * dyCount, to * dyCount),
        );
      try {
        const [whole, first, second] = [await run(0, 1), await run(0, 0.5), await run(0.5, 1)];
        const worst = (found: Float32Array, expected: (i: number) => number, products: number): number =>
          // Products of values in (-1, 1) are 1/4 on average.
          found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected(i))), 0) /
          sumTolerance(products)(products / 4);
        const halves = (of: 'y' | 'dx') => (i: number) =>
          (i < first[of].length ? first[of][i] : second[of][i - first[of].length]) ?? NaN;
        expect(worst(whole.y, halves('y'), channels * 9)).toBeLessThan(1);
        expect(worst(whole.dx, halves('dx'), outChannels * 9)).toBeLessThan(1);
        const gradient = ({ gradients }: typeof whole): Float32Array =>
          gradients.get('c.weight') ?? new Float32Array();
        const sum = (i: number): number => (gradient(first)[i] ?? NaN) + (gradient(second)[i] ?? NaN);
        expect(gradient(whole)).toHaveLength(outChannels * channels * 9);
        expect(worst(gradient(whole), sum, images * height * width)).toBeLessThan(1);
      } finally {
        on.runtime.dispose();
      }
    },
  );

  it('agrees with a ReLU and a pooling taken along', async () => {
    await fc.assert(
      fc.asyncProperty(geometry, fc.boolean(), fc.boolean(), async (shape, hasRelu, isFirst) => {
        const { images, height, width, inChannels, outChannels, kernel, stride, padding } = shape;
        const outSide = Math.floor((Math.min(height, width) + 2 * padding - kernel) / stride) + 1;
        fc.pre(kernel <= Math.min(height, width) + 2 * padding && outSide >= 2);
        const first = conv('c', inChannels, outChannels, kernel, stride, padding);
        const layers = hasRelu ? [first, relu, halving] : [first, halving];
        // Sums over absolute values have other maxima, so they bound nothing here. Up to 2,300 products of values below 1 are
        // summed; one that went to a wrong place would be off by about 1.
        const size = [images, inChannels, height, width] as const;
        expect(await worstError(layers, size, () => 1e-4, bench, 'float32', isFirst)).toBeLessThan(1);
      }),
      { numRuns: 40, seed: 9 },
    );
  });

  it('agrees in tiles of a row, as the first layer with its pooling', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          // Fewer go directly.
          images: fc.integer({ min: 25, max: 42 }),
          height: fc.integer({ min: 6, max: 29 }),
          width: fc.constantFrom(8, 12, 16, 28),
          outChannels: fc.integer({ min: 1, max: 23 }),
          padding: fc.constantFrom(0, 2),
        }),
        fc.boolean(),
        async ({ images, height, width, outChannels, padding }, hasRelu) => {
          const layers = [conv('c', 1, outChannels, 5, 1, padding), ...(hasRelu ? [relu] : []), halving];
          // 25 products of values below 1; see above.
          const size = [images, 1, height, width] as const;
          expect(await worstError(layers, size, () => 1e-4, bench, 'float32', true)).toBeLessThan(1);
        },
      ),
      { numRuns: 25, seed: 10 },
    );
  });

  it.each(activationKinds)('agrees with %s and a pooling taken along', async (kind) => {
    const activation: LayerSpec = { ...defaultLayer(kind, null), name: 'activation' };
    for (const shape of [
      { images: 9, side: 9, inChannels: 3, outChannels: 6, kernel: 3, isFirst: false },
      { images: 1, side: 7, inChannels: 1, outChannels: 5, kernel: 2, isFirst: true },
      // In tiles of a row.
      { images: 26, side: 12, inChannels: 1, outChannels: 7, kernel: 5, isFirst: true },
    ]) {
      const { images, side, inChannels, outChannels, kernel, isFirst } = shape;
      const layers = [conv('c', inChannels, outChannels, kernel), activation, halving];
      const size = [images, inChannels, side, side] as const;
      // oxlint-disable-next-line no-await-in-loop -- one memory
      expect(await worstError(layers, size, () => 1e-4, bench, 'float32', isFirst)).toBeLessThan(1);
      // oxlint-disable-next-line no-await-in-loop -- one memory
      expect(await worstError(layers, size, () => 1e-6, bench, 'float64', isFirst)).toBeLessThan(1);
    }
  });

  it('pools by the values of an activation that falls and rises, NaN among them', async () => {
    const windows = [
      [NaN, 2, 3, 4],
      [1, 2, 3, NaN],
      [NaN, 2, NaN, 4],
      // GELU is least at -0.75.
      [-0.1, -3, -2, -1],
      [-0.3, -0.5, -0.7, -0.2],
      [-5, -0.8, 0.1, -0.5],
    ];
    const chosen = [0, 3, 2, 1, 3, 2];
    for (const own of [windows, windows.slice(3)]) {
      const first = windows.length - own.length;
      const data = Float32Array.from(own.flat());
      const identity = new Map([
        ['c.weight', Float32Array.of(1)],
        ['c.bias', new Float32Array(1)],
      ]);
      const layers: LayerSpec[] = [conv('c', 1, 1, 1), { kind: 'GELU', name: 'gelu' }, halving];
      const x = { shape: [own.length, 1, 2, 2] as const, data };
      // oxlint-disable-next-line no-await-in-loop -- one memory
      const { y, dx } = await runLayers(bench, layers, x, identity, (count) =>
        new Float32Array(count).fill(1),
      );
      const winners = own.map((window, i) => window[chosen[first + i] ?? 0] ?? 0);
      const { shape } = x;
      const expected = sequencePass(
        [layers[1] ?? relu],
        { shape: [own.length], data: Float64Array.from(winners) },
        new Map(),
        () => true,
      ).y.data;
      expected.forEach((value, i) => {
        if (Number.isNaN(value)) expect(y[i]).toBeNaN();
        else expect(y[i]).toBeCloseTo(value, 6);
      });
      expect(dx).toHaveLength(sizeOf(shape));
      dx.forEach((value, i) => expect(value !== 0).toBe(i % 4 === chosen[first + Math.floor(i / 4)]));
    }
  });

  it('agrees on many small images, whose weight gradients sum up a row of all of them', async () => {
    // Their 70 channels are also more than turn together for an input gradient.
    const layers = [conv('a', 13, 70, 3, 1, 1), relu, conv('b', 70, 67, 3, 2, 1), conv('d', 67, 11, 1)];
    expect(await worstError(layers, [42, 13, 2, 2], sumTolerance(9 * 70 * 42))).toBeLessThan(1);
  });

  it('agrees at the shapes of the report', async () => {
    const layers = [conv('a', 16, 32, 5), relu, conv('b', 32, 32, 3, 1, 1), conv('d', 32, 64, 3, 2, 1)];
    // Three layers in a row: the error of each passes through the next ones.
    expect(await worstError(layers, [3, 16, 12, 12], sumTolerance(9 * 800))).toBeLessThan(1);
  });
});

describe('Linear', () => {
  it.each(panelSizes)('agrees on batches of a few images, in panels of %i', async (maxPanel) => {
    for (const [images, inFeatures, outFeatures] of [
      [1, 70, 37],
      [2, 301, 3],
      [3, 6, 5],
      [3, 9, 1],
      [fewImages, 1, 1],
      [fewImages, 131, 18],
    ] as const) {
      const layers = [{ kind: 'Flatten', name: 'flatten' } as const, linear('l', inFeatures, outFeatures)];
      const tolerance = sumTolerance(Math.max(inFeatures, outFeatures));
      // oxlint-disable-next-line no-await-in-loop -- one memory
      const error = await worstError(layers, [images, inFeatures, 1, 1], tolerance, { ...bench, maxPanel });
      expect(error).toBeLessThan(1);
    }
  });

  it('agrees forward and in both gradients, also after a flattened image', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          images: fc.integer({ min: 1, max: 20 }),
          channels: fc.integer({ min: 1, max: 6 }),
          side: fc.integer({ min: 1, max: 5 }),
          outFeatures: fc.integer({ min: 1, max: 30 }),
        }),
        async ({ images, channels, side, outFeatures }) => {
          const inFeatures = channels * side ** 2;
          const layers: LayerSpec[] = [
            { kind: 'Flatten', name: 'flatten' },
            linear('l', inFeatures, outFeatures),
          ];
          const longest = Math.max(inFeatures, outFeatures, images);
          expect(
            await worstError(layers, [images, channels, side, side], sumTolerance(longest)),
          ).toBeLessThan(1);
        },
      ),
      { numRuns: 40, seed: 6 },
    );
  });

  it.each([1, fewImages, 8, 23, 64, 65])(
    'agrees where %i images have more outputs than are summed in one piece',
    async (images) => {
      const layers: LayerSpec[] = [{ kind: 'Flatten', name: 'flatten' }, linear('l', 39, 203)];
      expect(await worstError(layers, [images, 39, 1, 1], sumTolerance(203))).toBeLessThan(1);
    },
  );

  // 140 images are two passes.
  it.each([1, fewImages, 9, 140])(
    'agrees where %i images have more inputs than one pass over the weights takes',
    async (images) => {
      const layers: LayerSpec[] = [{ kind: 'Flatten', name: 'flatten' }, linear('l', 2500, 7)];
      expect(await worstError(layers, [images, 100, 5, 5], sumTolerance(2500))).toBeLessThan(1);
    },
  );
});

describe('pooling', () => {
  const geometry = fc.record({
    images: fc.integer({ min: 1, max: 17 }),
    channels: fc.integer({ min: 1, max: 5 }),
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 9 }),
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.integer({ min: 0, max: 2 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    ceilMode: fc.boolean(),
  });
  it('takes the maximum, and sends the gradient to where it was', async () => {
    await fc.assert(
      fc.asyncProperty(geometry, async ({ images, channels, height, width, kernel, ...window }) => {
        const layer: LayerSpec = { kind: 'MaxPool2d', name: 'p', kernelSize: kernel, ...window };
        const side = Math.min(height, width);
        fc.pre(
          window.padding * 2 <= kernel &&
            window.dilation <= side &&
            maxPoolOutputSize({ kernelSize: kernel, ...window }, side) > 0,
        );
        const layers = [layer];
        // The forward pass copies; at most 16 windows add up in one input.
        expect(await worstError(layers, [images, channels, height, width], () => 1e-6)).toBeLessThan(1);
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it('gives ties to the first value of the window', async () => {
    const data = Float32Array.of(1, 1, 1, 1, 0, 2, 2, 0);
    const { dx } = await runLayers(bench, [halving], { shape: [1, 2, 2, 2], data }, new Map(), () =>
      Float32Array.of(5, 7),
    );
    expect([...dx]).toEqual([5, 0, 0, 0, 0, 7, 0, 0]);
  });

  it('lets NaN win, and the last of several, as PyTorch does', async () => {
    const windows = [
      [NaN, 2, 3, 4],
      [1, NaN, 3, 4],
      [1, 2, NaN, 4],
      [1, 2, 3, NaN],
      [NaN, 2, NaN, 4],
      [Infinity, -Infinity, 3, 4],
      [4, 4, 3, 4],
    ];
    const data = Float32Array.from(windows.flat());
    const shape = [1, 7, 2, 2] as const;
    const { y, dx } = await runLayers(bench, [halving], { shape, data }, new Map(), () =>
      Float32Array.of(1, 2, 3, 4, 5, 6, 7),
    );
    expect([...y]).toEqual([NaN, NaN, NaN, NaN, NaN, Infinity, 4]);
    const chosen = [0, 1, 2, 3, 2, 0, 0];
    const expected = chosen.flatMap((winner, i) => [0, 1, 2, 3].map((tap) => (tap === winner ? i + 1 : 0)));
    expect([...dx]).toEqual(expected);
  });

  it('averages windows that overlap, shrink and repeat', async () => {
    for (const [side, size] of [
      [7, 1],
      [1, 7],
      [5, 3],
      [6, 4],
      [4, 4],
    ] as const) {
      const layers: LayerSpec[] = [{ kind: 'AdaptiveAvgPool2d', name: 'a', outputSize: size }];
      // oxlint-disable-next-line no-await-in-loop -- one memory
      expect(await worstError(layers, [9, 3, side, side], () => 2e-5)).toBeLessThan(1);
    }
  });
});

describe('BatchNorm2d', () => {
  it('normalises over the images that exist and gives its gradients', async () => {
    const norm = (numFeatures: number): LayerSpec => ({
      kind: 'BatchNorm2d',
      name: 'n',
      numFeatures,
      eps: 1e-5,
      momentum: 0.1,
    });
    const sizes = [1, 2, fewImages, 5, 8, 11].map((images) => [images, 5, 5, 7] as const);
    // The last has more pixels of its 71 channels than pass through the cache in one piece.
    for (const size of [...sizes, [5, 71, 9, 8] as const]) {
      for (const hasRelu of [false, true]) {
        // Values are of order 1 and the sums have at most 11 * 35 terms.
        const layers = hasRelu ? [norm(size[1]), relu] : [norm(size[1])];
        // oxlint-disable-next-line no-await-in-loop -- one memory
        expect(await worstError(layers, size, () => 2e-5)).toBeLessThan(1);
      }
    }
  });
});

describe('Residual', () => {
  it('adds identity, projection and flattened branches, forward and backward', async () => {
    const plain: LayerSpec = {
      kind: 'Residual',
      name: 'r',
      body: [relu, conv('a', 4, 4, 3, 1, 1), relu, conv('b', 4, 4, 3, 1, 1)],
      shortcut: [],
    };
    const projected: LayerSpec = {
      kind: 'Residual',
      name: 's',
      body: [conv('d', 4, 6, 3, 2, 1), relu],
      shortcut: [conv('e', 4, 6, 1, 2)],
    };
    const flat: LayerSpec = {
      kind: 'Residual',
      name: 't',
      body: [{ kind: 'Flatten', name: 'f' }, linear('l', 54, 54)],
      shortcut: [{ kind: 'Flatten', name: 'g' }],
    };
    expect(await worstError([plain, relu, projected, flat], [5, 4, 6, 6], sumTolerance(4000))).toBeLessThan(
      1,
    );
  });
});

describe('dropout', () => {
  it('keeps exactly what model/random.ts keeps, forward and backward', async () => {
    const [images, channels, side] = [11, 3, 4];
    const pixels = side * side;
    for (const kind of ['Dropout', 'Dropout2d'] as const) {
      for (const p of [0.1, 0.5, 1]) {
        const layers: LayerSpec[] = [{ kind, name: 'd', p }];
        const ones = new Float32Array(images * channels * pixels).fill(1);
        // oxlint-disable-next-line no-await-in-loop -- one memory
        const { y, dx } = await runLayers(
          bench,
          layers,
          { shape: [images, channels, side, side], data: ones },
          new Map(),
          () => ones,
          {
            seed: 42,
            step: 3,
          },
        );
        const scale = p < 1 ? Math.fround(1 / (1 - p)) : 0;
        const expected = ones.map((_, i) =>
          dropoutKeeps(42, 3, 0, kind === 'Dropout' ? i : Math.floor(i / pixels), p) ? scale : 0,
        );
        expect(y).toEqual(expected);
        expect(dx).toEqual(expected);
      }
    }
  });
});

describe('float64', () => {
  const norm = (name: string, numFeatures: number): LayerSpec => ({
    kind: 'BatchNorm2d',
    name,
    numFeatures,
    eps: 1e-5,
    momentum: 0.1,
  });
  const layers: LayerSpec[] = [
    conv('a', 3, 7, 3, 2, 1),
    norm('n', 7),
    relu,
    { kind: 'MaxPool2d', name: 'p', kernelSize: 3, stride: 2, padding: 1 },
    {
      kind: 'Residual',
      name: 'r',
      body: [conv('b', 7, 9, 3, 1, 1), norm('m', 9), relu, conv('c', 9, 9, 3, 1, 1)],
      shortcut: [conv('d', 7, 9, 1)],
    },
    { kind: 'AdaptiveAvgPool2d', name: 'v', outputSize: 2 },
    { kind: 'Flatten', name: 'f' },
    linear('l', 36, 13),
    relu,
    linear('k', 13, 10),
  ];
  // Each value is rounded to float32 once, when it is read. The bias before BatchNorm has a gradient of 0, up to float64's rounding.
  const oneRounding = (size: number): number => 1.01 * unitRoundoff * size + 1e-12;

  it.each(layerKinds)('leaves only the rounding of what is read and of numbers of %s', async (kind) => {
    const image = [3, 7, 5];
    const isVector = needsVector(kind, image);
    for (const [at, images] of [1, fewImages, 11, 8].entries()) {
      const layer = randomLayer(kind, isVector ? [105] : image, 50 + at);
      const flat: LayerSpec[] = isVector ? [{ kind: 'Flatten', name: 'flatten' }] : [];
      const shape = [images, 3, 7, 5] as const;
      const tolerance = (size: number): number => 2 * oneRounding(size);
      // oxlint-disable-next-line no-await-in-loop -- one memory
      expect(await worstError([...flat, layer], shape, tolerance, bench, 'float64')).toBeLessThan(1);
    }
  });

  it('leaves only the rounding of what is read, through a whole network', async () => {
    for (const images of [8, 11]) {
      // oxlint-disable-next-line no-await-in-loop -- one memory
      expect(await worstError(layers, [images, 3, 12, 12], oneRounding, bench, 'float64')).toBeLessThan(1);
    }
  });
});

describe('threads', () => {
  it.each([
    [2, 21],
    [3, 21],
    [2, fewImages],
    // In slices of the batch, and as many images as fill no slices.
    [2, 64],
    [3, 64],
    [4, 40],
    // More threads than pairs of channels: some have nothing to sum up.
    [8, 8],
  ])('give the same values on %i threads as on one, of %i images', async (threads, images) => {
    const many = await newBench(nodeHost(), threads);
    try {
      const layers: LayerSpec[] = [
        conv('a', 3, 10, 3, 1, 1),
        { kind: 'BatchNorm2d', name: 'n', numFeatures: 10, eps: 1e-5, momentum: 0.1 },
        relu,
        conv('g', 10, 10, 3, 1, 1, { groups: 10 }),
        { kind: 'MaxPool2d', name: 'p', kernelSize: 2, stride: 2, padding: 0 },
        { kind: 'Dropout', name: 'd', p: 0.3 },
        { kind: 'Flatten', name: 'f' },
        linear('l', 160, 23),
      ];
      const network: NetworkSpec = {
        id: 'custom',
        name: 'custom',
        layers: [...layers, linear('m', 23, 10)],
        outputActivation: 'none',
      };
      expect(inferShapes(network, [3, 9, 9])).toBeDefined();
      const weights = new Map(
        parameterEntries(network).map(({ key, shape }, i) => [key, values(sizeOf(shape), i)] as const),
      );
      const x = { shape: [images, 3, 9, 9] as const, data: values(images * 243, 9) };
      const one = await runLayers(bench, layers, x, weights, (count) => values(count, 3));
      for (let round = 0; round < 20; round += 1) {
        // oxlint-disable-next-line no-await-in-loop -- one memory
        expect(await runLayers(many, layers, x, weights, (count) => values(count, 3))).toEqual(one);
      }
    } finally {
      many.runtime.dispose();
    }
  });
});

it('traps at a loss that assembly/losses.ts does not know', async () => {
  const program = new Program({ precision: 'float32', images: 8, threads: 1 });
  const memory = new RunMemory('float32');
  const area = (name: string): WasmBuffer => memory.area(name, 1024);
  const emitLoss = (kind: number): void =>
    program.emit('loss', {
      logits: area('logits'),
      labels: area('labels'),
      gradient: area('gradient'),
      result: area('result'),
      predictions: area('predictions'),
      images: 1,
      blocks: 1,
      kind,
    });
  for (const kind of [...lossKinds.keys(), lossKinds.length, -1]) emitLoss(kind);
  const code = memory.area('program', program.codeBytes);
  const encoded = program.encode(memory.end);
  await bench.runtime.reserve(memory.end + encoded.arenaBytes);
  bench.runtime.programAddress = code.address ?? 0;
  bench.runtime.run(encoded, 0, lossKinds.length);
  expect(() => bench.runtime.run(encoded, lossKinds.length, lossKinds.length + 1)).toThrow('unreachable');
  expect(() => bench.runtime.run(encoded, lossKinds.length + 1)).toThrow('unreachable');
});
