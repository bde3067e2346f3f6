/**
 * Memory for buffers with known lifetimes, which those share that never live together: places in one arena, or whole buffers, since
 * WebGPU does not let a dispatch read and write the same buffer, however far apart. Largest first in both ("greedy by size"; Pisarchyk
 * and Lee 2020). Pure: the same list gives the same plan.
 */

/** When a buffer is first and last used; Infinity for one that must survive the program. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

export interface Lifetime extends Span {
  readonly bytes: number;
}

/** From the first to the last use of everything used, in the order of first mention. */
export function spansOf<T>(uses: Iterable<readonly [used: T, at: number]>): Map<T, Span> {
  const spans = new Map<T, Span>();
  for (const [used, at] of uses) {
    const { first, last } = spans.get(used) ?? { first: at, last: at };
    spans.set(used, { first: Math.min(first, at), last: Math.max(last, at) });
  }
  return spans;
}

const isApart = (a: Span, b: Span): boolean => a.last < b.first || b.last < a.first;

interface Numbered<L> {
  readonly life: L;
  /** In the list given. */
  readonly index: number;
}

const largestFirst = <L extends Lifetime>(lives: readonly L[]): Numbered<L>[] =>
  lives.map((life, index) => ({ life, index })).sort((a, b) => b.life.bytes - a.life.bytes);

/** Cache line and vector alignment. */
const arenaAlignment = 64;

export function align(bytes: number): number {
  return Math.ceil(bytes / arenaAlignment) * arenaAlignment;
}

export interface ArenaPlan {
  /** Offset of each buffer, in the order given. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/** Each at the lowest offset of one arena that is free for its whole lifetime. */
export function planArena(lives: readonly Lifetime[]): ArenaPlan {
  const offsets: number[] = lives.map(() => 0);
  const placed: { readonly from: number; readonly to: number; readonly life: Lifetime }[] = [];
  let bytes = 0;
  for (const { life, index } of largestFirst(lives)) {
    const size = align(life.bytes);
    let from = 0;
    for (const other of placed) {
      if (isApart(other.life, life) || other.to <= from) continue;
      if (other.from >= from + size) break;
      from = other.to;
    }
    offsets[index] = from;
    bytes = Math.max(bytes, from + size);
    placed.push({ from, to: from + size, life });
    placed.sort((a, b) => a.from - b.from);
  }
  return { offsets, bytes };
}

export interface BufferPlan {
  /** Of each lifetime, in the order given, its buffer: an index of `tenants`. */
  readonly places: readonly number[];
  /** Of each buffer, largest first, the lifetimes that take turns in it, the largest first. */
  readonly tenants: readonly (readonly number[])[];
}

/** Each in the smallest buffer that is free for its whole lifetime, or in a new one of its own size. */
export function planBuffers(lives: readonly Lifetime[]): BufferPlan {
  const places: number[] = lives.map(() => 0);
  const tenants: Numbered<Lifetime>[][] = [];
  for (const numbered of largestFirst(lives)) {
    // Later buffers are smaller, since lifetimes come by size.
    let place = tenants.findLastIndex((others) => others.every(({ life }) => isApart(life, numbered.life)));
    if (place === -1) place = tenants.push([]) - 1;
    tenants[place]?.push(numbered);
    places[numbered.index] = place;
  }
  return { places, tenants: tenants.map((buffer) => buffer.map(({ index }) => index)) };
}
