// The hidden layer's values and the last Linear's parameters make the logits, on our own engine in Node.
import { expect, test } from 'vitest';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { defaultConfig } from '@/model/presets';
import { standardNetworks } from '@/model/standardNetworks';
import type { NetworkSpec } from '@/model/layers';
import { mnist } from '../../scripts/trainerLab.ts';
import { nodeHost } from '../../scripts/wasm/nodeHost.ts';
import { hasHidden, hiddenActivations, lastHidden } from './hiddenActivations';

const signal = new AbortController().signal;

test('is what the last Linear makes the logits of', async () => {
  const engine = await createWasmEngine({ host: nodeHost(), threads: 1 });
  const config = defaultConfig('lenet');
  await engine.compile(config);
  const { test: set } = mnist();
  const shares: number[] = [];
  const found = await hiddenActivations(
    engine,
    config.network,
    set,
    600,
    ({ done }) => shares.push(done),
    signal,
  );
  expect(found.features).toHaveLength(600 * 84);
  expect(found.isInput).toBe(false);
  expect([...found.labels.subarray(0, 4)]).toEqual([7, 2, 1, 0]);
  expect(shares.at(-1)).toBe(1);
  const logits = await engine.predict(set.images.slice(0, 600 * 784), 600);
  const parameters = await engine.readParameters();
  const last = config.network.layers.findLast(({ kind }) => kind === 'Linear')?.name ?? '';
  const [weight, bias] = ['weight', 'bias'].map(
    (key) => parameters.get(`${last}.${key}`)?.data as Float32Array,
  );
  for (const image of [0, 299, 599]) {
    for (let k = 0; k < 10; k += 1) {
      let sum = bias?.[k] ?? NaN;
      for (let c = 0; c < 84; c += 1)
        sum += (weight?.[k * 84 + c] ?? NaN) * (found.features[image * 84 + c] ?? NaN);
      expect(sum).toBeCloseTo(logits[image * 10 + k] ?? NaN, 4);
    }
  }
  engine.dispose();
});

test('is there for every network that has a Linear', () => {
  const found = standardNetworks.map((network) => [network.id, lastHidden(network)]);
  for (const [, layer] of found) expect(layer).not.toBeNull();
  expect(new Map(found as [string, string][]).get('mynn')).toBe('relu3');
  expect(new Map(found as [string, string][]).get('resnet')).not.toBe('(input)');
  const network = (layers: NetworkSpec['layers']): NetworkSpec => ({
    id: 'custom',
    name: 'Own',
    layers,
    outputActivation: 'none',
  });
  const flatten = { kind: 'Flatten', name: 'flat' } as const;
  const linear = {
    kind: 'Linear',
    name: 'fc',
    inFeatures: 784,
    outFeatures: 10,
    bias: true,
    init: { kind: 'default' },
  } as const;
  expect(lastHidden(network([flatten, linear]))).toBe('flat');
  expect(hasHidden(network([flatten, linear]))).toBe(false);
  expect(standardNetworks.every(hasHidden)).toBe(true);
  expect(lastHidden(network([flatten]))).toBeNull();
});
