/** Optimizers, clipping, losses and odd layers against float64 PyTorch: fixtures/pytorch/training_parts.py. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '@/engine/engine';
import { lossOf } from '@/engine/evaluation';
import { createTfjsEngine } from '@/engine/tfjs/backends';
import { batchLoss } from '@/engine/tfjs/losses';
import { clippedGradients, updated, type Slots } from '@/engine/tfjs/optimizers';
import { oddNetwork, runConfig } from '@/engine/testing/testRuns';
import { clipGradientNorm } from '@/model/clipGradientNorm';
import { optimizerSlots, updateParameter, type OptimizerSpec } from '@/model/optimizers';
import { weightOf, type LossSpec } from '@/model/losses';
import { stateEntries } from '@/model/stateDict';
import type { TensorData } from '@/model/tensor';

type Named = Readonly<Record<string, number[]>>;

interface Oracle {
  readonly optimizers: {
    readonly shapes: Named;
    readonly start: Named;
    readonly gradients: readonly Named[];
    readonly cases: readonly {
      readonly spec: OptimizerSpec;
      readonly learningRate: number;
      readonly parameters: Named;
      readonly slots: Readonly<Record<string, Named>>;
    }[];
    readonly clips: readonly { readonly maxNorm: number; readonly gradients: Named }[];
  };
  readonly losses: {
    readonly logits: number[];
    readonly labels: number[];
    readonly cases: readonly {
      readonly spec: LossSpec;
      readonly loss: number;
      readonly gradient: number[];
    }[];
  };
  readonly network: {
    readonly state: Readonly<Record<string, readonly [number[], number[]]>>;
    readonly images: number[];
    readonly labels: number[];
    readonly loss: number;
    readonly logits: number[];
    readonly evalLogits: number[];
    readonly gradients: Named;
    readonly buffers: Named;
  };
}

const oracle = JSON.parse(
  readFileSync(new URL('../../../fixtures/pytorch/training_parts.json', import.meta.url), 'utf8'),
) as Oracle;

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await createTfjsEngine('wasm'));
});
afterAll(() => {
  engine.dispose();
});

/** Largest difference relative to the largest reference value. */
function error(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const scale = Math.max(...expected.map(Math.abs), 1e-30);
  return Math.max(...expected.map((value, i) => Math.abs((actual[i] ?? NaN) - value) / scale));
}

/** A few float32 roundings (6e-8 each) of values near the largest, over four updates. */
const rounding = 2e-6;

describe('optimizers', () => {
  const { shapes, start, gradients, cases, clips } = oracle.optimizers;
  const tensor = (values: readonly number[] | undefined, key: string) =>
    tf.tensor([...(values ?? [])], shapes[key] ?? [], 'float32');

  test.each(cases)('$spec', ({ spec, learningRate, parameters, slots: expectedSlots }) => {
    expect(Object.keys(expectedSlots).toSorted()).toEqual([...optimizerSlots(spec)].toSorted());
    for (const key of Object.keys(shapes)) {
      tf.tidy(() => {
        let parameter: tf.Tensor = tensor(start[key], key);
        let slots: Slots = {};
        gradients.forEach((gradient, i) => {
          ({ parameter, slots } = updated(spec, {
            parameter,
            gradient: tensor(gradient[key], key),
            slots,
            learningRate,
            rate: tf.scalar(learningRate),
            updates: i + 1,
          }));
        });
        expect(error(parameter.dataSync(), parameters[key] ?? [])).toBeLessThan(rounding);
        for (const [name, slot] of Object.entries(slots)) {
          expect(error(slot.dataSync(), expectedSlots[name]?.[key] ?? [])).toBeLessThan(rounding);
        }
      });
    }
  });

  test.each(cases)('in place: $spec', ({ spec, learningRate, parameters, slots: expectedSlots }) => {
    for (const key of Object.keys(shapes)) {
      const parameter = Float32Array.from(start[key] ?? []);
      const slots = Object.fromEntries(
        optimizerSlots(spec).map((name) => [name, new Float32Array(parameter.length)]),
      );
      gradients.forEach((gradient, i) => {
        const values = Float32Array.from(gradient[key] ?? []);
        updateParameter(spec, { parameter, gradient: values, slots, learningRate, updates: i + 1 });
      });
      expect(error(parameter, parameters[key] ?? [])).toBeLessThan(rounding);
      for (const [name, slot] of Object.entries(slots)) {
        expect(error(slot, expectedSlots[name]?.[key] ?? [])).toBeLessThan(rounding);
      }
    }
  });

  test.each(clips)('in place: clip_grad_norm_($maxNorm)', ({ maxNorm, gradients: expected }) => {
    const [first = {}] = gradients;
    const given = Object.keys(shapes).map((key) => ({ key, values: Float32Array.from(first[key] ?? []) }));
    clipGradientNorm(
      given.map(({ values }) => values),
      maxNorm,
    );
    for (const { key, values } of given) expect(error(values, expected[key] ?? [])).toBeLessThan(rounding);
  });

  test.each(clips)('clip_grad_norm_($maxNorm)', ({ maxNorm, gradients: expected }) => {
    tf.tidy(() => {
      const [first = {}] = gradients;
      const given = new Map(Object.keys(shapes).map((key) => [key, tensor(first[key], key)]));
      for (const [key, clipped] of clippedGradients(given, maxNorm)) {
        expect(error(clipped.dataSync(), expected[key] ?? [])).toBeLessThan(rounding);
      }
    });
  });
});

