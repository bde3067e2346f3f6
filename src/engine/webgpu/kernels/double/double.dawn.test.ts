/**
 * Kernels on double-floats against float64, on random shapes. A product is off by up to 2^-32 (2.3e-10) of its size, and a sum of some
 * ten to a hundred of size 1 by a few times that: 1e-8 is ten times the usual, and a tenth of what float32 makes of such a sum.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lossOf } from '@/engine/evaluation';
import { sequencePass, type Gradients64, type Tensor64 } from '@/engine/wasm/float64Layers';
import type { Kernel } from '@/engine/webgpu/kernel';
import { clockData } from '@/engine/webgpu/kernels/clock';
import { convOutputSize } from '@/engine/webgpu/kernels/convShape';
import {
  doubleBatchNormBackward,
  doubleBatchNormForward,
  doubleStatisticsLength,
} from '@/engine/webgpu/kernels/double/batchNorm';
import {
  doubleBiasGradient,
  doubleConvForward,
  doubleConvInputGradient,
  doubleConvWeightGradient,
} from '@/engine/webgpu/kernels/double/conv';
import {
  doubleAdd,
  doubleDropout,
  doubleRelu,
  doubleReluBackward,
} from '@/engine/webgpu/kernels/double/elementwise';
import { doubleLossAndGradient } from '@/engine/webgpu/kernels/double/loss';
import {
  doubleAveragePoolBackward,
  doubleAveragePoolForward,
  doubleMaxPoolBackward,
  doubleMaxPoolForward,
} from '@/engine/webgpu/kernels/double/pool';
import {
  fromPlanar,
  largestError,
  normals,
  runs,
  sizeOf,
  toPlanar,
  zeros,
  type Floats,
  type Shape,
} from '@/engine/webgpu/kernels/kernelArrays';
import { metricsStride } from '@/engine/webgpu/kernels/loss';
import { runKernels, type BufferData } from '@/engine/webgpu/kernels/runKernels';
import type { LayerSpec } from '@/model/layers';
import { dropoutKeeps, normal, randomBits } from '@/model/random';
import { lossKinds } from '@/model/runConfig';
import { windowOutputSize } from '@/model/shapes';
import { installDawn } from '../../../../../scripts/dawn.ts';

let device: GPUDevice;
beforeAll(async () => {
  const adapter = await (await installDawn()).requestAdapter();
  if (adapter === null) throw new Error('no adapter');
  device = await adapter.requestDevice();
});
afterAll(() => {
  device.destroy();
});

const exact = 1e-8;
const seeds = fc.integer({ min: 0, max: 1e9 });

/** Numbers of 48 bits, which two planes hold. */
function values(count: number, key: number): Float64Array {
  return Float64Array.from(
    { length: count },
    (_, i) => joined(split(Float64Array.of(normal(key, i) * (1 + 2 ** -20))))[0] ?? NaN,
  );
}

function split(x: Float64Array): Floats {
  const planes = zeros(2 * x.length);
  x.forEach((value, i) => {
    planes[i] = value;
    planes[x.length + i] = value - Math.fround(value);
  });
  return planes;
}

function joined(planes: Floats): Float64Array {
  const count = planes.length / 2;
  return Float64Array.from({ length: count }, (_, i) => (planes[i] ?? NaN) + (planes[count + i] ?? NaN));
}

interface Case {
  readonly shape: Shape;
  readonly outShape: Shape;
  readonly seed: number;
  readonly tolerance?: number;
}

/** Runs forward and backward kernels of a layer on `x` and `dy`, NHWC, beside the definition. */
async function compare(
  kernels: readonly Kernel[],
  layers: readonly LayerSpec[],
  { shape, outShape, seed, tolerance = exact }: Case,
  buffers: Readonly<Record<string, BufferData>>,
  weights: ReadonlyMap<string, Float64Array> = new Map(),
) {
  const x = values(sizeOf(shape), seed);
  const dy = values(sizeOf(outShape), seed + 1);
  const result = await runKernels(device, kernels, {
    ...buffers,
    x: split(x),
    dy: split(dy),
    y: zeros(2 * dy.length),
    dx: zeros(2 * x.length),
  });
  const { batch, height, width, channels } = shape;
  const image: Tensor64 = { shape: [batch, channels, height, width], data: toPlanar(shape, x) };
  const pass = sequencePass(layers, image, weights);
  const gradients: Gradients64 = new Map();
  const dx = fromPlanar(shape, pass.backward(toPlanar(outShape, dy), gradients));
  expect(largestError(joined(result.y), fromPlanar(outShape, pass.y.data))).toBeLessThan(tolerance);
  expect(largestError(joined(result.dx), dx)).toBeLessThan(tolerance);
  return { result: result as Readonly<Record<string, BufferData>>, gradients };
}

