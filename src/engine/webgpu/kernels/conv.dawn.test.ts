// Convolution and Linear kernels over random shapes (odd sizes, channels that fill no vector, single images, strides, padding) against
// their definition in float64, with and without subgroups.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sequencePass } from '@/model/reference';
import type { Gradients64 } from '@/model/layers/reference';
import { convForward, convInputGradient, convWeightGradient } from '@/engine/webgpu/kernels/conv';
import {
  convOutputSize,
  type ConvShape,
  type KernelSequence,
  type KernelTarget,
} from '@/engine/webgpu/kernels/convShape';
import { linearForward, linearInputGradient, linearWeightGradient } from '@/engine/webgpu/kernels/linear';
import { runKernels, type BufferData } from '@/engine/webgpu/testing/runKernels';
import { wgslOf } from '@/engine/webgpu/wgsl';
import type { LayerSpec } from '@/model/layers';
import { randomBits } from '@/model/random';
import { ruleChoices, type TileChoices } from '@/model/tileChoices';
import { installDawn } from '../../../../scripts/dawn.ts';

const unitRoundoff = 2 ** -24;
let device: GPUDevice;
const targets: [string, KernelTarget][] = [
  ['software', { isSoftware: true }],
  ['hardware', { isSoftware: false, rules: { unrolls: false } }],
];

beforeAll(async () => {
  const adapter = await (await installDawn()).requestAdapter();
  if (adapter === null) throw new Error('no adapter');
  const hasSubgroups = adapter.features.has('subgroups');
  device = await adapter.requestDevice({ requiredFeatures: hasSubgroups ? ['subgroups'] : [] });
  const { subgroupMinSize, subgroupMaxSize } = adapter.info;
  if (hasSubgroups && subgroupMinSize === subgroupMaxSize)
    targets.push(['subgroups', { isSoftware: true, subgroupSize: subgroupMinSize }]);
});
afterAll(() => {
  device.destroy();
});

const firstWgsl = ({ kernels: [kernel] }: KernelSequence): string =>
  kernel === undefined ? '' : wgslOf(kernel);

/** Deterministic values in (-1, 1), exact in float32. */
function values(count: number, salt: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, (_, i) => ((randomBits(salt, i) >>> 8) + 0.5) / 2 ** 23 - 1);
}

type Shape4 = readonly [number, number, number, number];
type Floats = Float32Array<ArrayBuffer>;

/** [a][b][c][d] to the order of axes that `order` names. */
function permute(data: ArrayLike<number>, shape: Shape4, order: Shape4): Floats {
  const target = new Float32Array(data.length);
  const sizes = order.map((axis) => shape[axis] ?? 1);
  const strides = [shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1];
  for (let at = 0; at < target.length; at += 1) {
    let rest = at;
    let from = 0;
    for (let k = 3; k >= 0; k -= 1) {
      from += (rest % (sizes[k] ?? 1)) * (strides[order[k] ?? 0] ?? 0);
      rest = Math.floor(rest / (sizes[k] ?? 1));
    }
    target[at] = data[from] ?? NaN;
  }
  return target;
}
const toNhwc = (data: ArrayLike<number>, shape: Shape4): Floats => permute(data, shape, [0, 2, 3, 1]);
// [out][in][kH][kW] to [kH][kW][in][out].
const toHwio = (data: ArrayLike<number>, shape: Shape4): Floats => permute(data, shape, [2, 3, 1, 0]);

/**
 * A float32 sum of K products is off by at most K u times the sum of their absolute values (Higham, Accuracy and Stability, 3.1), and
 * by about sqrt(K) u where roundings are not correlated; four times that is allowed. `sizes` are the sums of absolute values.
 */
function worstRatio(
  actual: BufferData | undefined,
  expected: ArrayLike<number>,
  sizes: ArrayLike<number>,
  longest: number,
): number {
  expect(actual?.length).toBe(expected.length);
  let worst = 0;
  for (let i = 0; i < expected.length; i += 1) {
    const error = Math.abs((actual?.[i] ?? NaN) - (expected[i] ?? NaN));
    const ratio = error / (4 * Math.sqrt(longest + 4) * unitRoundoff * Math.abs(sizes[i] ?? 0) + 1e-30);
    if (!(ratio <= worst)) worst = ratio;
  }
  return worst;
}

