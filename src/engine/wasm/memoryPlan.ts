/** Places buffers with known lifetimes in one memory, so that buffers that never live together share space. */

/** Cache line and vector alignment. */
const alignment = 64;

export interface Lifetime {
  readonly bytes: number;
  /** First and last operation that touch the buffer; Infinity for one that must survive the program. */
  readonly first: number;
  readonly last: number;
}

export interface MemoryPlan {
  /** Offset of each buffer, in the order given. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

export function align(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

/**
 * Largest first, each at the lowest offset that is free for its whole lifetime ("greedy by size"; Pisarchyk and Lee 2020).
 * Pure: the same list gives the same plan.
 */
export function planMemory(buffers: readonly Lifetime[]): MemoryPlan {
  const order = buffers
    .map((buffer, index) => ({ buffer, index }))
    .sort((a, b) => b.buffer.bytes - a.buffer.bytes);
  const offsets: number[] = buffers.map(() => 0);
  const placed: { readonly from: number; readonly to: number; readonly buffer: Lifetime }[] = [];
  let bytes = 0;
  for (const { buffer, index } of order) {
    const size = align(buffer.bytes);
    let from = 0;
    for (const other of placed) {
      const isApart = other.buffer.last < buffer.first || buffer.last < other.buffer.first;
      if (isApart || other.to <= from) continue;
      if (other.from >= from + size) break;
      from = other.to;
    }
    offsets[index] = from;
    bytes = Math.max(bytes, from + size);
    placed.push({ from, to: from + size, buffer });
    placed.sort((a, b) => a.from - b.from);
  }
  return { offsets, bytes };
}