/** Off by no more than the rounding to float32. */
function expectRounded(actual: BufferData | undefined, expected: Float64Array | undefined): void {
  const largest = Math.max(...(expected ?? []).map(Math.abs));
  expect(largestError(actual ?? [], expected ?? [])).toBeLessThan(2 ** -24 * largest + exact);
}

const shapes = (most: number): fc.Arbitrary<Shape> =>
  fc.record({
    batch: fc.integer({ min: 1, max: 4 }),
    height: fc.integer({ min: 1, max: most }),
    width: fc.integer({ min: 1, max: most }),
    channels: fc.integer({ min: 1, max: 5 }),
  });

test('convolution: values and all gradients', async () => {
  const windows = fc.record({
    kernelSize: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.integer({ min: 0, max: 3 }),
    outChannels: fc.integer({ min: 1, max: 8 }),
  });
  const property = fc.asyncProperty(shapes(7), windows, seeds, async (shape, window, seed) => {
    const { kernelSize, stride, padding, outChannels } = window;
    const { batch, height, width, channels: inChannels } = shape;
    fc.pre(Math.min(height, width) + 2 * padding >= kernelSize && padding < kernelSize);
    const conv = { batch, height, width, inChannels, ...window };
    const { outHeight, outWidth } = convOutputSize(conv);
    const outShape = { batch, height: outHeight, width: outWidth, channels: outChannels };
    const params = { ...conv, xStride: height * width * inChannels, xOffset: 0 };
    const weight = normals(outChannels * inChannels * kernelSize ** 2, seed + 2);
    const bias = normals(outChannels, seed + 3);
    const layer: LayerSpec = {
      kind: 'Conv2d',
      name: 'c',
      inChannels,
      outChannels,
      kernelSize,
      stride,
      padding,
      bias: true,
      init: { kind: 'default' },
    };
    const place = (o: number, c: number, tap: number): number => (tap * inChannels + c) * outChannels + o;
    /** [out][in][taps] of [taps][in][out]. */
    const ordered = (data: ArrayLike<number>): Float64Array =>
      Float64Array.from({ length: data.length }, (_, i) => {
        const taps = kernelSize ** 2;
        const o = Math.floor(i / (taps * inChannels));
        return data[place(o, Math.floor(i / taps) % inChannels, i % taps)] ?? NaN;
      });
    const { result, gradients } = await compare(
      [
        doubleConvForward({ ...params, bias: true, accumulate: false }),
        doubleConvInputGradient(params),
        doubleConvWeightGradient(params),
        doubleBiasGradient({ rows: batch * outHeight * outWidth, channels: outChannels }),
      ],
      [layer],
      { shape, outShape, seed },
      { weight, bias, dw: zeros(weight.length), db: zeros(outChannels) },
      new Map([
        ['c.weight', ordered(weight)],
        ['c.bias', Float64Array.from(bias)],
      ]),
    );
    expect(largestError(ordered(result['dw'] ?? []), gradients.get('c.weight') ?? [])).toBeLessThan(
      2 ** -24 * Math.max(...(gradients.get('c.weight') ?? []).map(Math.abs)) + exact,
    );
    expectRounded(result['db'], gradients.get('c.bias'));
  });
  await fc.assert(property, runs(6));
});

test('a Linear layer in slices of its features', async () => {
  const [batch, inFeatures, outFeatures, cut] = [3, 10, 8, 6];
  const x = values(batch * inFeatures, 1);
  const dy = values(batch * outFeatures, 2);
  const weight = normals(inFeatures * outFeatures, 3);
  const slices = [
    { xOffset: 0, inChannels: cut, weight: weight.slice(0, cut * outFeatures) },
    { xOffset: cut, inChannels: inFeatures - cut, weight: weight.slice(cut * outFeatures) },
  ];
  let buffers = { y: zeros(2 * dy.length), dx: zeros(2 * x.length) };
  const point = { height: 1, width: 1, kernelSize: 1, stride: 1, padding: 0 };
  for (const { weight: own, ...slice } of slices) {
    const params = { ...point, batch, outChannels: outFeatures, xStride: inFeatures, ...slice };
    const dw = zeros(own.length);
    const result = await runKernels(
      device,
      [
        doubleConvForward({ ...params, bias: false, accumulate: slice.xOffset > 0 }),
        doubleConvInputGradient(params),
        doubleConvWeightGradient(params),
      ],
      { ...buffers, x: split(x), dy: split(dy), weight: own, dw },
    );
    buffers = { y: result.y, dx: result.dx };
    const gradient = Float64Array.from(own, (_, i) => {
      const [c, o] = [slice.xOffset + Math.floor(i / outFeatures), i % outFeatures];
      const at = (n: number): number => (x[n * inFeatures + c] ?? NaN) * (dy[n * outFeatures + o] ?? NaN);
      return at(0) + at(1) + at(2);
    });
    expectRounded(result.dw, gradient);
  }
  const w = (c: number, o: number): number => weight[c * outFeatures + o] ?? NaN;
  const y = Array.from(dy, (_, i) => {
    const n = Math.floor(i / outFeatures);
    return x
      .subarray(n * inFeatures, (n + 1) * inFeatures)
      .reduce((sum, value, c) => sum + value * w(c, i % outFeatures), 0);
  });
  const dx = Array.from(x, (_, i) => {
    const n = Math.floor(i / inFeatures);
    return dy
      .subarray(n * outFeatures, (n + 1) * outFeatures)
      .reduce((sum, value, o) => sum + value * w(i % inFeatures, o), 0);
  });
  expect(largestError(joined(buffers.y), y)).toBeLessThan(exact);
  expect(largestError(joined(buffers.dx), dx)).toBeLessThan(exact);
});

