import { describe, expect, it } from 'vitest';
import { fusionOf, isDropout, type FusionRules, type Takes } from '@/engine/compiling/fusion';
import type { Conv2d, Dropout2d, LayerSpec, MaxPool2d, ReLU } from '@/model/layers';

const conv: Conv2d = {
  kind: 'Conv2d',
  name: 'conv',
  inChannels: 1,
  outChannels: 4,
  kernelSize: 3,
  stride: 1,
  padding: 1,
  bias: true,
  init: { kind: 'default' },
};
const relu: ReLU = { kind: 'ReLU', name: 'relu' };
const pool: MaxPool2d = { kind: 'MaxPool2d', name: 'pool', kernelSize: 2, stride: 2, padding: 0 };
const dropout: Dropout2d = { kind: 'Dropout2d', name: 'dropout', p: 0.5 };
const everything: Takes = () => true;

const behind = (
  layers: readonly LayerSpec[],
  { isTraining = true, isKept = () => false, takes = everything }: Partial<FusionRules> = {},
) => fusionOf([conv, ...layers], 0, { isTraining, isKept, takes });

describe('fusionOf', () => {
  it('takes ReLU, pool and dropout in any order, each once', () => {
    for (const layers of [
      [relu, pool, dropout],
      [dropout, pool, relu],
    ])
      expect(behind([...layers, relu])).toEqual({ relu: true, pool, dropout, length: 3 });
    expect(behind([pool, pool])).toEqual({ relu: false, pool, dropout: null, length: 1 });
  });

  it('leaves a dropout that no ReLU follows', () => {
    expect(behind([pool, dropout])).toMatchObject({ pool, dropout: null, length: 1 });
    expect(behind([dropout, pool])).toMatchObject({ pool: null, length: 0 });
  });

  it('passes dropouts that do nothing', () => {
    expect(behind([dropout, relu], { isTraining: false })).toMatchObject({
      relu: true,
      dropout: null,
      length: 2,
    });
    expect(behind([{ ...dropout, p: 0 }, pool, relu])).toMatchObject({ relu: true, pool, length: 3 });
  });

  it('ends before what the engine does not take, or what no kernel takes over', () => {
    expect(behind([relu, dropout, pool], { takes: (layer) => !isDropout(layer) })).toMatchObject({
      relu: true,
      length: 1,
    });
    expect(behind([relu, pool], { takes: (_, taken) => !taken.relu })).toMatchObject({
      pool: null,
      length: 1,
    });
    expect(behind([conv, relu])).toMatchObject({ relu: false, length: 0 });
  });

  it('takes nothing behind an output that is kept', () => {
    expect(behind([relu, pool], { isKept: (name) => name === 'relu' })).toMatchObject({
      relu: true,
      pool: null,
    });
    expect(behind([relu], { isKept: (name) => name === 'conv' })).toMatchObject({ relu: false, length: 0 });
  });
});
