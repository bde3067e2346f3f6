/** The kernels around a network in a training step: input, loss, gradient norm, optimizer, statistics. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lossOf } from '@/engine/evaluation';
import { TensorSums } from '@/engine/tensorSums';
import { clockData } from '@/engine/webgpu/kernels/clock';
import { givenInput, trainingInput } from '@/engine/webgpu/kernels/input';
import { largestError, normals, runs, zeros, type Floats } from '@/engine/webgpu/testing/kernelArrays';
import { lossAndGradient, metricsStride } from '@/engine/webgpu/kernels/loss';
import { clipScale, squareSums, squareSumsLength } from '@/engine/webgpu/kernels/norm';
import { changeParts, optimizerUpdate, type PartialGradient } from '@/engine/webgpu/kernels/optimizer';
import { scheduleRow } from '@/engine/webgpu/kernels/optimizers';
import { runKernels } from '@/engine/webgpu/testing/runKernels';
import {
  activityLength,
  channelActivity,
  deadShareOf,
  differenceParts,
  partsOf,
  partStride,
  tensorParts,
} from '@/engine/webgpu/kernels/statistics';
import { specAt } from '@/model/testing/arbitrarySpecs';
import { augmentImage, augmentKey, augmentTransform } from '@/model/augment';
import { batchIndices } from '@/model/batchOrder';
import { optimizerSlots, updateParameter, type OptimizerSlot, type OptimizerSpec } from '@/model/optimizers';
import { dropoutKeeps, randomBits } from '@/model/random';
import { defaultLoss, lossKinds, losses, weightOf } from '@/model/losses';
import type { InputPipeline } from '@/model/runConfig';
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

describe('input', () => {
  const seed = 9;
  const images = Uint8Array.from({ length: 20 * 784 }, (_, i) => randomBits(4, i) & 255);
  const labels = Uint8Array.from({ length: 20 }, (_, i) => i % 10);
  const packed = { images: new Uint32Array(images.buffer), labels: new Uint32Array(labels.buffer) };

  /** One image by the definitions, in float64 behind the augmentation. */
  function expectedInput(index: number, position: number, step: number, input: InputPipeline): Float64Array {
    const bytes = images.subarray(index * 784, index * 784 + 784);
    const source = Float32Array.from(bytes, (byte) => byte / 255);
    const { augment, resize, normalize } = input;
    if (augment !== null) {
      augmentImage(bytes, augmentTransform(augment, augmentKey(seed, step), position), source, 0);
    }
    const size = resize ?? 28;
    const read = (row: number, column: number): number =>
      source[Math.min(27, Math.max(0, row)) * 28 + Math.min(27, Math.max(0, column))] ?? NaN;
    return Float64Array.from({ length: size * size }, (_, i) => {
      const y = ((Math.floor(i / size) + 0.5) * 28) / size - 0.5;
      const x = (((i % size) + 0.5) * 28) / size - 0.5;
      const [top, left] = [Math.floor(y), Math.floor(x)];
      const along = (row: number): number =>
        read(row, left) * (1 - (x - left)) + read(row, left + 1) * (x - left);
      const value = along(top) * (1 - (y - top)) + along(top + 1) * (y - top);
      return normalize === null ? value : (value - normalize.mean) / normalize.std;
    });
  }

  const pipelines: readonly InputPipeline[] = [
    { augment: null, resize: null, normalize: { mean: 0.1307, std: 0.3081 } },
    { augment: { shift: 3, rotate: 180, scale: 0.2 }, resize: null, normalize: null },
    { augment: { shift: 2, rotate: 10, scale: 0.1 }, resize: 33, normalize: { mean: 0.5, std: 0.5 } },
    { augment: null, resize: 64, normalize: null },
  ];

  test.each(pipelines)('a step takes its images: %j', async (input) => {
    const size = input.resize ?? 28;
    // 3 steps an epoch, the last with 4 images; this is the last of the second epoch.
    const config = { batchSize: 8, trainingImages: 20, dropLast: false, shuffle: true, seed };
    const step = 5;
    const batch = 4;
    const masks = [
      { batch, height: 2, width: 3, channels: 2, p: 0.5, layer: 1, perChannel: false, offset: 1 },
    ];
    const { x, batchLabels, mask, clock } = await runKernels(
      device,
      [trainingInput({ batch, ...config, input, masks })],
      {
        ...packed,
        clock: clockData({ step, row: 3, slot: 2, seed }).with(0, 99),
        x: zeros(batch * size * size),
        batchLabels: new Uint32Array(batch),
        mask: zeros(1 + batch * 12),
      },
    );
    const indices = batchIndices(config, step);
    expect([...batchLabels]).toEqual(Array.from(indices, (index) => index % 10));
    const expected = Array.from(indices, (index, position) => [
      ...expectedInput(index, position, step, input),
    ]);
    // Turning moves a pixel by up to 20 * 1e-6 px, over steps of up to 1 between neighbours, and by 1 / std.
    expect(largestError(x, expected.flat())).toBeLessThan(1e-4);
    expect([...clock.subarray(0, 4)]).toEqual([step, 3, 2, seed]);
    const factor = (i: number): number => {
      const [n, pixel, c] = [Math.floor(i / 12), Math.floor(i / 2) % 6, i % 2];
      return dropoutKeeps(seed, step, 1, (n * 2 + c) * 6 + pixel, 0.5) ? 2 : 0;
    };
    expect([...mask]).toEqual([0, ...Array.from({ length: batch * 12 }, (_, i) => factor(i))]);
  });

  test.each([null, { mean: 0.1307, std: 0.3081 }, { mean: 0.5, std: 0.5 }, { mean: 0.485, std: 0.229 }])(
    'rounds every byte as PyTorch does, whatever division the adapter has: %j',
    async (normalize) => {
      const bytes = Uint8Array.from({ length: 784 }, (_, i) => i);
      const input: InputPipeline = { augment: null, resize: null, normalize };
      const { x } = await runKernels(device, [givenInput({ batch: 1, input })], {
        images: new Uint32Array(bytes.buffer),
        x: zeros(784),
        range: Uint32Array.of(0, 1),
      });
      const { fround } = Math;
      const expected = Array.from(bytes, (byte) => {
        const value = fround(byte / 255);
        if (normalize === null) return value;
        return fround(fround(value - fround(normalize.mean)) / fround(normalize.std));
      });
      expect([...x]).toEqual(expected);
      // The reciprocal alone would not do.
      expect(bytes.some((byte) => fround(byte * fround(1 / 255)) !== fround(byte / 255))).toBe(true);
    },
  );

  test('in file order, and given images', async () => {
    const input: InputPipeline = { augment: null, resize: null, normalize: null };
    const config = { batchSize: 6, trainingImages: 20, dropLast: false, shuffle: false };
    const result = await runKernels(
      device,
      [trainingInput({ batch: 6, ...config, input }), givenInput({ batch: 3, input })],
      {
        ...packed,
        clock: clockData({ step: 5, row: 0, slot: 0, seed }),
        x: zeros(6 * 784),
        batchLabels: new Uint32Array(6),
        range: Uint32Array.of(18, 20),
      },
    );
    expect([...result.batchLabels]).toEqual([6, 7, 8, 9, 0, 1]);
    const at = (index: number): number[] => [...expectedInput(index, 0, 0, input)];
    const expected = [18, 19, 19, 9, 10, 11].flatMap(at);
    expect(largestError(result.x, expected)).toBeLessThan(1e-6);
  });
});

