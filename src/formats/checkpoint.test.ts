/** Weights out and in: what load_state_dict(strict=True) takes is taken. scripts/torch holds the same rules against PyTorch. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeWeights } from '@/formats/checkpoint';
import { FormatError } from '@/formats/formatError';
import { loadStateDict, type LoadedStateDict } from '@/formats/loadStateDict';
import { encodeSafetensors } from '@/formats/safetensors';
import { openWeightFile } from '@/formats/weightFile';
import { lenet, mynn, vgg2 } from '@/model/architectures';
import type { NetworkSpec } from '@/model/layers';
import { parseNetworkSpec } from '@/model/networkSchema';
import { stateEntries } from '@/model/stateDict';
import { sizeOf, type StateDict, type TensorData } from '@/model/tensor';
import type { StateDictMismatch } from '@/model/weightFiles';
import { standardNetworks } from '@/model/standardNetworks';
import { inMemory } from '../../scripts/fixtures/inMemory.ts';

/** A state of the right shapes with distinct numbers. */
function numbered(network: NetworkSpec): Map<string, TensorData> {
  return new Map(
    stateEntries(network).map(({ key, shape, dtype }, k): [string, TensorData] => [
      key,
      dtype === 'I64'
        ? { dtype, shape, data: BigInt64Array.of(BigInt(k)) }
        : { dtype, shape, data: new Float32Array(sizeOf(shape)).map((_, i) => k + i / 1000) },
    ]),
  );
}

const bytesOf = ({ buffer, byteOffset, byteLength } = new Uint8Array(0) as TensorData['data']): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

const load = async (network: NetworkSpec, bytes: Uint8Array<ArrayBuffer>): Promise<LoadedStateDict> =>
  loadStateDict(network, await openWeightFile(inMemory(bytes)));

async function mismatchOf(network: NetworkSpec, state: StateDict): Promise<StateDictMismatch> {
  const error: unknown = await load(network, encodeSafetensors(state)).catch((reason: unknown) => reason);
  if (error instanceof FormatError && error.details.kind === 'mismatch') return error.details;
  throw error instanceof Error ? error : new Error('The weights were accepted.');
}

const renamed = (state: StateDict, name: (key: string) => string): Map<string, TensorData> =>
  new Map([...state].map(([key, tensor]) => [name(key), tensor]));

