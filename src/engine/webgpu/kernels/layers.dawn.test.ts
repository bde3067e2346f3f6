/** BatchNorm, pooling, dropout and element-wise kernels against their definitions in float64, on random shapes. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sequencePass } from '@/model/reference';
import type { Gradients64 } from '@/model/layers/reference';
import {
  batchNormApply,
  batchNormBackwardApply,
  batchNormBackwardSums,
  batchNormEval,
  batchNormPartialsLength,
  batchNormSums,
  batchNormSumsLength,
} from '@/engine/webgpu/kernels/batchNorm';
import {
  fromPlanar,
  largestError,
  normals,
  planar,
  runs,
  sizeOf,
  toPlanar,
  zeros,
  type Floats,
  type Shape,
} from '@/engine/webgpu/testing/kernelArrays';
import { clockData } from '@/engine/webgpu/kernels/clock';
import {
  dropoutBackward,
  dropoutForward,
  dropoutMasks,
  dropoutReluBackward,
  maskLength,
} from '@/engine/webgpu/kernels/dropout';
import {
  add,
  addInPlace,
  reluBackward,
  reluBackwardInPlace,
  reluForward,
  transpose,
} from '@/engine/webgpu/kernels/elementwise';
import {
  averagePoolBackward,
  averagePoolForward,
  maxPoolBackward,
  maxPoolForward,
} from '@/engine/webgpu/kernels/pool';
import { runKernels } from '@/engine/webgpu/testing/runKernels';
import type { AdaptiveAvgPool2d, BatchNorm2d } from '@/model/layers';
import { adaptiveWindows } from '@/model/layers/adaptiveAvgPool2d';
import { dropoutKeeps, randomBits } from '@/model/random';
import { maxPoolOutputSize } from '@/model/layers/maxPool2d';
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

/** Equal but for the sign of 0. */
function expectSame(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(largestError(actual, expected)).toBe(0);
}

const seeds = fc.integer({ min: 0, max: 1e9 });
const shapes = (most: number): fc.Arbitrary<Shape> =>
  fc.record({
    batch: fc.integer({ min: 1, max: 5 }),
    height: fc.integer({ min: 1, max: most }),
    width: fc.integer({ min: 1, max: most }),
    channels: fc.integer({ min: 1, max: 9 }),
  });

test.each([1, 8])(
  'batch norm in training, %i lanes a part: values, statistics, gradients',
  async (rowLanes) => {
    const property = fc.asyncProperty(
      shapes(12).filter(({ batch, height, width }) => batch * height * width > 1),
      seeds,
      fc.boolean(),
      fc.constantFrom(0, 30),
      async (shape, seed, residual, mean) => {
        const { batch, height, width, channels } = shape;
        const rows = batch * height * width;
        const count = sizeOf(shape);
        const layer: BatchNorm2d = {
          kind: 'BatchNorm2d',
          name: 'bn',
          numFeatures: channels,
          eps: 1e-3,
          momentum: 0.1,
        };
        const x = normals(count, seed).map((value, i) => value * (1 + (i % channels)) + mean);
        const dy = normals(count, seed + 2);
        const added = residual ? normals(count, seed + 3) : zeros(count);
        const weight = normals(channels, seed + 4);
        const bias = normals(channels, seed + 5);
        const { eps, momentum } = layer;
        const params = { rows, channels, rowLanes, eps, momentum, residual, relu: true };
        const result = await runKernels(
          device,
          [
            batchNormSums(params),
            batchNormApply(params),
            batchNormBackwardSums(params),
            batchNormBackwardApply(params),
          ],
          {
            x,
            weight,
            bias,
            dy,
            residual: added,
            sums: zeros(batchNormSumsLength(params)),
            partials: zeros(batchNormPartialsLength(params)),
            y: zeros(count),
            dx: zeros(count),
            dw: zeros(channels),
            db: zeros(channels),
            runningMean: zeros(channels),
            runningVar: zeros(channels).fill(1),
          },
        );

        const weights = new Map([
          ['bn.weight', Float64Array.from(weight)],
          ['bn.bias', Float64Array.from(bias)],
        ]);
        const pass = sequencePass(
          [layer],
          { shape: [batch, channels, height, width], data: toPlanar(shape, x) },
          weights,
        );
        const y = fromPlanar(shape, pass.y.data).map((value, i) => Math.max(0, value + (added[i] ?? 0)));
        // x is around 30 in half of the runs: float32 keeps its distance to the mean to 30 * 2^-24, over a spread of 1.
        const unit = 4e-6 * (1 + mean);
        expect(largestError(result.y, y)).toBeLessThan(10 * unit);
        // The sign of a value that is as good as 0 may differ, so the kernel's own mask is the one to differentiate.
        const dz = dy.map((value, i) => (result.y[i] === 0 ? 0 : value));
        const gradients: Gradients64 = new Map();
        const dx = fromPlanar(shape, pass.backward(toPlanar(shape, dz), gradients));
        expect(largestError(result.dw, gradients.get('bn.weight') ?? [])).toBeLessThan(
          unit * Math.sqrt(rows) * 10,
        );
        expect(largestError(result.db, gradients.get('bn.bias') ?? [])).toBeLessThan(1e-6 * rows);
        // Few rows may lie close together, which 1 / std stretches.
        const stretch = Math.max(...result.sums.slice(2 * channels, 3 * channels).map(Math.abs), 1);
        expect(largestError(result.dx, dx)).toBeLessThan(20 * unit * stretch);

        for (let c = 0; c < channels; c += 1) {
          const values = [...x].filter((_, i) => i % channels === c);
          const average = values.reduce((a, b) => a + b, 0) / rows;
          const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (rows - 1);
          expect(Math.abs((result.runningMean[c] ?? NaN) - 0.1 * average)).toBeLessThan(unit);
          expect(Math.abs((result.runningVar[c] ?? NaN) / (0.9 + 0.1 * variance) - 1)).toBeLessThan(unit);
        }
      },
    );
    await fc.assert(property, runs(3));
  },
);

