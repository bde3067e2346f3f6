import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { architectures, mynn } from '@/model/architectures';
import { parameterEntries, stateEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';

interface Manifest {
  readonly state_keys: readonly (readonly [string, readonly number[]])[];
}

function manifest(id: string): Manifest {
  const path = new URL(`../../fixtures/pytorch/${id}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}

/** Table of fixtures/pytorch/README.md. */
const parameterCounts: Record<string, number> = {
  lenet: 61_706,
  mynn: 21_840,
  resnet: 41_514,
  resnet18: 11_175_370,
  vgg2: 1_899_850,
  vgg16: 134_300_362,
};

describe('stateEntries', () => {
  it.each(architectures.map((network) => [network.id, network] as const))(
    '%s: keys, order and shapes of PyTorch',
    (id, network) => {
      expect(stateEntries(network).map(({ key, shape }) => [key, shape])).toEqual(manifest(id).state_keys);
      const count = parameterEntries(network).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      expect(count).toBe(parameterCounts[id]);
    },
  );

  it('says which name of stateOrder is unknown', () => {
    expect(() => stateEntries({ ...mynn, stateOrder: ['conv9'] })).toThrow('conv9');
  });
});
