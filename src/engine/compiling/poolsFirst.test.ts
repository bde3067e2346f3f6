import { expect, it } from 'vitest';
import { poolsFirst } from '@/engine/compiling/poolsFirst';
import { defaultLayer } from '@/model/edit';
import type { LayerKind, LayerSpec } from '@/model/layers';

const listOf = (...kinds: LayerKind[]): LayerSpec[] =>
  kinds.map((kind) => ({ ...defaultLayer(kind, [4, 8, 8]), name: kind }));
const kindsOf = (layers: readonly LayerSpec[], kept: string[] = []): string[] =>
  poolsFirst(layers, (name) => kept.includes(name)).map(({ kind }) => kind);

it('puts a max pool before each rising activation in front of it', () => {
  for (const kind of ['Tanh', 'Sigmoid', 'LeakyReLU'] as const)
    expect(kindsOf(listOf('Conv2d', kind, 'MaxPool2d', 'Flatten'))).toEqual([
      'Conv2d',
      'MaxPool2d',
      kind,
      'Flatten',
    ]);
});

it('leaves what is kept, what falls and rises, and other pools', () => {
  const layers = listOf('Tanh', 'MaxPool2d');
  expect(kindsOf(layers, ['Tanh'])).toEqual(['Tanh', 'MaxPool2d']);
  expect(kindsOf(layers, ['MaxPool2d'])).toEqual(['Tanh', 'MaxPool2d']);
  expect(kindsOf(listOf('GELU', 'MaxPool2d'))).toEqual(['GELU', 'MaxPool2d']);
  expect(kindsOf(listOf('Tanh', 'AvgPool2d'))).toEqual(['Tanh', 'AvgPool2d']);
});