test.each([1, 8])('batch norm sums keep their digits far from 0, %i lanes a part', async (rowLanes) => {
  const [rows, channels] = [4000, 4];
  const params = { rows, channels, rowLanes, eps: 0, momentum: 1 };
  const x = normals(rows * channels, 5).map((value) => 1000 + value / 100);
  const { runningVar, runningMean } = await runKernels(
    device,
    [batchNormSums(params), batchNormApply(params)],
    {
      x,
      weight: zeros(channels).fill(1),
      bias: zeros(channels),
      sums: zeros(batchNormSumsLength(params)),
      y: zeros(rows * channels),
      runningMean: zeros(channels),
      runningVar: zeros(channels),
    },
  );
  for (let c = 0; c < channels; c += 1) {
    const values = [...x].filter((_, i) => i % channels === c);
    const mean = values.reduce((a, b) => a + b, 0) / rows;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (rows - 1);
    expect(Math.abs((runningMean[c] ?? NaN) - mean)).toBeLessThan(1e-4);
    // A chunk's mean is kept to 6e-5 of a spread of 0.01; sums of x^2 would be off by a thousand times the variance.
    expect(Math.abs((runningVar[c] ?? NaN) / variance - 1)).toBeLessThan(1e-3);
  }
});

test('batch norm in eval mode', async () => {
  const property = fc.asyncProperty(shapes(6), seeds, fc.boolean(), async (shape, seed, residual) => {
    const { channels } = shape;
    const count = sizeOf(shape);
    const data = {
      x: normals(count, seed),
      weight: normals(channels, seed + 1),
      bias: normals(channels, seed + 2),
      runningMean: normals(channels, seed + 3),
      runningVar: normals(channels, seed + 4).map((value) => value * value + 0.1),
      residual: normals(count, seed + 5),
      y: zeros(count),
    };
    const params = { rows: count / channels, channels, rowLanes: 1, eps: 1e-5, residual };
    const { y } = await runKernels(device, [batchNormEval(params)], data);
    const at = (values: Floats, i: number): number => values[i % channels] ?? NaN;
    const expected = Array.from(data.x, (value, i) => {
      const normalised = (value - at(data.runningMean, i)) / Math.sqrt(at(data.runningVar, i) + 1e-5);
      return normalised * at(data.weight, i) + at(data.bias, i) + (residual ? (data.residual[i] ?? 0) : 0);
    });
    expect(largestError(y, expected)).toBeLessThan(2e-5);
  });
  await fc.assert(property, runs(2));
});