async function run<Data extends Readonly<Record<string, BufferData>>>(
  { kernels, partialsLength }: KernelSequence,
  data: Data,
): Promise<Data> {
  const scratch = { ...data, partials: new Float32Array(Math.max(1, partialsLength)).fill(NaN) };
  return runKernels(device, kernels, scratch);
}

interface Case {
  readonly shape: ConvShape;
  readonly layers: readonly LayerSpec[];
  /** Sizes of the layers' output. */
  readonly outHeight: number;
  readonly outWidth: number;
}

function convCase(shape: ConvShape, pool = 1, relu = false): Case {
  const { outHeight, outWidth } = convOutputSize(shape);
  const { inChannels, outChannels, kernelSize, stride, padding } = shape;
  const size = { inChannels, outChannels, kernelSize, stride, padding };
  const layers: LayerSpec[] = [{ kind: 'Conv2d', name: 'c', ...size, bias: true, init: { kind: 'default' } }];
  if (pool > 1) layers.push({ kind: 'MaxPool2d', name: 'p', kernelSize: pool, stride: pool, padding: 0 });
  if (relu) layers.push({ kind: 'ReLU', name: 'r' });
  return {
    shape,
    layers,
    outHeight: Math.floor(outHeight / pool),
    outWidth: Math.floor(outWidth / pool),
  };
}

/** Forward and backward in float64; `map` = Math.abs gives the sizes of the sums. */
function reference({ shape, layers, outHeight, outWidth }: Case, map: (v: number) => number) {
  const { batch, inChannels, height, width, outChannels, kernelSize } = shape;
  const xShape: Shape4 = [batch, inChannels, height, width];
  const yShape: Shape4 = [batch, outChannels, outHeight, outWidth];
  const wShape: Shape4 = [outChannels, inChannels, kernelSize, kernelSize];
  const wide = (count: number, salt: number): Float64Array => Float64Array.from(values(count, salt), map);
  const count = (s: Shape4): number => s.reduce((a, b) => a * b, 1);
  const x = wide(count(xShape), 1);
  const weight = wide(count(wShape), 2);
  const bias = wide(outChannels, 3);
  const dy = wide(count(yShape), 4);
  const pass = sequencePass(
    layers,
    { shape: xShape, data: x },
    new Map([
      ['c.weight', weight],
      ['c.bias', bias],
    ]),
  );
  const gradients: Gradients64 = new Map();
  const dx = pass.backward(dy, gradients);
  return {
    x: toNhwc(x, xShape),
    weight: toHwio(weight, wShape),
    bias: Float32Array.from(bias),
    dy: toNhwc(dy, yShape),
    y: toNhwc(pass.y.data, yShape),
    dx: toNhwc(dx, xShape),
    dw: toHwio(gradients.get('c.weight') ?? [], wShape),
    db: Float32Array.from(gradients.get('c.bias') ?? []),
  };
}

/** Rules of a real GPU that has workgroups enough whatever the size, and takes them through its workgroup memory. */
const tiled = { unrolls: false, wantedGroups: 1, tiledFprop: 1, tiledDgrad: 1 };

const blank = (like: Floats): Floats => new Float32Array(like.length).fill(NaN);

const geometry = fc
  .record({
    batch: fc.integer({ min: 1, max: 7 }),
    height: fc.integer({ min: 1, max: 10 }),
    width: fc.integer({ min: 1, max: 10 }),
    inChannels: fc.integer({ min: 1, max: 9 }),
    outChannels: fc.integer({ min: 1, max: 21 }),
    kernelSize: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.integer({ min: 0, max: 3 }),
  })
  .filter((s) => s.kernelSize <= Math.min(s.height, s.width) + 2 * s.padding);

