/**
 * PyTorch's initialisations, seeded. PyTorch's own random numbers are not reproduced, only its distributions: each
 * entry of the state_dict draws from a counter-based sub-stream of its own, so one seed means one network everywhere.
 */
import { drawingWork, drawn } from '@/model/initialisations';
import type { NetworkSpec } from '@/model/layers';
import { streamKey, streams } from '@/model/random';
import { stateEntries, type StateEntry } from '@/model/stateDict';
import { sizeOf, type StateDict, type TensorData } from '@/model/tensor';

/** The starting value of one entry; `position` is its place in the state_dict and chooses its sub-stream. */
function initialTensor(entry: StateEntry, position: number, seed: number): TensorData {
  const { shape, start } = entry;
  const count = sizeOf(shape);
  if (entry.dtype === 'I64') return { dtype: 'I64', shape, data: new BigInt64Array(count) };
  if (start === 'zeros' || start === 'ones') {
    return { dtype: 'F32', shape, data: new Float32Array(count).fill(start === 'ones' ? 1 : 0) };
  }
  const { init, fanIn, fanOut } = start;
  const role = entry.key.endsWith('.weight') ? 'weight' : 'bias';
  const key = streamKey(seed, streams.initialise, 0, position);
  return { dtype: 'F32', shape, data: drawn(init, { role, shape, count, fanIn, fanOut, key }) };
}

/**
 * The starting value of one entry of the state_dict, the same as in initialState().
 * @throws RangeError when the network has no such entry
 */
export function initialEntry(network: NetworkSpec, seed: number, key: string): TensorData {
  const entries = stateEntries(network);
  const position = entries.findIndex((entry) => entry.key === key);
  const entry = entries[position];
  if (entry === undefined) throw new RangeError(`${network.name} has no ${key}.`);
  return initialTensor(entry, position, seed);
}

/** Operations of a fresh network's starting values, beside the drawing of each number. */
export function initialisationWork(network: NetworkSpec): number {
  const weights = stateEntries(network).filter(({ key }) => key.endsWith('.weight'));
  return weights.reduce((sum, { start, shape }) => {
    if (start === 'zeros' || start === 'ones') return sum;
    return sum + drawingWork(start.init, { shape, count: sizeOf(shape) });
  }, 0);
}

/** A fresh network: every entry of its state_dict, BatchNorm's buffers included, in PyTorch's order. */
export function initialState(network: NetworkSpec, seed: number): StateDict {
  return new Map(
    stateEntries(network).map((entry, position) => [entry.key, initialTensor(entry, position, seed)]),
  );
}