test('batch norm: values, statistics and gradients, of few rows', async () => {
  const few = shapes(2).filter(({ batch, height, width }) => batch * height * width > 2);
  const property = fc.asyncProperty(few, seeds, async (shape, seed) => {
    const { channels } = shape;
    const rows = sizeOf(shape) / channels;
    const eps = 0.1;
    // Values near each other are multiplied by 1 / std, up to 3.2, and a weight of up to 3 or so.
    const tolerance = 10 * exact;
    const weight = normals(channels, seed + 2);
    const bias = normals(channels, seed + 3);
    const { result, gradients } = await compare(
      [
        doubleBatchNormForward({ rows, channels, eps, momentum: 0.1 }),
        doubleBatchNormBackward({ rows, channels }),
      ],
      [{ kind: 'BatchNorm2d', name: 'bn', numFeatures: channels, eps, momentum: 0.1 }],
      { shape, outShape: shape, seed, tolerance },
      {
        weight,
        bias,
        statistics: zeros(doubleStatisticsLength({ rows, channels })),
        runningMean: zeros(channels),
        runningVar: zeros(channels).fill(1),
        dw: zeros(channels),
        db: zeros(channels),
      },
      new Map([
        ['bn.weight', Float64Array.from(weight)],
        ['bn.bias', Float64Array.from(bias)],
      ]),
    );
    expectRounded(result['dw'], gradients.get('bn.weight'));
    expectRounded(result['db'], gradients.get('bn.bias'));
    const x = values(sizeOf(shape), seed);
    for (let c = 0; c < channels; c += 1) {
      const own = x.filter((_, i) => i % channels === c);
      const mean = own.reduce((a, b) => a + b, 0) / rows;
      const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (rows - 1);
      expect(result['runningMean']?.[c]).toBeCloseTo(0.1 * mean, 6);
      expect(result['runningVar']?.[c]).toBeCloseTo(0.9 + 0.1 * variance, 5);
    }
  });
  await fc.assert(property, runs(4));
});

describe('pools', () => {
  test('maxima and their gradients, where float32 sees a tie', async () => {
    const [kernelSize, stride, padding] = [3, 2, 1];
    const property = fc.asyncProperty(shapes(7), seeds, async (shape, seed) => {
      const size = (length: number): number => windowOutputSize(length, kernelSize, stride, padding);
      const outShape = { ...shape, height: size(shape.height), width: size(shape.width) };
      const params = { ...shape, kernelSize, stride, padding };
      const x = Float64Array.from(
        { length: sizeOf(shape) },
        (_, i) => 1 + (randomBits(seed, i) % 9) * 2 ** -40,
      );
      const dy = values(sizeOf(outShape), seed);
      const result = await runKernels(device, [doubleMaxPoolForward(params), doubleMaxPoolBackward(params)], {
        x: split(x),
        dy: split(dy),
        y: zeros(2 * dy.length),
        dx: zeros(2 * x.length),
        argmax: new Uint32Array(dy.length),
      });
      const image = {
        shape: [shape.batch, shape.channels, shape.height, shape.width],
        data: toPlanar(shape, x),
      };
      const pass = sequencePass(
        [{ kind: 'MaxPool2d', name: 'p', kernelSize, stride, padding }],
        image,
        new Map(),
      );
      expect(largestError(joined(result.y), fromPlanar(outShape, pass.y.data))).toBe(0);
      const dx = fromPlanar(shape, pass.backward(toPlanar(outShape, dy), new Map()));
      expect(largestError(joined(result.dx), dx)).toBeLessThan(1e-12);
    });
    await fc.assert(property, runs(3));
  });

  test('averages and their gradients', async () => {
    const property = fc.asyncProperty(
      shapes(7),
      fc.integer({ min: 1, max: 4 }),
      seeds,
      async (shape, outputSize, seed) => {
        const params = { ...shape, outputSize };
        await compare(
          [doubleAveragePoolForward(params), doubleAveragePoolBackward(params)],
          [{ kind: 'AdaptiveAvgPool2d', name: 'p', outputSize }],
          { shape, outShape: { ...shape, height: outputSize, width: outputSize }, seed },
          {},
        );
      },
    );
    await fc.assert(property, runs(3));
  });
});