const caseFile = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/cases/weights/${name}`, import.meta.url)));
const caseNetwork = (name: string): NetworkSpec =>
  parseNetworkSpec(JSON.parse(new TextDecoder().decode(caseFile(name))));
const small = caseNetwork('small_network.json');
const counter = 'bn1.num_batches_tracked';

describe.each(
  standardNetworks.filter(({ id }) => id !== 'vgg16').map((network) => [network.name, network] as const),
)('%s', (_name, network) => {
  test('weights come back in state_dict order', async () => {
    const state = numbered(network);
    // A file may hold its tensors in any order.
    const shuffled = new Map([...state].toReversed());
    const { parameters, report } = await load(network, encodeWeights(network, shuffled));
    expect([...parameters.keys()]).toEqual([...state.keys()]);
    for (const [key, { dtype, shape, data }] of state) {
      expect(parameters.get(key)).toMatchObject({ dtype, shape });
      // Vitest's own comparison takes minutes over eleven million numbers.
      expect(bytesOf(parameters.get(key)?.data).equals(bytesOf(data))).toBe(true);
    }
    expect(report).toEqual({
      tensors: state.size,
      prefix: '',
      absentCounters: 0,
      ignored: { count: 0, first: [] },
      firstOfSeveral: { count: 0, first: [] },
      nonFinite: [],
    });
  });
});

describe('the cases', () => {
  test.each(['ok', 'metadata_empty', 'metadata_null', 'counter_F32', 'counter_shape_1'])(
    '%s is loaded',
    async (name) => {
      const { parameters } = await load(small, caseFile(`${name}.safetensors`));
      const plain = await load(small, caseFile('ok.safetensors'));
      expect(parameters).toEqual(plain.parameters);
    },
  );

  test('a file all of halves is loaded', async () => {
    const { parameters } = await load(small, caseFile('counter_F16_all_half.safetensors'));
    expect(parameters.get(counter)?.dtype).toBe('I64');
    const exact = (await load(small, caseFile('ok.safetensors'))).parameters.get('fc1.weight')?.data[0];
    expect(parameters.get('fc1.weight')?.data[0]).toBeCloseTo(Number(exact), 3);
  });

  test('a counter that is absent is 0, and said to be', async () => {
    const { parameters, report } = await load(small, caseFile('no_counter.safetensors'));
    expect(parameters.get(counter)).toEqual({ dtype: 'I64', shape: [], data: BigInt64Array.of(0n) });
    expect(report.absentCounters).toBe(1);
  });

  test.each([
    ['prefix_module', 'module.'],
    ['prefix_orig_mod', '_orig_mod.'],
  ])('%s is loaded, and the prefix told', async (name, prefix) => {
    const { parameters, report } = await load(small, caseFile(`${name}.safetensors`));
    expect(parameters).toEqual((await load(small, caseFile('ok.safetensors'))).parameters);
    expect(report.prefix).toBe(prefix);
  });

  test('the weights of an nn.Sequential are loaded', async () => {
    const { report } = await load(caseNetwork('sequential.network.json'), caseFile('sequential.safetensors'));
    expect(report.tensors).toBe(4);
  });

  test('header_nul_padding.safetensors is refused', async () => {
    const loading = load(small, caseFile('header_nul_padding.safetensors'));
    await expect(loading).rejects.toMatchObject({ details: { kind: 'header' } });
  });
});

describe('prefixes', () => {
  const all = numbered(lenet);
  test('of several wrappers are taken off in any order', async () => {
    for (const prefix of ['module._orig_mod.', '_orig_mod.module.', 'module.module.']) {
      const { report } = await load(lenet, encodeSafetensors(renamed(all, (key) => prefix + key)));
      expect(report.prefix).toBe(prefix);
    }
  });

  test('stay where only some names have them', async () => {
    const some = renamed(all, (key) => (key === 'fc3.bias' ? key : `module.${key}`));
    expect(await mismatchOf(lenet, some)).toMatchObject({ prefix: '', missing: { count: 9 } });
  });

  test('stay where they are the network’s own', async () => {
    const layers = lenet.layers.map((layer) => ({ ...layer, name: `module.${layer.name}` }));
    const network = { ...lenet, id: 'custom', layers };
    const own = renamed(all, (key) => `module.${key}`);
    expect((await load(network, encodeSafetensors(own))).report.prefix).toBe('');
    const wrapped = renamed(own, (key) => `module.${key}`);
    expect((await load(network, encodeSafetensors(wrapped))).report.prefix).toBe('module.');
    expect(await mismatchOf(network, all)).toMatchObject({ prefix: '', missing: { count: 10 } });
  });

  test('of no wrapper are not taken off', async () => {
    expect(
      await mismatchOf(
        lenet,
        renamed(all, (key) => `model.${key}`),
      ),
    ).toMatchObject({ prefix: '' });
  });

  test('are taken off before names are compared', async () => {
    const wrapped = renamed(all, (key) => `module.${key}`);
    wrapped.delete('module.fc3.bias');
    expect(await mismatchOf(lenet, wrapped)).toMatchObject({
      prefix: 'module.',
      missing: { count: 1, first: [{ key: 'fc3.bias', shape: [10] }] },
      unexpected: { count: 0 },
    });
  });
});

describe('what does not fit', () => {
  test('another network is refused, with the keys and the network that it fits', async () => {
    const mismatch = await mismatchOf(mynn, numbered(lenet));
    expect(mismatch.missing).toMatchObject({ count: 8 });
    expect(mismatch.missing.first).toContainEqual({
      key: 'conv1.weight',
      dtype: 'F32',
      shape: [10, 1, 5, 5],
      nearest: 'conv1.0.weight',
    });
    expect(mismatch.unexpected).toMatchObject({ count: 10 });
    expect(mismatch.unexpected.first).toContainEqual({ key: 'fc3.bias', dtype: 'F32', shape: [10] });
    expect(mismatch.fits).toBe('LeNet');
  });

  test('a transposed Linear is refused with both shapes', async () => {
    const state = numbered(lenet);
    state.set('fc3.weight', { dtype: 'F32', shape: [84, 10], data: new Float32Array(840) });
    expect(await mismatchOf(lenet, state)).toEqual({
      kind: 'mismatch',
      missing: { count: 0, first: [] },
      unexpected: { count: 0, first: [] },
      differing: {
        count: 1,
        first: [
          {
            key: 'fc3.weight',
            expected: { dtype: 'F32', shape: [10, 84] },
            given: { dtype: 'F32', shape: [84, 10] },
          },
        ],
      },
      prefix: '',
      fits: null,
    });
  });

  test('long lists and long names are cut, so that a message stays one', async () => {
    const state = new Map<string, TensorData>(
      Array.from({ length: 500 }, (_, i) => [
        `${'x'.repeat(1000)}${i}`,
        { dtype: 'U8', shape: [1], data: Uint8Array.of(1) },
      ]),
    );
    const { unexpected } = await mismatchOf(lenet, state);
    expect(unexpected.count).toBe(500);
    expect(unexpected.first).toHaveLength(20);
    expect(unexpected.first[0]?.key).toHaveLength(121);
  });

  test('nothing of the data is read where names do not fit', async () => {
    const file = new Blob([encodeSafetensors(numbered(vgg2))]);
    let read = 0;
    const watched = (blob: Blob) => ({
      size: blob.size,
      slice: (begin: number, end: number) => watched(blob.slice(begin, end)),
      arrayBuffer: async () => {
        read += blob.size;
        return blob.arrayBuffer();
      },
    });
    await expect(
      openWeightFile(watched(file)).then((arrays) => loadStateDict(lenet, arrays)),
    ).rejects.toThrow('do not fit LeNet');
    expect(read).toBeLessThan(100_000);
    expect(file.size).toBeGreaterThan(7_000_000);
  });
});

test('of several values for a scalar the first is taken, and told', async () => {
  const state = numbered(small);
  state.set(counter, { dtype: 'F32', shape: [3], data: Float32Array.of(7.9, 8, 9) });
  const { parameters, report } = await load(small, encodeSafetensors(state));
  expect(parameters.get(counter)).toEqual({ dtype: 'I64', shape: [], data: BigInt64Array.of(7n) });
  expect(report.firstOfSeveral).toEqual({ count: 1, first: [counter] });
});

test('keys that PyTorch passes over are passed over, and told', async () => {
  const state = numbered(mynn);
  const scalar: TensorData = { dtype: 'F32', shape: [], data: Float32Array.of(1) };
  state.set('conv1', scalar).set('fc2.bias.old', scalar);
  const { report } = await load(mynn, encodeSafetensors(state));
  expect(report.ignored).toEqual({ count: 2, first: ['conv1', 'fc2.bias.old'] });
});

test('values that are no numbers are loaded, counted and told', async () => {
  const state = numbered(mynn);
  state.get('fc2.bias')?.data.set([NaN, Infinity, -Infinity, NaN] as never);
  state.get('conv1.weight')?.data.set([NaN] as never);
  const { parameters, report } = await load(mynn, encodeSafetensors(state));
  expect(report.nonFinite).toEqual([
    { key: 'conv1.weight', nan: 1, infinite: 0, size: 250 },
    { key: 'fc2.bias', nan: 2, infinite: 2, size: 10 },
  ]);
  expect(parameters.get('fc2.bias')?.data[0]).toBeNaN();
});

describe('what is written', () => {
  test('is no incomplete state', () => {
    const state = numbered(mynn);
    state.delete('fc2.bias');
    expect(() => encodeWeights(mynn, state)).toThrow(/missing: fc2.bias/);
  });

  test('is no misshapen state', () => {
    const state = numbered(mynn);
    state.set('fc2.bias', { dtype: 'F32', shape: [1, 10], data: new Float32Array(10) });
    expect(() => encodeWeights(mynn, state)).toThrow(/fc2.bias is F32 \[1, 10\] instead of F32 \[10\]/);
  });
});
