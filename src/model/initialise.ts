/**
 * PyTorch's initialisations, seeded. PyTorch's own random numbers are not reproduced, only its distributions: each
 * entry of the state_dict draws from a counter-based sub-stream of its own, so one seed means one network everywhere.
 */
import type { Conv2d, Linear, NetworkSpec } from '@/model/layers';
import { normal, streamKey, streams, uniform } from '@/model/random';
import { stateEntries, type StateEntry } from '@/model/stateDict';
import { sizeOf, type StateDict, type TensorData } from '@/model/tensor';

/** fan_in and fan_out as torch.nn.init._calculate_fan_in_and_fan_out counts them. */
function fans(layer: Conv2d | Linear): { readonly fanIn: number; readonly fanOut: number } {
  if (layer.kind === 'Linear') return { fanIn: layer.inFeatures, fanOut: layer.outFeatures };
  const window = layer.kernelSize ** 2;
  return { fanIn: layer.inChannels * window, fanOut: layer.outChannels * window };
}

function uniformWithin(bound: number, count: number, key: number): Float32Array<ArrayBuffer> {
  const data = new Float32Array(count);
  for (let i = 0; i < count; i += 1) data[i] = (2 * uniform(key, i) - 1) * bound;
  return data;
}

function weightOrBias(
  entry: StateEntry,
  layer: Conv2d | Linear,
  count: number,
  key: number,
): Float32Array<ArrayBuffer> {
  const { init } = layer;
  const { fanIn, fanOut } = fans(layer);
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
  const { shape, layer } = entry;
  const count = sizeOf(shape);
  if (entry.dtype === 'I64') return { dtype: 'I64', shape, data: new BigInt64Array(count) };
  if (layer.kind === 'Conv2d' || layer.kind === 'Linear') {
    const key = streamKey(seed, streams.initialise, 0, position);
    return { dtype: 'F32', shape, data: weightOrBias(entry, layer, count, key) };
  }
  // BatchNorm2d: weight and running_var are 1, bias and running_mean 0.
  const isOne = entry.key.endsWith('.weight') || entry.key.endsWith('.running_var');
  return { dtype: 'F32', shape, data: new Float32Array(count).fill(isOne ? 1 : 0) };
}

/** A fresh network: every entry of its state_dict, BatchNorm's buffers included, in PyTorch's order. */
export function initialState(network: NetworkSpec, seed: number): StateDict {
  return new Map(
    stateEntries(network).map((entry, position) => [entry.key, initialTensor(entry, position, seed)]),
  );
}
