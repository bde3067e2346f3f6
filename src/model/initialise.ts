/**
 * PyTorch's initialisations, seeded. PyTorch's own random numbers are not reproduced, only its distributions: each
 * entry of the state_dict draws from a counter-based sub-stream of its own, so one seed means one network everywhere.
 */
import type { NetworkSpec } from '@/model/layers';
import type { Draw } from '@/model/layers/definition';
import { normal, streamKey, streams, uniform } from '@/model/random';
import { stateEntries, type StateEntry } from '@/model/stateDict';
import { sizeOf, type StateDict, type TensorData } from '@/model/tensor';

function uniformWithin(bound: number, count: number, key: number): Float32Array<ArrayBuffer> {
  const data = new Float32Array(count);
  for (let i = 0; i < count; i += 1) data[i] = (2 * uniform(key, i) - 1) * bound;
  return data;
}

function weightOrBias(
  entry: StateEntry,
  { init, fanIn, fanOut }: Draw,
  count: number,
  key: number,
): Float32Array<ArrayBuffer> {
  if (init.kind === 'default') return uniformWithin(1 / Math.sqrt(fanIn), count, key);
  const data = new Float32Array(count);
  if (entry.key.endsWith('.weight')) {
    const std = init.kind === 'normal' ? init.std : Math.sqrt(2 / fanOut);
    for (let i = 0; i < count; i += 1) data[i] = std * normal(key, i);
  }
  return data;
}

/** The starting value of one entry; `position` is its place in the state_dict and chooses its sub-stream. */
function initialTensor(entry: StateEntry, position: number, seed: number): TensorData {
  const { shape, start } = entry;
  const count = sizeOf(shape);
  if (entry.dtype === 'I64') return { dtype: 'I64', shape, data: new BigInt64Array(count) };
  if (start === 'zeros' || start === 'ones') {
    return { dtype: 'F32', shape, data: new Float32Array(count).fill(start === 'ones' ? 1 : 0) };
  }
  const key = streamKey(seed, streams.initialise, 0, position);
  return { dtype: 'F32', shape, data: weightOrBias(entry, start, count, key) };
}

/** A fresh network: every entry of its state_dict, BatchNorm's buffers included, in PyTorch's order. */
export function initialState(network: NetworkSpec, seed: number): StateDict {
  return new Map(
    stateEntries(network).map((entry, position) => [entry.key, initialTensor(entry, position, seed)]),
  );
}
