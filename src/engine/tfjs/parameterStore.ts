/**
 * The run's parameters and BatchNorm statistics on the device, in tfjs's layouts (convolution HWIO, Linear [in, out]),
 * and their translation to PyTorch's state_dict (OIHW, [out, in]).
 */
import * as tf from '@tensorflow/tfjs-core';
import { entriesNamed } from '@/engine/checkState';
import type { NetworkSpec } from '@/model/layers';
import { stateEntries, type StateEntry } from '@/model/stateDict';
import type { StateDict, TensorData } from '@/model/tensor';

/** [a, b, c, d] permuted to [c, d, b, a], which takes OIHW to HWIO. */
function outermostToInnermost(data: Float32Array, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const [outer = 1, inner = 1, height = 1, width = 1] = shape;
  const area = height * width;
  const result = new Float32Array(data.length);
  let from = 0;
  for (let o = 0; o < outer; o += 1) {
    for (let i = 0; i < inner; i += 1) {
      for (let pixel = 0; pixel < area; pixel += 1) {
        result[(pixel * inner + i) * outer + o] = data[from] ?? 0;
        from += 1;
      }
    }
  }
  return result;
}

/** The way back: HWIO values to OIHW, `shape` being PyTorch's. */
function innermostToOutermost(data: Float32Array, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const [outer = 1, inner = 1, height = 1, width = 1] = shape;
  const area = height * width;
  const result = new Float32Array(data.length);
  let to = 0;
  for (let o = 0; o < outer; o += 1) {
    for (let i = 0; i < inner; i += 1) {
      for (let pixel = 0; pixel < area; pixel += 1) {
        result[to] = data[(pixel * inner + i) * outer + o] ?? 0;
        to += 1;
      }
    }
  }
  return result;
}

function deviceShape(shape: readonly number[]): number[] {
  const [outer = 1, inner = 1, height = 1, width = 1] = shape;
  if (shape.length === 4) return [height, width, inner, outer];
  return shape.length === 2 ? [inner, outer] : [...shape];
}

/** Uploads one float tensor of a state_dict in the device's layout. The caller keeps and disposes it. */
export function toDevice(tensor: TensorData): tf.Tensor {
  if (tensor.dtype !== 'F32') throw new TypeError(`Expected F32, got ${tensor.dtype}.`);
  const { data, shape } = tensor;
  const values = shape.length > 1 ? outermostToInnermost(data, shape) : data.slice();
  return tf.tensor(values, deviceShape(shape), 'float32');
}

/** Reads a device tensor back as PyTorch would hold it; `shape` is PyTorch's. */
export async function fromDevice(tensor: tf.Tensor, shape: readonly number[]): Promise<TensorData> {
  const values = await tensor.data<'float32'>();
  const data = shape.length > 1 ? innermostToOutermost(values, shape) : Float32Array.from(values);
  return { dtype: 'F32', shape, data };
}

export class ParameterStore {
  /** In state_dict order. */
  readonly entries: readonly StateEntry[];
  readonly #tensors = new Map<string, tf.Tensor>();
  readonly #counters = new Map<string, bigint>();

  /** `state`: checked, every entry of the network. */
  constructor(network: NetworkSpec, state: StateDict) {
    this.entries = stateEntries(network);
    this.load(state);
  }

  get(key: string): tf.Tensor {
    const tensor = this.#tensors.get(key);
    if (tensor === undefined) throw new RangeError(`No parameter is named ${key}.`);
    return tensor;
  }

  /** Puts a new value in place of the old one, which is freed. */
  replace(key: string, value: tf.Tensor): void {
    this.#tensors.get(key)?.dispose();
    this.#tensors.set(key, tf.keep(value));
  }

  /** Takes over the buffers of one training forward pass, and counts the batch. */
  commitBuffers(updated: ReadonlyMap<string, tf.Tensor>): void {
    for (const [key, value] of updated) this.replace(key, value);
    for (const [key, count] of this.#counters) this.#counters.set(key, count + 1n);
  }

  /** Replaces all entries by those of a checked state. */
  load(state: StateDict): void {
    for (const { key } of this.entries) {
      const tensor = state.get(key);
      if (tensor?.dtype === 'I64') this.#counters.set(key, tensor.data[0] ?? 0n);
      else if (tensor !== undefined) this.replace(key, toDevice(tensor));
    }
  }

  /**
   * The whole state_dict, or the entries of some names or of one role, with values of `override` in place of the store's.
   * @throws EngineError `state` naming the keys that the network does not have
   */
  async read(
    options: {
      readonly names?: readonly string[];
      readonly role?: StateEntry['role'];
      readonly override?: ReadonlyMap<string, tf.Tensor>;
      readonly extraBatches?: bigint;
    } = {},
  ): Promise<StateDict> {
    const state = new Map<string, TensorData>();
    for (const { key, shape, dtype, role } of entriesNamed(this.entries, options.names)) {
      if (options.role !== undefined && role !== options.role) continue;
      if (dtype === 'I64') {
        const count = (this.#counters.get(key) ?? 0n) + (options.extraBatches ?? 0n);
        state.set(key, { dtype, shape, data: BigInt64Array.of(count) });
      } else {
        // One after the other: a network of 134 million parameters is read without a second copy of all.
        state.set(key, await fromDevice(options.override?.get(key) ?? this.get(key), shape));
      }
    }
    return state;
  }

  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }
}