test.each(lossKinds)('%s: loss, images right and gradient', async (kind) => {
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 150 }),
    fc.nat(1e6),
    fc.constantFrom(0.1, 3, 60),
    async (batch, key, spread) => {
      const loss = specAt(defaultLoss(kind), losses[kind].fields, key);
      const logits = normals(batch * 10, key).map((value) => value * spread);
      const batchLabels = Uint32Array.from({ length: batch }, (_, n) => randomBits(key, n) % 10);
      const slot = 2;
      const { dlogits, metrics } = await runKernels(device, [lossAndGradient({ batch, loss })], {
        clock: clockData({ step: 0, row: 0, slot, seed: 0 }),
        logits,
        batchLabels,
        dlogits: zeros(batch * 10),
        metrics: zeros(3 * metricsStride),
      });
      const row = (n: number): number[] => [...logits.subarray(n * 10, n * 10 + 10)];
      const label = (n: number): number => batchLabels[n] ?? 0;
      const each = Array.from({ length: batch }, (_, n) => lossOf(loss, row(n), label(n)));
      const weight = weightOf(loss, batchLabels);
      const mean = each.reduce((a, b) => a + b, 0) / weight;
      const right = each.filter((_, n) => row(n).indexOf(Math.max(...row(n))) === label(n)).length;
      // exp and log of WGSL may be off by a few units of 2^-24 and 2^-21.
      expect(Math.abs((metrics[slot * metricsStride] ?? NaN) - mean)).toBeLessThan(
        2e-6 * (1 + Math.abs(mean)),
      );
      expect(metrics[slot * metricsStride + 1]).toBe(right);
      // By central differences in float64, good to 1e-8.
      const step = 1e-4;
      const slope = (n: number, k: number): number => {
        const moved = (by: number): number => lossOf(loss, row(n).with(k, (row(n)[k] ?? 0) + by), label(n));
        return (moved(step) - moved(-step)) / (2 * step) / weight;
      };
      const gradient = Array.from({ length: batch * 10 }, (_, i) => slope(Math.floor(i / 10), i % 10));
      // Of cross entropy it is at most 1 / weight; of mse it grows with the logits, and so does what float32 rounds off: 2^-24 of it.
      const shares = gradient.map(
        (value, i) => Math.abs((dlogits[i] ?? NaN) - value) / (1 / batch + Math.abs(value)),
      );
      expect(Math.max(...shares)).toBeLessThan(2e-6);
    },
  );
  await fc.assert(property, runs(2));
});

