// Every kind of layer of the registry against torch.nn: its name and arguments, its state, its shape, and its reference in float64.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needsVector, randomLayer } from '@/engine/testing/layerCase';
import { definitionOf, layerKinds, type LayerSpec } from '@/model/layers';
import type { Gradients64 } from '@/model/layers/reference';
import { uniform } from '@/model/random';
import { sequencePass } from '@/model/reference';
import { outputShape } from '@/model/shapes';
import { layerEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';
import { startTorch, type TorchProcess } from './torchProcess.ts';
import { torchPythonOfTest } from './torchTest.ts';

const python = torchPythonOfTest();
const script = fileURLToPath(new URL('./layers.py', import.meta.url));

interface Answer {
  readonly state: readonly (readonly [string, readonly number[]])[];
  readonly shape: readonly number[];
  readonly y: readonly number[];
  readonly dx: readonly number[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const random = (count: number, key: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => 2 * uniform(key, i) - 1);

/** Largest difference, of values of order 1. */
function distance(found: ArrayLike<number> | undefined, expected: readonly number[]): number {
  if (found?.length !== expected.length) return Infinity;
  return Math.max(0, ...expected.map((value, i) => Math.abs((found[i] ?? NaN) - value)));
}

// Residual is none of PyTorch's.
const kinds = layerKinds.filter((kind) => kind !== 'Residual');
const cases = kinds.flatMap((kind) => [1, 2, 3, 4, 5, 6].map((at) => [kind, at] as const));

describe.runIf(python !== null)('as PyTorch', () => {
  let process: TorchProcess;
  beforeAll(() => {
    process = startTorch(python ?? '', [script]);
  });
  afterAll(() => {
    process.stop();
  });

  test.each(cases)('%s, case %i', async (kind, at) => {
    const image = [1 + (at % 4), 4 + at, 9 - at];
    const input = needsVector(kind, image) ? [30] : image;
    const found = randomLayer(kind, input, 300 * at);
    // What is dropped is drawn by other numbers there.
    const layer: LayerSpec = 'p' in found ? { ...found, p: 0 } : found;
    // PyTorch refuses a single value a channel in training.
    const images = definitionOf(layer).seesBatch ? at + 1 : at;
    const shape = [images, ...input];
    const x = random(sizeOf(shape), 10 * at);
    const entries = layerEntries(layer);
    const weights = new Map(
      entries.map(({ key, shape: size }, i) => [key, random(sizeOf(size), 10 * at + i)] as const),
    );
    const suffix = (key: string): string => key.slice(layer.name.length + 1);
    const answer = (await process.ask([
      'layer',
      layer,
      shape,
      [...x],
      Object.fromEntries([...weights].map(([key, data]) => [suffix(key), [...data]])),
    ])) as Answer;

    expect(entries.map(({ key, shape: size }) => [suffix(key), size])).toEqual(answer.state);
    expect([images, ...outputShape(layer, input)]).toEqual(answer.shape);
    const pass = sequencePass([layer], { shape, data: x }, weights, () => true);
    const gradients: Gradients64 = new Map();
    const dx = pass.backward(
      pass.y.data.map((_, i) => ((7 * i) % 13) - 6),
      gradients,
    );
    expect(pass.y.shape).toEqual(answer.shape);
    expect(distance(pass.y.data, answer.y)).toBeLessThan(1e-11);
    expect(distance(dx, answer.dx)).toBeLessThan(1e-9);
    expect([...gradients.keys()].map(suffix).sort()).toEqual(Object.keys(answer.gradients).sort());
    for (const [key, data] of gradients)
      expect(distance(data, answer.gradients[suffix(key)] ?? [])).toBeLessThan(1e-9);
  });
});
