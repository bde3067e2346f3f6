// Every initialisation of the registry, over random settings; PyTorch's own distributions: model/initialise.test.ts.
import { describe, expect, it } from 'vitest';
import { specAt } from '@/model/testing/arbitrarySpecs';
import { drawn, initialisations, type WeightInit } from '@/model/initialisations';
import { keysOf } from '@/model/kindFields';

describe.each(keysOf(initialisations))('%s', (kind) => {
  const { defaults, fields } = initialisations[kind];

  it.each(['weight', 'bias'] as const)(
    'draws a %s of finite numbers around 0, the same from one key',
    (role) => {
      for (let at = 0; at < 10; at += 1) {
        const init = specAt<WeightInit>(defaults, fields, at);
        const tensor = { role, shape: [40, 50], count: 2000, fanIn: 50, fanOut: 40, key: at };
        const values = drawn(init, tensor);
        expect(values.length).toBe(tensor.count);
        expect(values.every(Number.isFinite)).toBe(true);
        const mean = values.reduce((sum, value) => sum + value, 0) / tensor.count;
        const std = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / tensor.count);
        // Five standard errors of a mean.
        expect(Math.abs(mean)).toBeLessThanOrEqual(5 * (std / Math.sqrt(tensor.count)));
        expect(drawn(init, tensor)).toEqual(values);
      }
    },
  );
});