function shapeOf(
  ...sizes: readonly [number, number, number, number, number, number, number, number]
): ConvShape {
  const [batch, height, width, inChannels, outChannels, kernelSize, stride, padding] = sizes;
  return { batch, height, width, inChannels, outChannels, kernelSize, stride, padding };
}

// Every candidate of tileTuning.ts, and smaller columns for real GPUs too.
const choices: TileChoices[] = (
  [
    [2, 1],
    [0.5, 1],
    [1, 0.5],
    [1, 2],
    [2, 2],
    [1, 1, false],
    [1, 1, true, true],
  ] as const
).map(([rows, columns, workgroupTiling = true, subgroupBroadcast = false]) => {
  const choice = { rows, columns, workgroupTiling, subgroupBroadcast };
  return { fpropDgrad: choice, wgrad: choice };
});

/** y, dx, dw and db, as one list. */
async function results(shape: ConvShape, pool: number, target: KernelTarget): Promise<Floats[]> {
  const { x, weight, bias, dy, y } = reference(convCase(shape, pool), (v) => v);
  const params = { ...shape, pool };
  const pooled = pool > 1 ? { argmax: new Uint32Array(y.length) } : {};
  const forward = await run<Record<string, BufferData>>(convForward({ ...params, bias: true }, target), {
    x,
    weight,
    bias,
    y: blank(y),
    ...pooled,
  });
  const { argmax } = forward;
  const behind = argmax === undefined ? { dy } : { dy, argmax };
  const input = await run<Record<string, BufferData>>(convInputGradient(params, target), {
    ...behind,
    weight,
    dx: blank(x),
  });
  const weights = await run<Record<string, BufferData>>(
    convWeightGradient({ ...params, bias: true }, target),
    { x, ...behind, dw: blank(weight), db: blank(bias) },
  );
  return [forward['y'], input['dx'], weights['dw'], weights['db']].map((data) =>
    Float32Array.from(data ?? []),
  );
}

/** Largest error over its tolerance, of y, dx, dw and db. */
async function worstError(shape: ConvShape, target: KernelTarget): Promise<number> {
  const { batch, inChannels, outChannels, kernelSize, height, width } = shape;
  const plain = convCase(shape);
  const expected = reference(plain, (v) => v);
  const sizes = reference(plain, Math.abs);
  const { x, weight, bias, dy } = expected;
  const { y } = await run(convForward({ ...shape, bias: true }, target), {
    x,
    weight,
    bias,
    y: blank(expected.y),
  });
  const { dx } = await run(convInputGradient(shape, target), { dy, weight, dx: blank(x) });
  const gradients = { x, dy, dw: blank(weight), db: blank(bias) };
  const { dw, db } = await run(convWeightGradient({ ...shape, bias: true }, target), gradients);
  const window = kernelSize ** 2;
  const pixels = batch * height * width * 4;
  return Math.max(
    worstRatio(y, expected.y, sizes.y, inChannels * window),
    worstRatio(dx, expected.dx, sizes.dx, outChannels * window),
    worstRatio(dw, expected.dw, sizes.dw, pixels),
    worstRatio(db, expected.db, sizes.db, pixels),
  );
}

