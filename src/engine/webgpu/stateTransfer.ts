/** PyTorch's tensors in and out of the banks. Flatten is channel-major there and pixel-major here: weightLayout.ts permutes. */
import { packWeights, unpackWeights } from '@/engine/wasm/weightLayout';
import type { DeviceMemory } from '@/engine/webgpu/deviceMemory';
import type { Resource } from '@/engine/webgpu/program';
import type { Bank, StoredTensor } from '@/engine/webgpu/runMemory';

/** Bytes of one upload; the queue keeps a copy until it has gone through. */
const uploadBytes = 32 * 2 ** 20;

/** Where the values of a bank's tensors are kept: the bank itself, or a companion of it. */
export type ResourceOf = (bank: Bank) => Resource;

/** Writes values in PyTorch's layout. */
export function writeTensor(
  memory: DeviceMemory,
  stored: StoredTensor,
  values: Float32Array<ArrayBuffer>,
  resourceOf: ResourceOf = (bank) => bank,
): void {
  const packed = new Float32Array(stored.count);
  packWeights(stored.layout, values, packed);
  let done = 0;
  for (const { bank, first, count } of stored.pieces) {
    const buffer = memory.buffer(resourceOf(bank));
    for (let at = 0; at < count; at += uploadBytes / 4) {
      const length = Math.min(uploadBytes / 4, count - at);
      memory.device.queue.writeBuffer(buffer, (first + at) * 4, packed, done + at, length);
    }
    done += count;
  }
}

/** Copies whole buffers to the CPU. */
export async function readResources(
  memory: DeviceMemory,
  resources: readonly Resource[],
): Promise<ReadonlyMap<Resource, Float32Array<ArrayBuffer>>> {
  const { device } = memory;
  const found = new Map<Resource, Float32Array<ArrayBuffer>>();
  for (const resource of resources) {
    const copy = device.createBuffer({
      label: `copy of ${resource.name}`,
      size: resource.bytes,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(memory.buffer(resource), 0, copy, 0, resource.bytes);
    device.queue.submit([encoder.finish()]);
    // One after the other, so that a large network needs only one of its banks twice.
    // oxlint-disable-next-line no-await-in-loop
    await copy.mapAsync(GPUMapMode.READ);
    found.set(resource, new Float32Array(copy.getMappedRange().slice(0)));
    copy.destroy();
  }
  return found;
}

/** A tensor's values in PyTorch's layout, out of copies of its banks (or of companions). */
export function tensorValues(
  stored: StoredTensor,
  copies: ReadonlyMap<Resource, Float32Array<ArrayBuffer>>,
  resourceOf: ResourceOf = (bank) => bank,
): Float32Array<ArrayBuffer> {
  const parts = stored.pieces.map(({ bank, first, count }) =>
    copies.get(resourceOf(bank))?.subarray(first, first + count),
  );
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return unpackWeights(stored.layout, only);
  const joined = new Float32Array(stored.count);
  let at = 0;
  for (const part of parts) {
    joined.set(part ?? [], at);
    at += part?.length ?? 0;
  }
  return unpackWeights(stored.layout, joined);
}