describe('losses', () => {
  const { logits, labels, cases } = oracle.losses;
  test.each(cases)('$spec', ({ spec, loss, gradient }) => {
    tf.tidy(() => {
      const z = tf.tensor2d(logits, [labels.length, 10]);
      const result = batchLoss(spec, z, Uint8Array.from(labels));
      expect(error(result.loss.dataSync(), [loss])).toBeLessThan(rounding);
      expect(error(result.gradient.dataSync(), gradient)).toBeLessThan(rounding);
      const hits = labels.filter((label, n) => {
        const row = logits.slice(10 * n, 10 * n + 10);
        return row.indexOf(Math.max(...row)) === label;
      });
      expect(result.accuracy.dataSync()[0]).toBeCloseTo(hits.length / labels.length, 6);
    });
    const each = labels.map((label, n) => lossOf(spec, logits.slice(10 * n, 10 * n + 10), label));
    expect(each.reduce((a, b) => a + b, 0) / weightOf(spec, labels)).toBeCloseTo(loss, 12);
  });
});

test('a network of odd strides, windows and a projection', async () => {
  const { state, images, labels, loss, logits, evalLogits, gradients, buffers } = oracle.network;
  const parameters = new Map<string, TensorData>();
  for (const { key, dtype, shape } of stateEntries(oddNetwork)) {
    const [, values = []] = state[key] ?? [];
    parameters.set(
      key,
      dtype === 'I64'
        ? { dtype, shape, data: BigInt64Array.of(0n) }
        : { dtype, shape, data: Float32Array.from(values) },
    );
  }
  const config = runConfig(oddNetwork, {
    loss: { kind: 'cross_entropy', labelSmoothing: 0.1 },
    learningRate: 0,
  });
  await engine.compile(config, { step: 0, parameters, optimizer: {} });
  const batch = { images: Uint8Array.from(images), labels: Uint8Array.from(labels) };

  // BatchNorm over 54 and 150 values amplifies float32 rounding a little.
  const tolerance = 1e-5;
  const pass = await engine.inspectBatch(batch.images, batch.labels);
  expect(error([pass.loss], [loss])).toBeLessThan(tolerance);
  expect(error(pass.logits, logits)).toBeLessThan(tolerance);
  expect([...pass.gradients.keys()].toSorted()).toEqual(Object.keys(gradients).toSorted());
  for (const [key, { data }] of pass.gradients) {
    if (key === 'conv.bias') {
      // Before BatchNorm the true gradient is 0; what is left is rounding.
      expect(Math.max(...Array.from(data, Number).map(Math.abs))).toBeLessThan(1e-6);
    } else {
      expect(error(Array.from(data, Number), gradients[key] ?? []), key).toBeLessThan(tolerance);
    }
  }
  for (const [key, { data }] of pass.buffers) {
    expect(error(Array.from(data, Number), buffers[key] ?? []), key).toBeLessThan(tolerance);
  }

  // One step at learning rate 0 moves the running statistics alone, which eval mode then uses.
  await engine.setImages('train', { ...batch, count: labels.length });
  await engine.compile({ ...config, trainingImages: labels.length }, { step: 0, parameters, optimizer: {} });
  await engine.step(1);
  expect(error(await engine.predict(batch.images, labels.length), evalLogits)).toBeLessThan(tolerance);
});
