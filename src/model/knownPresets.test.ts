import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configFromQuery, configToQuery } from '@/model/configQuery';
import { knownNetworks } from '@/model/knownNetworks';
import { knownPresets } from '@/model/knownPresets';
import { inferShapes, inputShape } from '@/model/shapes';
import { moreNetworks } from '@/model/standardNetworks';
import { parameterEntries, stateEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';
import { validateConfig } from '@/model/validate';

interface Described {
  readonly state_keys: readonly (readonly [string, readonly number[]])[];
  readonly parameters: number;
}

function json(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
}

// Written by fixtures/pytorch/known_networks.py.
const pytorch = json('fixtures/pytorch/known_networks.json') as Readonly<Record<string, Described>>;

describe('known networks', () => {
  it.each(moreNetworks.map((network) => [network.id, network] as const))(
    '%s: keys, order, shapes and number of PyTorch',
    (id, network) => {
      expect(stateEntries(network).map(({ key, shape }) => [key, shape])).toEqual(pytorch[id]?.state_keys);
      const count = parameterEntries(network).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      expect(count).toBe(pytorch[id]?.parameters);
    },
  );

  it('have a preset each', () => {
    expect(knownPresets.map(({ config }) => config.network)).toEqual(knownNetworks);
  });
});

describe.each(knownPresets)('$id', ({ id, config, measured }) => {
  it('can be trained, and comes back out of a link', () => {
    expect(inferShapes(config.network, inputShape(config.input)).at(-1)?.output).toEqual([10]);
    expect(validateConfig(config)).toEqual([]);
    expect(configFromQuery(configToQuery(config))).toEqual({ config, issues: [] });
  });

  it('says what docs/presets.json has', () => {
    const { entries } = json('docs/presets.json') as {
      readonly entries: readonly {
        readonly runId: string;
        readonly seed: number;
        readonly cpuSeconds: number;
        readonly tests: readonly { readonly epoch: number; readonly accuracy: number }[];
      }[];
    };
    const entry = entries.find(({ runId, seed }) => runId === id && seed === config.seed);
    const last = entry?.tests.at(-1);
    expect(measured?.accuracy).toBe(last?.accuracy);
    expect(measured?.seconds).toBe(entry === undefined ? undefined : Math.round(entry.cpuSeconds));
    if (last !== undefined) expect(last.epoch).toBe(config.epochs);
  });
});