describe('convolution', () => {
  test('agrees forward and in both gradients', async () => {
    let turn = 0;
    await fc.assert(
      fc.asyncProperty(geometry, async (shape) => {
        const [, target] = targets[(turn += 1) % targets.length] ?? ['', { isSoftware: true }];
        expect(await worstError(shape, target)).toBeLessThan(1);
      }),
      { numRuns: 5, seed: 5, endOnFailure: true },
    );
  });

  test('agrees where channels fill vectors, sums are cut into parts and pixels into ranges', async () => {
    const shapes = [
      shapeOf(5, 16, 15, 8, 16, 3, 1, 1),
      shapeOf(2, 11, 13, 1, 12, 7, 2, 3),
      shapeOf(3, 6, 6, 64, 24, 3, 2, 1),
      shapeOf(2, 2, 2, 200, 36, 3, 1, 1),
      shapeOf(2, 7, 7, 12, 20, 1, 2, 0),
      shapeOf(3, 1, 2, 64, 8, 3, 1, 1),
    ];
    for (const [i, [, target]] of targets.toReversed().entries())
      for (const shape of i === 0 ? shapes : shapes.slice(0, 2))
        // oxlint-disable-next-line no-await-in-loop -- one device
        expect(await worstError(shape, target), JSON.stringify(shape)).toBeLessThan(1);
  });

  test('agrees where a window of one channel has more rows than a subgroup has lanes', async () => {
    for (const [name, target] of targets)
      // oxlint-disable-next-line no-await-in-loop -- one device
      expect(await worstError(shapeOf(3, 11, 10, 1, 6, 8, 1, 2), target), name).toBeLessThan(1);
  });

  test('gives the same bits whatever tiles were chosen', async () => {
    const cases = [
      { shape: shapeOf(3, 12, 12, 1, 10, 5, 1, 0), pool: 2 },
      { shape: shapeOf(2, 7, 7, 12, 36, 3, 2, 1), pool: 1 },
      { shape: shapeOf(9, 3, 3, 64, 64, 3, 1, 1), pool: 1 },
    ];
    // Tiles that go through workgroup memory, and that a choice may give to subgroups.
    const { subgroupSize } = targets.find(([name]) => name === 'subgroups')?.[1] ?? {};
    const busy: KernelTarget = {
      isSoftware: false,
      rules: tiled,
      ...(subgroupSize === undefined ? {} : { subgroupSize }),
    };
    const subgrouped = cases.map(({ shape }) =>
      [
        convForward({ ...shape, bias: true }, { ...busy, choices: choices.at(-1) ?? ruleChoices }),
        convWeightGradient({ ...shape, bias: true }, { ...busy, choices: choices.at(-1) ?? ruleChoices }),
      ].map((sequence) => firstWgsl(sequence).includes('subgroupBroadcast')),
    );
    const canSwap = subgroupSize !== undefined;
    expect(subgrouped).toEqual([
      [canSwap, false],
      [canSwap, canSwap],
      [canSwap, canSwap],
    ]);
    // A cold machine compiles every variant for a third of a second, so each target has the cases that are special to it.
    const casesOf: Readonly<Record<string, typeof cases>> = {
      software: cases.slice(1, 2),
      hardware: cases.slice(0, 1),
      subgroups: [...cases.slice(0, 1), ...cases.slice(2)],
      busy: cases.slice(2),
    };
    for (const [name, target] of [...targets, ['busy', busy] as const])
      for (const { shape, pool } of casesOf[name] ?? cases) {
        // oxlint-disable-next-line no-await-in-loop -- one device
        const expected = await results(shape, pool, target);
        for (const choice of target.isSoftware ? choices.slice(0, 3) : choices)
          // oxlint-disable-next-line no-await-in-loop -- one device
          expect(await results(shape, pool, { ...target, choices: choice }), name).toEqual(expected);
      }
  });

  test.each([
    // Wide tiles; two groups of weights a lane; loops unrolled; a sum shared by lanes.
    [shapeOf(29, 3, 3, 64, 64, 3, 1, 1), { unrolls: false }],
    [shapeOf(5, 9, 8, 8, 16, 3, 1, 1), { unrolls: false, wantedGroups: 1 }],
    [shapeOf(3, 5, 4, 3, 6, 2, 1, 1), { unrolls: true }],
    // Through workgroup memory, with sums of one part and of several.
    [shapeOf(3, 5, 4, 32, 32, 3, 1, 1), tiled],
    [shapeOf(2, 6, 5, 36, 64, 3, 2, 1), tiled],
    [shapeOf(2, 6, 5, 16, 48, 3, 1, 1), tiled],
    [shapeOf(2, 6, 5, 32, 16, 3, 1, 1), tiled],
    [shapeOf(2, 3, 3, 64, 36, 2, 1, 0), tiled],
    [shapeOf(3, 2, 2, 32, 64, 3, 2, 1), tiled],
    // A weight gradient whose lanes take rows of the window: a stride, columns for several workgroups, three channels.
    [shapeOf(3, 13, 12, 1, 68, 7, 2, 3), { unrolls: false }],
    [shapeOf(5, 9, 10, 3, 6, 2, 1, 1), { unrolls: false }],
    [shapeOf(40, 9, 10, 1, 4, 3, 1, 1), { unrolls: false }],
  ])('agrees with the tiles of real GPUs %#', async (shape, rules) => {
    expect(await worstError(shape, { isSoftware: false, rules })).toBeLessThan(1);
  });
});

