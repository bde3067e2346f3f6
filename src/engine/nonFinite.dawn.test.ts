/** Numbers that are none on WebGPU (Dawn): read, judged and clipped as PyTorch does, by our engine and by the reference. */
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import type { Engine } from '@/engine/engine';
import {
  type NonFiniteFile,
  wrongActivations,
  wrongClipping,
  wrongGradients,
  wrongLosses,
  wrongPredictions,
} from '@/engine/testing/nonFiniteCases';
import { lossKinds } from '@/model/losses';
import text from '../../fixtures/pytorch/non_finite.json?raw';
import { engines } from '../../scripts/parity/engines.ts';

const file = JSON.parse(text) as NonFiniteFile;

describe.each(['webgpu', 'tfjs-webgpu'] as const)('%s', (name) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engines[name].create();
  });
  afterAll(() => {
    engine.dispose();
  });

  test('reads every row as torch.argmax does, in training and in tests', async () => {
    expect(await wrongPredictions(engine, file)).toEqual([]);
  });

  test.each(lossKinds)('%s and its gradient are those of PyTorch', async (kind) => {
    expect(await wrongLosses(engine, file, kind)).toEqual([]);
  });

  test('gives the values and slopes of activations', async () => {
    expect(await wrongActivations(engine, file)).toEqual([]);
  });

  const isDense = name.startsWith('tfjs');
  test('has the gradients that are none where PyTorch has them', async () => {
    expect(await wrongGradients(engine, file, { isDense, isShort: true, count: 3 })).toEqual([]);
  });

  // The one above checks the same of the kinds that most networks have.
  test('has them in networks of other kinds, too', { tags: ['long'] }, async () => {
    expect(await wrongGradients(engine, file, { isDense })).toEqual([]);
  });

  test('clips gradients as clip_grad_norm_ does, past float32 to 0', async () => {
    expect(await wrongClipping(engine, file)).toEqual([]);
  });
});