const optimizers: readonly OptimizerSpec[] = [
  { kind: 'SGD', momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 },
  { kind: 'SGD', momentum: 0.9, dampening: 0.3, nesterov: false, weightDecay: 0.01 },
  { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: true, weightDecay: 0 },
  { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.1 },
  { kind: 'AdamW', beta1: 0.8, beta2: 0.99, eps: 1e-6, weightDecay: 0.1 },
  { kind: 'RMSprop', alpha: 0.99, eps: 1e-8, momentum: 0, centered: false, weightDecay: 0.1 },
  { kind: 'RMSprop', alpha: 0.9, eps: 1e-3, momentum: 0.9, centered: true, weightDecay: 0 },
];

describe('optimizer', () => {
  const count = 320;
  const tensors = [
    { first: 0, count: 50 },
    { first: 64, count: 64 },
    { first: 128, count: 165 },
  ];
  /** Random in the tensors, 0 in the gaps between them. */
  const bank = (key: number): Floats =>
    normals(count, key).map((value, i) =>
      tensors.some(({ first, count: size }) => i >= first && i < first + size) ? value : 0,
    );
  const rates = [0.1, 0.05, 0.02];

  test.each(optimizers)('three updates of $kind', async (optimizer) => {
    const start = bank(1);
    const partsAtOnce = optimizer.kind === 'SGD' ? 8 : 1;
    // The gradients of two tensors come in parts; they fill no vectors, and each part has foreign values behind.
    const [stride, last] = [172, 20 * 172];
    const split: PartialGradient[] = [
      { first: 128, count: 165, offset: 8, splits: 19, stride },
      { first: 0, count: 50, offset: last, splits: 3, stride: 52 },
    ];
    // So small that sums of 19 are about 1, as the tolerances below want it.
    const partials = normals(last + 3 * 52, 5).map((value) => value / 4);
    const gradients = bank(2);
    const whole = gradients.map((value, i) => {
      const own = split.find(({ first, count: size }) => i >= first && i < first + size);
      if (own === undefined) return value;
      const place = own.offset + i - own.first;
      return Array.from({ length: own.splits }, (_, s) => partials[place + s * own.stride] ?? NaN).reduce(
        (sum, part) => Math.fround(sum + part),
        0,
      );
    });
    const schedule = Float32Array.from(rates.flatMap((rate, t) => scheduleRow(optimizer, rate, t + 1)));
    const expected = start.slice();
    const slots = optimizerSlots(optimizer);
    const state = Object.fromEntries(slots.map((name) => [name, zeros(count)]));
    let before = start;
    rates.forEach((learningRate, t) => {
      before = expected.slice();
      updateParameter(optimizer, {
        parameter: expected,
        gradient: whole,
        slots: state,
        learningRate,
        updates: t + 1,
      });
    });

    const params = { optimizer, count, clip: false, partials: split, partsAtOnce, ringLength: 2 };
    let clock = clockData({ step: 10, row: 0, slot: 1, seed: 0 });
    let data = {
      clock,
      schedule,
      parameters: start,
      gradients,
      partials,
      ...(Object.fromEntries(slots.map((name) => [name, zeros(count)])) as Record<OptimizerSlot, Floats>),
      changes: zeros(2 * 3),
    };
    for (let t = 0; t < rates.length; t += 1) {
      const isLast = t === 2 && slots.length < 3;
      data = await runKernels(device, [optimizerUpdate(isLast ? { ...params, tensors } : params)], data);
      const { clock: after } = data;
      expect([...after.subarray(5)]).toEqual([11 + t, t + 1, t % 2]);
      clock = clockData({ step: 11 + t, row: t + 1, slot: t % 2, seed: 0 });
      data = { ...data, clock };
    }
    // Of parameters around 1; the first update of Adam moves by the sign of tiny gradients, whatever their rounding.
    expect(largestError(data.parameters, expected)).toBeLessThan(4e-6);
    for (const name of slots) expect(largestError(data[name], state[name] ?? [])).toBeLessThan(2e-6);
    if (slots.length < 3) {
      changeParts(tensors).forEach(({ first, parts }, at) => {
        const pairs = data.changes.subarray(2 * first, 2 * (first + parts));
        const [change, norm] = [0, 1].map((k) =>
          pairs.reduce((sum, value, i) => (i % 2 === k ? sum + value : sum), 0),
        );
        const tensor = tensors[at] ?? { first: 0, count: 0 };
        const inside = [...before.keys()].slice(tensor.first, tensor.first + tensor.count);
        const squares = (value: (i: number) => number): number =>
          inside.reduce((sum, i) => sum + value(i) ** 2, 0);
        expect((norm ?? NaN) / squares((i) => before[i] ?? 0)).toBeCloseTo(1, 5);
        const moved = squares((i) => (expected[i] ?? 0) - (before[i] ?? 0));
        expect((change ?? NaN) / moved).toBeCloseTo(1, 3);
      });
    }
  });

  test.each([null, 1, 1e6])('gradient norm and clipping to %s', async (maxNorm) => {
    const banks = [64 * 1000, 64];
    const [first = zeros(0), second = zeros(0)] = banks.map((size, key) => normals(size, key));
    const lengths = banks.map(squareSumsLength);
    const partials = lengths.reduce((a, b) => a + b, 0);
    const { squares } = await runKernels(device, [squareSums({ count: first.length, firstPartial: 0 })], {
      gradients: first,
      squares: zeros(partials),
    });
    const { clock, metrics, parameters } = await runKernels(
      device,
      [
        squareSums({ count: second.length, firstPartial: lengths[0] ?? 0 }),
        clipScale({ partials, maxNorm }),
        optimizerUpdate({
          optimizer: { kind: 'SGD', momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 },
          count: second.length,
          clip: true,
        }),
      ],
      {
        gradients: second,
        squares,
        clock: clockData({ step: 0, row: 0, slot: 1, seed: 0 }),
        metrics: zeros(2 * metricsStride),
        schedule: Float32Array.of(1, 0, 0, 0),
        parameters: zeros(second.length),
      },
    );
    const norm = Math.sqrt([...first, ...second].reduce((sum, value) => sum + value * value, 0));
    expect((metrics[metricsStride + 2] ?? NaN) / norm).toBeCloseTo(1, 6);
    const scale = maxNorm === null ? 1 : Math.min(1, maxNorm / (norm + 1e-6));
    const [, , , , stored = NaN] = new Float32Array(clock.buffer);
    expect(stored / scale).toBeCloseTo(1, 6);
    expect(
      largestError(
        parameters,
        second.map((value) => -value * scale),
      ),
    ).toBeLessThan(1e-6);
  });
});

