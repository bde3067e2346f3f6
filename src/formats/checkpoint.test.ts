import { describe, expect, test } from 'vitest';
import { checkStateDict, decodeWeights, encodeWeights, fits, MismatchError } from '@/formats/checkpoint';
import { encodeSafetensors } from '@/formats/safetensors';
import { architectures, lenet, mynn, vgg2 } from '@/model/architectures';
import type { NetworkSpec } from '@/model/layers';
import { stateEntries } from '@/model/stateDict';
import { sizeOf, type StateDict, type TensorData } from '@/model/tensor';

/** A state of the right shapes with distinct numbers. */
function numbered(network: NetworkSpec): Map<string, TensorData> {
  return new Map(
    stateEntries(network).map(({ key, shape, dtype }, k): [string, TensorData] => [
      key,
      dtype === 'I64'
        ? { dtype, shape, data: BigInt64Array.of(BigInt(k)) }
        : { dtype, shape, data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => k + i / 1000) },
    ]),
  );
}

function mismatchOf(network: NetworkSpec, state: StateDict): MismatchError {
  try {
    decodeWeights(network, encodeSafetensors(state));
  } catch (error) {
    if (error instanceof MismatchError) return error;
    throw error;
  }
  throw new Error('The weights were accepted.');
}

describe.each(
  architectures.filter(({ id }) => id !== 'vgg16').map((network) => [network.name, network] as const),
)('%s', (_name, network) => {
  test('weights come back in state_dict order', () => {
    const state = numbered(network);
    // A file may hold its tensors in any order.
    const shuffled = new Map([...state].toReversed());
    const back = decodeWeights(network, encodeWeights(network, shuffled));
    expect([...back.keys()]).toEqual([...state.keys()]);
    for (const [key, { shape, data }] of state) {
      expect(back.get(key)?.shape).toEqual(shape);
      // Vitest's own comparison takes minutes over eleven million numbers.
      expect(back.get(key)?.data.every((value, i) => value === data[i])).toBe(true);
    }
  });
});

test('num_batches_tracked is a 64-bit scalar', () => {
  const tensor = decodeWeights(vgg2, encodeWeights(vgg2, numbered(vgg2))).get(
    'features.1.num_batches_tracked',
  );
  expect(tensor?.dtype).toBe('I64');
  expect(tensor?.shape).toEqual([]);
});

test('another network is refused, and the message names the keys', () => {
  const error = mismatchOf(mynn, numbered(lenet));
  expect(error.mismatch.missing).toContain('conv1.weight');
  expect(error.mismatch.unexpected).toContain('fc3.bias');
  expect(error.message).toMatch(
    /do not fit Mynn; missing: conv1.weight, .*unexpected: conv1.0.weight, .* and 2 more/,
  );
});

test('a transposed Linear is refused with both shapes', () => {
  const state = numbered(lenet);
  state.set('fc3.weight', { dtype: 'F32', shape: [84, 10], data: new Float32Array(840) });
  const error = mismatchOf(lenet, state);
  expect(error.mismatch).toEqual({
    missing: [],
    unexpected: [],
    differing: [{ key: 'fc3.weight', expected: 'F32 [10, 84]', given: 'F32 [84, 10]' }],
  });
  expect(error.message).toContain('fc3.weight is F32 [84, 10] instead of F32 [10, 84]');
});

test('a buffer of the wrong type is refused', () => {
  const state = numbered(vgg2);
  state.set('features.1.num_batches_tracked', { dtype: 'F32', shape: [], data: Float32Array.of(3) });
  expect(mismatchOf(vgg2, state).mismatch.differing).toHaveLength(1);
});

test('an incomplete state is not written', () => {
  const state = numbered(mynn);
  state.delete('fc2.bias');
  expect(() => encodeWeights(mynn, state)).toThrow(/missing: fc2.bias/);
});

test('the right state fits', () => {
  expect(fits(checkStateDict(lenet, numbered(lenet)))).toBe(true);
});