test('max pooling: values, first maxima and gradients', async () => {
  const windows = fc
    .record({ kernelSize: fc.integer({ min: 1, max: 4 }), stride: fc.integer({ min: 1, max: 5 }) })
    .chain(({ kernelSize, stride }) =>
      fc.record({
        kernelSize: fc.constant(kernelSize),
        stride: fc.constant(stride),
        padding: fc.integer({ min: 0, max: Math.floor(kernelSize / 2) }),
        dilation: fc.integer({ min: 1, max: 3 }),
        ceilMode: fc.boolean(),
      }),
    );
  const property = fc.asyncProperty(shapes(9), windows, seeds, async (shape, window, seed) => {
    const { batch, height, width, channels } = shape;
    fc.pre(window.dilation <= Math.min(height, width));
    const [outHeight, outWidth] = [height, width].map((size) => maxPoolOutputSize(window, size));
    fc.pre(Math.min(outHeight ?? 0, outWidth ?? 0) > 0);
    const outShape = { ...shape, height: outHeight ?? 0, width: outWidth ?? 0 };
    const params = { ...shape, ...window };
    // Few values, so that windows have ties.
    const x = Float32Array.from({ length: sizeOf(shape) }, (_, i) => (randomBits(seed, i) % 5) - 3);
    const dy = Float32Array.from({ length: sizeOf(outShape) }, (_, i) => (randomBits(seed, i) % 100) - 50);
    const { y, dx } = await runKernels(device, [maxPoolForward(params), maxPoolBackward(params)], {
      x,
      dy,
      y: zeros(dy.length),
      argmax: new Uint32Array(dy.length),
      dx: zeros(x.length),
    });
    const image = { shape: [batch, channels, height, width], data: toPlanar(shape, x) };
    const pass = sequencePass([{ kind: 'MaxPool2d', name: 'pool', ...window }], image, new Map());
    expectSame(y, [...fromPlanar(outShape, pass.y.data)]);
    const expected = fromPlanar(shape, pass.backward(toPlanar(outShape, dy), new Map()));
    expectSame(dx, [...expected]);
  });
  await fc.assert(property, runs(5));
});

test('max pooling with ReLU stops the gradient where nothing was positive', async () => {
  const params = {
    batch: 1,
    height: 2,
    width: 4,
    channels: 1,
    kernelSize: 2,
    stride: 2,
    padding: 0,
    dilation: 1,
    ceilMode: false,
    relu: true,
  };
  const { y, dx } = await runKernels(device, [maxPoolForward(params), maxPoolBackward(params)], {
    x: Float32Array.of(-1, -2, 1, 3, -4, -3, 3, 2),
    dy: Float32Array.of(5, 7),
    y: zeros(2),
    argmax: new Uint32Array(2),
    dx: zeros(8),
  });
  expectSame(y, [0, 3]);
  expectSame(dx, [0, 0, 0, 7, 0, 0, 0, 0]);
});

test('adaptive average pooling and its gradient', async () => {
  const property = fc.asyncProperty(
    shapes(9),
    fc.integer({ min: 1, max: 7 }),
    seeds,
    async (shape, size, seed) => {
      const { batch, height, width, channels } = shape;
      const outShape = { ...shape, height: size, width: size };
      const layer: AdaptiveAvgPool2d = { kind: 'AdaptiveAvgPool2d', name: 'p', outputSize: size };
      const params = {
        ...shape,
        rows: adaptiveWindows(layer, height),
        columns: adaptiveWindows(layer, width),
      };
      const x = normals(sizeOf(shape), seed);
      const dy = normals(sizeOf(outShape), seed + 1);
      const { y, dx } = await runKernels(device, [averagePoolForward(params), averagePoolBackward(params)], {
        x,
        dy,
        y: zeros(dy.length),
        dx: zeros(x.length),
      });
      const image = { shape: [batch, channels, height, width], data: toPlanar(shape, x) };
      const pass = sequencePass([layer], image, new Map());
      const expected = fromPlanar(shape, pass.backward(toPlanar(outShape, dy), new Map()));
      expect(largestError(y, fromPlanar(outShape, pass.y.data))).toBeLessThan(1e-5);
      expect(largestError(dx, expected)).toBeLessThan(1e-5);
    },
  );
  await fc.assert(property, runs(3));
});

