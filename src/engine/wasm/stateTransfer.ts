/** PyTorch's state_dict in and out of the engine's memory. */
import type { RunMemory, StoredTensor } from '@/engine/wasm/runMemory';
import type { WasmRuntime } from '@/engine/wasm/wasmRuntime';
import { packWeights, unpackWeights } from '@/engine/compiling/weightLayout';
import type { TensorData } from '@/model/tensor';
import type { StateEntry } from '@/model/stateDict';

function stored(memory: RunMemory, key: string): StoredTensor {
  const tensor = memory.tensors.get(key);
  if (tensor === undefined) throw new RangeError(`No parameter is named ${key}.`);
  return tensor;
}

/** Writes one tensor of a state_dict to `address`, in the layout of the parameter `key`. */
export function writeTensor(
  runtime: WasmRuntime,
  memory: RunMemory,
  key: string,
  address: number,
  tensor: TensorData,
): void {
  if (tensor.dtype !== 'F32') throw new TypeError(`Expected F32, got ${tensor.dtype}.`);
  const { count, layout } = stored(memory, key);
  packWeights(layout, tensor.data, runtime.values(memory.precision, address, count));
}

/** Reads the tensor at `address` that has the layout of the parameter `key`. */
export function readTensor(
  runtime: WasmRuntime,
  memory: RunMemory,
  entry: StateEntry,
  address: number,
): TensorData {
  const { count, layout } = stored(memory, entry.key);
  return {
    dtype: 'F32',
    shape: entry.shape,
    data: unpackWeights(layout, runtime.values(memory.precision, address, count)),
  };
}

/** Address of a stored parameter or statistic. */
export function addressOf(memory: RunMemory, key: string): number {
  return stored(memory, key).buffer.address ?? 0;
}