test('ReLU and addition', async () => {
  const count = 50;
  const [a, b] = [values(count, 1), values(count, 2)];
  const { y, dx } = await runKernels(device, [doubleRelu({ count }), doubleReluBackward({ count })], {
    x: split(a),
    dy: split(b),
    y: zeros(2 * count),
    dx: zeros(2 * count),
  });
  expect(
    largestError(
      joined(y),
      a.map((value) => Math.max(0, value)),
    ),
  ).toBe(0);
  expect(
    largestError(
      joined(dx),
      b.map((value, i) => ((a[i] ?? NaN) > 0 ? value : 0)),
    ),
  ).toBe(0);
  const sum = await runKernels(device, [doubleAdd({ count })], {
    a: split(a),
    b: split(b),
    y: zeros(2 * count),
  });
  expect(
    largestError(
      joined(sum.y),
      a.map((value, i) => value + (b[i] ?? NaN)),
    ),
  ).toBeLessThan(2 ** -44);
});

test('dropout scales by 1 / (1 - p) to the last digit', async () => {
  const shape = { batch: 2, height: 3, width: 3, channels: 4 };
  const [p, seed, step] = [0.3, 5, 7];
  const x = values(sizeOf(shape), 1);
  const kernel = doubleDropout({ ...shape, p, layer: 1, perChannel: true });
  const { y } = await runKernels(device, [kernel], {
    clock: clockData({ step, row: 0, slot: 0, seed }),
    x: split(x),
    y: zeros(2 * x.length),
  });
  const expected = x.map((value, i) => {
    const image = Math.floor(i / 36);
    return dropoutKeeps(seed, step, 1, image * 4 + (i % 4), p) ? value / (1 - p) : 0;
  });
  expect(expected.filter((value) => value === 0).length).toBeGreaterThan(0);
  expect(largestError(joined(y), expected)).toBeLessThan(exact);
});

test.each(lossKinds)('%s: gradient', async (kind) => {
  const batch = 6;
  for (const [spread, labelSmoothing] of [
    [1, 0],
    [20, 0.1],
  ] as const) {
    const loss = { kind, labelSmoothing };
    const logits = values(batch * 10, 5).map((value) => value * spread);
    const batchLabels = Uint32Array.from({ length: batch }, (_, n) => randomBits(7, n) % 10);
    const { dlogits, metrics } = await runKernels(device, [doubleLossAndGradient({ batch, loss })], {
      clock: clockData({ step: 0, row: 0, slot: 0, seed: 0 }),
      logits: split(logits),
      batchLabels,
      dlogits: zeros(2 * logits.length),
      metrics: zeros(metricsStride),
    });
    const row = (n: number): number[] => [...logits.subarray(n * 10, n * 10 + 10)];
    const label = (n: number): number => batchLabels[n] ?? 0;
    const losses = Array.from({ length: batch }, (_, n) => lossOf(loss, row(n), label(n)));
    const mean = losses.reduce((x, y) => x + y, 0) / batch;
    expect(Math.abs((metrics[0] ?? NaN) - mean)).toBeLessThan(2e-6 * (1 + Math.abs(mean)));
    // Central differences, extrapolated (Richardson), of steps where their rounding and their curvature are both small.
    const slope = (n: number, k: number, step: number): number => {
      const moved = (by: number): number => lossOf(loss, row(n).with(k, (row(n)[k] ?? 0) + by), label(n));
      return (moved(step) - moved(-step)) / (2 * step) / batch;
    };
    const gradient = Array.from({ length: batch * 10 }, (_, i) => {
      const [n, k] = [Math.floor(i / 10), i % 10];
      return (4 * slope(n, k, 1e-3) - slope(n, k, 2e-3)) / 3;
    });
    expect(largestError(joined(dlogits), gradient)).toBeLessThan(1e-10);
  }
});