test.each([
  // Sums of one lane, sums that lanes share, forward only with as many channels as these take at once, and workgroup memory.
  [shapeOf(40, 2, 2, 8, 12, 3, 1, 1), { isSoftware: true }],
  [shapeOf(40, 2, 2, 64, 36, 3, 1, 1), { isSoftware: false, rules: { unrolls: false } }],
  [shapeOf(40, 2, 2, 36, 64, 3, 1, 1), { isSoftware: false, rules: { unrolls: false } }],
  [shapeOf(40, 2, 2, 64, 64, 3, 1, 1), { isSoftware: false, rules: tiled }],
] as const)('gives the same bits whether taps outside the image are left out %#', async (shape, target) => {
  const none = { ...target, rules: { ...('rules' in target ? target.rules : {}), mostInside: 0 } };
  const shortened = [convForward({ ...shape, bias: true }, target), convInputGradient(shape, target)];
  expect(shortened.some((sequence) => firstWgsl(sequence).includes('firstKy'))).toBe(true);
  expect(await results(shape, 1, target)).toEqual(await results(shape, 1, none));
});

describe('fused with pool, ReLU and Dropout2d', () => {
  test.each([
    { inChannels: 1, outChannels: 10, pool: 2 },
    { inChannels: 6, outChannels: 16, pool: 2 },
    { inChannels: 4, outChannels: 8, pool: 3 },
  ])('$inChannels -> $outChannels, pool $pool', async ({ inChannels, outChannels, pool }) => {
    const shape = {
      batch: 3,
      height: 11,
      width: 12,
      kernelSize: 3,
      stride: 1,
      padding: 1,
      inChannels,
      outChannels,
    };
    const fused = convCase(shape, pool, true);
    const expected = reference(fused, (v) => v);
    const { x, weight, bias, dy } = expected;
    const sizes = reference(convCase(shape), Math.abs);
    const largest = Math.max(...sizes.y);
    const scale = Float32Array.from({ length: 3 * outChannels }, (_, i) => (i % 3 === 0 ? 0 : 2));
    const perPixel = fused.outHeight * fused.outWidth * outChannels;
    const scaleAt = (i: number): number =>
      scale[Math.floor(i / perPixel) * outChannels + (i % outChannels)] ?? 0;
    const dropped = expected.y.map((v, i) => v * scaleAt(i));
    for (const target of targets.map(([, each]) => each)) {
      const params = { ...shape, bias: true, pool, relu: true };
      const outputs = { y: blank(expected.y), argmax: new Uint32Array(expected.y.length) };
      // oxlint-disable-next-line no-await-in-loop -- one device
      const forward = await run(convForward({ ...params, channelScale: true }, target), {
        x,
        weight,
        bias,
        scale,
        ...outputs,
      });
      const sizeOf = (size: number): Float64Array => new Float64Array(expected.y.length).fill(size);
      expect(worstRatio(forward.y, dropped, sizeOf(2 * largest), inChannels * 9)).toBeLessThan(1);

      // The gradient that arrives behind the ReLU, as the next layer's kernel masks it.
      const masked = dy.map((g, i) => ((expected.y[i] ?? 0) > 0 ? g : 0));
      // oxlint-disable-next-line no-await-in-loop -- one device
      const { dx } = await run(convInputGradient({ ...shape, pool }, target), {
        dy: masked,
        argmax: forward.argmax,
        weight,
        dx: blank(x),
      });
      // oxlint-disable-next-line no-await-in-loop -- one device
      const { dw, db } = await run(convWeightGradient({ ...shape, pool, bias: true }, target), {
        x,
        dy: masked,
        argmax: forward.argmax,
        dw: blank(weight),
        db: blank(bias),
      });
      expect(worstRatio(dx, expected.dx, sizes.dx, outChannels * 9)).toBeLessThan(1);
      expect(worstRatio(dw, expected.dw, sizes.dw, 3 * 132)).toBeLessThan(1);
      expect(worstRatio(db, expected.db, sizes.db, 3 * 132)).toBeLessThan(1);
    }
  });

  test('gives ties to the first maximum of a window and lets NaN through', async () => {
    const shape = {
      batch: 1,
      height: 2,
      width: 8,
      inChannels: 1,
      outChannels: 1,
      kernelSize: 1,
      stride: 1,
      padding: 0,
    };
    const x = Float32Array.of(1, 1, 0, 2, -1, -1, 5, 1, 1, 1, 2, 0, -1, -1, NaN, 9);
    for (const [, target] of targets) {
      // oxlint-disable-next-line no-await-in-loop -- one device
      const { y, argmax } = await run(convForward({ ...shape, bias: false, pool: 2 }, target), {
        x,
        weight: Float32Array.of(1),
        y: new Float32Array(4),
        argmax: new Uint32Array(4),
      });
      expect([...y]).toEqual([1, 2, -1, NaN]);
      expect([...argmax]).toEqual([0, 3, 4, 14]);
    }
  });

  test('a weight gradient leaves its sums to another kernel when told', async () => {
    const shape = {
      batch: 9,
      height: 7,
      width: 7,
      inChannels: 3,
      outChannels: 6,
      kernelSize: 3,
      stride: 1,
      padding: 0,
    };
    const { x, dy, dw, db } = reference(convCase(shape), (v) => v);
    const sizes = reference(convCase(shape), Math.abs);
    for (const [, target] of targets) {
      const sequence = convWeightGradient({ ...shape, bias: true, partialsOffset: 8 }, target);
      const { kernels, partialsLength, left } = sequence;
      if (left === undefined) throw new Error('nothing is left in partials');
      // oxlint-disable-next-line no-await-in-loop -- one device
      const { partials } = await runKernels(device, kernels, {
        x,
        dy,
        partials: new Float32Array(8 + partialsLength),
      });
      const summed = (first: number, like: Floats): Floats =>
        like.map((_, i) => {
          let sum = 0;
          for (let s = 0; s < left.splits; s += 1) sum += partials[first + s * left.stride + i] ?? NaN;
          return sum;
        });
      expect([...partials.subarray(0, 8)]).toEqual(Array.from({ length: 8 }, () => 0));
      expect(worstRatio(summed(left.weight, dw), dw, sizes.dw, 9 * 25)).toBeLessThan(1);
      expect(worstRatio(summed(left.bias, db), db, sizes.db, 9 * 25)).toBeLessThan(1);
    }
  });

  test('an input gradient adds, scales and masks as told', async () => {
    const shape = {
      batch: 2,
      height: 5,
      width: 5,
      inChannels: 4,
      outChannels: 8,
      kernelSize: 3,
      stride: 2,
      padding: 1,
    };
    const { x, weight, dy, dx: expected } = reference(convCase(shape), (v) => v);
    const sizes = reference(convCase(shape), Math.abs);
    const stored = x.map((v) => Math.max(0, v));
    const before = values(x.length, 9);
    for (const [, target] of targets) {
      // oxlint-disable-next-line no-await-in-loop -- one device
      const { dx } = await run(
        convInputGradient({ ...shape, accumulate: true, reluMask: true, scale: 2 }, target),
        { dy, weight, x: stored, dx: before },
      );
      const wanted = expected.map((g, i) => ((stored[i] ?? 0) > 0 ? 2 * (g + (before[i] ?? 0)) : 0));
      const size = sizes.dx.map((s) => 2 * s + 2);
      expect(worstRatio(dx, wanted, size, 8 * 9)).toBeLessThan(1);
    }
  });
});

