/** PyTorch's tensors in and out of the banks. Flatten is channel-major there and pixel-major here: weightLayout.ts permutes. */
import { packWeights, unpackWeights } from '@/engine/compiling/weightLayout';
import type { DeviceMemory } from '@/engine/webgpu/deviceMemory';
import type { Resource } from '@/engine/webgpu/program';
import type { Bank, StoredTensor } from '@/engine/webgpu/runMemory';

/** Bytes of one upload; the queue keeps a copy until it has gone through. */
const uploadBytes = 32 * 2 ** 20;

/** Where the values of a bank's tensors are kept: the bank itself, or a slot of it. */
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

/** One tensor's values on their way to the CPU. */
interface Stretch {
  readonly key: string;
  readonly first: number;
  readonly count: number;
  /** Where they go in the tensor. */
  readonly to: number;
}

/** What is to be read, bank by bank. */
function stretchesOf(tensors: readonly StoredTensor[]): ReadonlyMap<Bank, readonly Stretch[]> {
  const found = new Map<Bank, Stretch[]>();
  for (const { key, pieces } of tensors) {
    let to = 0;
    for (const { bank, first, count } of pieces) {
      const known = found.get(bank) ?? [];
      found.set(bank, known);
      known.push({ key, first, count, to });
      to += count;
    }
  }
  return found;
}

/** Reads these tensors, and no more than they are, in PyTorch's layout; by key. */
export async function readTensors(
  memory: DeviceMemory,
  tensors: readonly StoredTensor[],
  resourceOf: ResourceOf = (bank) => bank,
): Promise<ReadonlyMap<string, Float32Array<ArrayBuffer>>> {
  const { device } = memory;
  const byKey = new Map(tensors.map((stored) => [stored.key, stored]));
  const parts = new Map<string, Float32Array<ArrayBuffer>>();
  const found = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [bank, stretches] of stretchesOf(tensors)) {
    const source = memory.buffer(resourceOf(bank));
    const bytes = stretches.reduce((sum, { count }) => sum + count * 4, 0);
    const copy = device.createBuffer({
      label: `copy of ${resourceOf(bank).name}`,
      size: bytes,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    const encoder = device.createCommandEncoder();
    let at = 0;
    for (const { first, count } of stretches) {
      encoder.copyBufferToBuffer(source, first * 4, copy, at, count * 4);
      at += count * 4;
    }
    device.queue.submit([encoder.finish()]);
    // One after the other, so that a large network needs only one of its banks twice.
    // oxlint-disable-next-line no-await-in-loop
    await copy.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(copy.getMappedRange());
    at = 0;
    for (const { key, count, to } of stretches) {
      const stored = byKey.get(key);
      const part = values.subarray(at, at + count);
      at += count;
      if (stored === undefined) continue;
      if (count === stored.count) {
        found.set(key, unpackWeights(stored.layout, part));
        continue;
      }
      const whole = parts.get(key) ?? new Float32Array(stored.count);
      parts.set(key, whole);
      whole.set(part, to);
      if (to + count === stored.count) found.set(key, unpackWeights(stored.layout, whole));
    }
    copy.destroy();
  }
  return found;
}