describe('statistics', () => {
  test('sums of a tensor with zeros and values that are not finite', async () => {
    const count = 5001;
    const x = normals(count, 3).map((value, i) => (i % 7 === 0 ? 0 : 20 + value));
    x[11] = Number.NaN;
    x[600] = Number.NEGATIVE_INFINITY;
    const parts = partsOf(count);
    const result = await runKernels(device, [tensorParts({ count, firstPart: 1 })], {
      x,
      parts: zeros((1 + parts) * partStride),
    });
    const sums = new TensorSums();
    for (let part = 1; part <= parts; part += 1) {
      const [finite = 0, mean = 0, squaredDeviations = 0, maxAbs = 0, zeroCount = 0, nonFinite = 0] =
        result.parts.subarray(part * partStride);
      sums.addPart({ finite, mean, squaredDeviations, maxAbs, zeros: zeroCount, nonFinite });
    }
    const finite = [...x].filter(Number.isFinite);
    const mean = finite.reduce((a, b) => a + b, 0) / finite.length;
    const std = Math.sqrt(finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / finite.length);
    const found = sums.statistics();
    expect(found.mean / mean).toBeCloseTo(1, 5);
    expect(found.std / std).toBeCloseTo(1, 5);
    expect(found.maxAbs).toBe(Math.max(...finite.map(Math.abs)));
    expect(found.zeroShare).toBe(finite.filter((value) => value === 0).length / finite.length);
    expect(found.nonFinite).toBe(2);
  });

  test('sums of what an update changed', async () => {
    const before = normals(700, 5);
    const x = before.map((value, i) => value + (i % 3) / 8);
    const parts = partsOf(700);
    const result = await runKernels(device, [differenceParts({ count: 700, firstPart: 0 })], {
      x,
      before,
      parts: zeros(parts * partStride),
    });
    let squares = 0;
    for (let part = 0; part < parts; part += 1) {
      const [finite = 0, mean = 0, deviations = 0] = result.parts.subarray(part * partStride);
      squares += deviations + finite * mean * mean;
    }
    const expected = x.reduce((sum, value, i) => sum + (value - (before[i] ?? 0)) ** 2, 0);
    expect(squares / expected).toBeCloseTo(1, 5);
  });

  test.each([
    [3, 5],
    [2000, 4],
    [2, 5000],
  ])('dead channels of %i rows of %i', async (rows, channels) => {
    const isDead = (c: number): boolean => c % 3 === 0;
    // A channel that lives does so in the last row alone.
    const x = Float32Array.from({ length: rows * channels }, (_, i) =>
      i >= (rows - 1) * channels && !isDead(i % channels) ? -1 : 0,
    );
    const params = { rows, channels, offset: 2 };
    const { alive } = await runKernels(device, [channelActivity(params)], {
      x,
      alive: new Uint32Array(2 + activityLength(params)),
    });
    const dead = Array.from({ length: channels }, (_, c) => c).filter(isDead).length;
    expect(deadShareOf(alive.subarray(2), channels)).toBe(dead / channels);
  });
});