interface LinearCase {
  readonly batch: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
}

function linearReference(shape: LinearCase, map: (v: number) => number) {
  const { batch, inFeatures, outFeatures } = shape;
  const conv = { batch, height: 1, width: 1, kernelSize: 1, stride: 1, padding: 0 };
  return reference(convCase({ ...conv, inChannels: inFeatures, outChannels: outFeatures }), map);
}

describe('Linear', () => {
  const check = async (
    shape: LinearCase,
    slices: readonly number[],
    target: KernelTarget,
  ): Promise<number> => {
    const { batch, inFeatures, outFeatures } = shape;
    const expected = linearReference(shape, (v) => v);
    const sizes = linearReference(shape, Math.abs);
    const { x, weight, bias, dy } = expected;
    let y = blank(expected.y);
    let dx = blank(x);
    const dw = blank(weight);
    let db = blank(bias);
    for (const [i, from] of slices.entries()) {
      const to = slices[i + 1] ?? inFeatures;
      const slice = { batch, inFeatures: to - from, outFeatures, xStride: inFeatures, xOffset: from };
      const rows = weight.slice(from * outFeatures, to * outFeatures);
      const isLast = i === slices.length - 1;
      const forward = linearForward({ ...slice, bias: isLast, accumulate: i > 0 }, target);
      // oxlint-disable-next-line no-await-in-loop -- each adds to the one before
      ({ y } = await run(forward, { x, weight: rows, bias, y }));
      // oxlint-disable-next-line no-await-in-loop -- each writes its columns
      ({ dx } = await run(linearInputGradient(slice, target), { dy, weight: rows, dx }));
      const part = { x, dy, dw: blank(rows), db };
      // oxlint-disable-next-line no-await-in-loop -- one device
      const gradients = await run(linearWeightGradient({ ...slice, bias: i === 0 }, target), part);
      dw.set(gradients.dw, from * outFeatures);
      ({ db } = gradients);
    }
    return Math.max(
      worstRatio(y, expected.y, sizes.y, inFeatures),
      worstRatio(dx, expected.dx, sizes.dx, outFeatures),
      worstRatio(dw, expected.dw, sizes.dw, batch),
      worstRatio(db, expected.db, sizes.db, batch),
    );
  };

  test('agrees forward and in both gradients', async () => {
    let turn = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          batch: fc.integer({ min: 1, max: 70 }),
          inFeatures: fc.integer({ min: 1, max: 50 }),
          outFeatures: fc.integer({ min: 1, max: 40 }),
        }),
        async (shape) => {
          const [, target] = targets[(turn += 1) % targets.length] ?? ['', { isSoftware: true }];
          expect(await check(shape, [0], target)).toBeLessThan(1);
        },
      ),
      { numRuns: 3, seed: 6, endOnFailure: true },
    );
  });

  test('agrees where the weights are split into slices of the inputs', async () => {
    for (const [, target] of targets)
      // oxlint-disable-next-line no-await-in-loop -- one device
      expect(await check({ batch: 3, inFeatures: 23, outFeatures: 10 }, [0, 12], target)).toBeLessThan(1);
    const [, best] = targets.at(-1) ?? ['', { isSoftware: true }];
    expect(await check({ batch: 9, inFeatures: 1200, outFeatures: 4 }, [0, 600], best)).toBeLessThan(1);
  });

  test('ReLU and the dropout mask', async () => {
    const shape = { batch: 5, inFeatures: 12, outFeatures: 9 };
    const { x, weight, bias, y: expected } = linearReference(shape, (v) => v);
    const mask = Float32Array.from({ length: 45 }, (_, i) => (i % 4 === 0 ? 0 : 1.25));
    const wanted = expected.map((v, i) => Math.max(0, v) * (mask[i] ?? 0));
    for (const [, target] of targets) {
      const kernels = linearForward({ ...shape, bias: true, relu: true, mask: true }, target);
      // oxlint-disable-next-line no-await-in-loop -- one device
      const { y } = await run(kernels, { x, weight, bias, mask, y: blank(wanted) });
      expect(
        worstRatio(
          y,
          wanted,
          wanted.map(() => 20),
          13,
        ),
      ).toBeLessThan(1);
    }
  });
});