test('dropout masks are those of model/random.ts, forward, backward and written out', async () => {
  const property = fc.asyncProperty(
    shapes(5),
    seeds,
    fc.boolean(),
    fc.constantFrom(0, 0.25, 0.5, 1),
    async (shape, seed, perChannel, p) => {
      const { height, width, channels } = shape;
      const count = sizeOf(shape);
      const step = 77;
      const params = { ...shape, p, layer: 2, perChannel };
      const x = normals(count, seed);
      const dy = normals(count, seed + 1);
      const result = await runKernels(
        device,
        [
          dropoutForward(params),
          dropoutBackward(params),
          dropoutMasks([
            { ...params, layer: 0, offset: 3 },
            { ...params, offset: 3 + maskLength(params) },
          ]),
        ],
        {
          clock: clockData({ step, row: 0, slot: 0, seed }),
          x,
          dy,
          y: zeros(count),
          dx: zeros(count),
          mask: zeros(3 + 2 * maskLength(params)),
        },
      );
      const scale = Math.fround(p < 1 ? 1 / (1 - p) : 0);
      const factor = (index: number, layer: number): number =>
        dropoutKeeps(seed, step, layer, index, p) ? scale : 0;
      const factors = Array.from({ length: count }, (_, i) => {
        const place = planar(shape, i);
        return factor(perChannel ? Math.floor(place / (height * width)) : place, 2);
      });
      expectSame(
        result.y,
        Array.from(x, (value, i) => Math.fround(value * (factors[i] ?? NaN))),
      );
      expectSame(
        result.dx,
        Array.from(dy, (value, i) => Math.fround(value * (factors[i] ?? NaN))),
      );
      const mask = (layer: number): number[] =>
        Array.from({ length: maskLength(params) }, (_, e) =>
          factor(perChannel ? e : planar(shape, e), layer),
        );
      expectSame(result.mask, [0, 0, 0, ...mask(0), ...mask(2)]);
      if (perChannel) expect(maskLength(params)).toBe(shape.batch * channels);
    },
  );
  await fc.assert(property, runs(3));
});

test('dropout with ReLU: its zeros tell the gradient both', async () => {
  const params = { batch: 3, height: 1, width: 1, channels: 50, p: 0.5, layer: 0, perChannel: false };
  const x = normals(150, 8);
  const dy = normals(150, 9);
  const { y, dx } = await runKernels(
    device,
    [dropoutForward({ ...params, relu: true }), dropoutReluBackward(params)],
    { clock: clockData({ step: 1, row: 0, slot: 0, seed: 5 }), x, dy, y: zeros(150), dx: zeros(150) },
  );
  const isKept = Array.from(x, (value, i) => value > 0 && dropoutKeeps(5, 1, 0, i, 0.5));
  expectSame(
    y,
    Array.from(x, (value, i) => (isKept[i] === true ? 2 * value : 0)),
  );
  expectSame(
    dx,
    Array.from(dy, (value, i) => (isKept[i] === true ? 2 * value : 0)),
  );
});

test.each([7, 64])('element-wise kernels over %i values', async (count) => {
  const a = normals(count, 1);
  const b = normals(count, 2);
  const y = normals(count, 3);
  const sum = (i: number): number => Math.fround((a[i] ?? NaN) + (b[i] ?? NaN));
  const run = async (kernel: Parameters<typeof runKernels>[1][number], name: 'y' | 'dx' | 'dy') => {
    const data = { a, b, y, x: b, dy: a, dx: zeros(count) };
    return [...(await runKernels(device, [kernel], data))[name]];
  };
  expectSame(
    await run(add({ count }), 'y'),
    Array.from(a, (_, i) => sum(i)),
  );
  expectSame(
    await run(add({ count, relu: true }), 'y'),
    Array.from(a, (_, i) => Math.max(0, sum(i))),
  );
  expectSame(
    await run(addInPlace({ count }), 'y'),
    Array.from(a, (value, i) => Math.fround(value + (y[i] ?? NaN))),
  );
  expectSame(
    await run(reluForward({ count }), 'y'),
    Array.from(b, (value) => Math.max(0, value)),
  );
  const behindRelu = Array.from(a, (value, i) => ((y[i] ?? NaN) > 0 ? value : 0));
  expectSame(await run(reluBackward({ count }), 'dx'), behindRelu);
  expectSame(await run(reluBackwardInPlace({ count }), 'dy'), behindRelu);
});

test('transpose', async () => {
  const { y } = await runKernels(device, [transpose({ batch: 2, rows: 2, columns: 3 })], {
    x: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
    y: zeros(12),
  });
  expectSame(y, [1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12]);
});
