// Numbers that are none: every engine on the CPU reads, judges and clips them as PyTorch does.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ImageSet } from '@/data/imageSet';
import type { Engine } from '@/engine/engine';
import { evaluationOf, lossOf } from '@/engine/evaluation';
import {
  logitsCases,
  type NonFiniteFile,
  sameNumber,
  wrongActivations,
  wrongClipping,
  wrongGradients,
  wrongLosses,
  wrongPredictions,
} from '@/engine/testing/nonFiniteCases';
import { argmax } from '@/model/argmax';
import { defaultLoss, lossKinds } from '@/model/losses';
import type { RunConfig } from '@/model/runConfig';
import type { StateDict } from '@/model/tensor';
import text from '../../fixtures/pytorch/non_finite.json?raw';
import { engines } from '../../scripts/parity/engines.ts';

const file = JSON.parse(text) as NonFiniteFile;

describe.each(logitsCases(file))('$name', ({ logits, argmax: expected, losses }) => {
  test('is read as torch.argmax does', () => {
    expect(argmax(logits)).toBe(expected);
    expect(argmax(Float32Array.from(logits))).toBe(expected);
  });

  test('has the losses of PyTorch in a test', () => {
    const wrong = losses.filter(
      ({ kind, label, loss }) => !sameNumber(lossOf(defaultLoss(kind), logits, label), loss),
    );
    expect(wrong).toEqual([]);
  });
});

test('a loss whose sum over a batch is past float32 is infinite', () => {
  const logits = new Float32Array(20).fill(-3e38);
  const loss = { kind: 'nll_logits' } as const;
  const apart = evaluationOf(logits, Uint8Array.of(1, 2), loss, 1);
  expect(apart.loss / 3e38).toBeCloseTo(1, 6);
  expect(evaluationOf(logits, Uint8Array.of(1, 2), loss, 2)).toMatchObject({
    loss: Infinity,
    sumOfBatchMeans: Infinity,
  });
});

/** A network whose gradients have a norm of about 1e30, and its first batch. */
const overflow = JSON.parse(
  readFileSync(new URL('../../fixtures/cases/clip_overflow.config.json', import.meta.url), 'utf8'),
) as RunConfig;
const noise: ImageSet = {
  images: Uint8Array.from({ length: overflow.batchSize * 784 }, (_, i) => (i * 37) % 256),
  labels: Uint8Array.from({ length: overflow.batchSize }, (_, i) => i % 10),
  count: overflow.batchSize,
};

async function parametersOf(engine: Engine): Promise<StateDict> {
  return (await engine.readState()).parameters;
}

describe.each(['wasm', 'wasm-threads', 'tfjs-wasm', 'tfjs-cpu'] as const)('%s', (name) => {
  test('reads every row as torch.argmax does, in training and in tests', async () => {
    const engine = await engines[name].create();
    expect(await wrongPredictions(engine, file)).toEqual([]);
    engine.dispose();
  });

  test.each(lossKinds)('%s and its gradient are those of PyTorch', async (kind) => {
    const engine = await engines[name].create();
    expect(await wrongLosses(engine, file, kind)).toEqual([]);
    engine.dispose();
  });

  test('gives the values and slopes of activations', async () => {
    const engine = await engines[name].create();
    expect(await wrongActivations(engine, file)).toEqual([]);
    engine.dispose();
  });

  test('has the gradients that are none where PyTorch has them', async () => {
    const engine = await engines[name].create();
    expect(await wrongGradients(engine, file, { isDense: name.startsWith('tfjs') })).toEqual([]);
    engine.dispose();
  });

  test('clips gradients as clip_grad_norm_ does, past float32 to 0', async () => {
    const engine = await engines[name].create();
    expect(await wrongClipping(engine, file)).toEqual([]);
    await engine.setImages('train', noise);
    await engine.compile(overflow);
    const before = await parametersOf(engine);
    await engine.step(1);
    expect(await parametersOf(engine)).toEqual(before);
    engine.dispose();
  });
});
