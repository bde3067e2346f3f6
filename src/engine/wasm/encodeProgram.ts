/** A program's operations in phases, with an address for every buffer, as words that the kernels' dispatcher reads. */
import type { Precision } from '@/engine/wasm/precision';
import { planArena, spansOf, type Lifetime } from '@/engine/compiling/memoryPlan';
import {
  fewImages,
  gradientSlices,
  memoryMap,
  operationFlags,
  operations as operationTable,
  operationWords,
} from '@/engine/wasm/operations';
import { optimizerOperations } from '@/engine/wasm/optimizers';
import type {
  Argument,
  EncodedProgram,
  EncodedWatch,
  Operation,
  PlacedWatch,
  WasmBuffer,
} from '@/engine/wasm/program';
import { scheduleOperations } from '@/engine/wasm/schedule';
import { isSliced } from '@/engine/wasm/slices';

export interface ProgramParts {
  readonly precision: Precision;
  /** Of the batch; they lie in blocks of eight. */
  readonly images: number;
  readonly threads: number;
  readonly operations: readonly Operation[];
  /** Buffers that are filled before the program starts, and those that are read after its end, by name. */
  readonly inputs: ReadonlyMap<string, WasmBuffer>;
  readonly results: ReadonlyMap<string, WasmBuffer>;
  readonly watches: readonly PlacedWatch[];
}

/**
 * Bytes of all buffers up to which operations are put in phases. The buffers of a phase share little memory, and a slice of more does
 * not stay in a core's cache.
 */
const scheduledBytes = 64 * 2 ** 20;

/** Bytes behind a last value that vectors take along: three more channels of eight images. */
const readBehind = 128;

/** One encoded operation: all of it, or one slice. */
interface Entry {
  readonly at: number;
  readonly phase: number;
  readonly slice: number | null;
  readonly meets: boolean;
}

/** A value that clipping hands to the updates, outside of all buffers. */
const gradientScale: WasmBuffer = { name: 'gradient scale', bytes: 8, address: memoryMap.scalars };

interface Access {
  readonly buffer: WasmBuffer;
  readonly kind: 'read' | 'written' | 'scratch';
}

function accesses({ name, arguments: operands }: Operation): readonly Access[] {
  const list = Object.entries(operationTable[name]).flatMap(([parameter, type]): Access[] => {
    const buffer = operands[parameter];
    if (typeof buffer !== 'object') return [];
    return [{ buffer, kind: type === 'written' || type === 'scratch' ? type : 'read' }];
  });
  if (name === 'clip') list.push({ buffer: gradientScale, kind: 'written' });
  if (name in optimizerOperations) list.push({ buffer: gradientScale, kind: 'read' });
  return list;
}

/** Large programs, and those of one thread, which waits for nobody, keep their order: one operation a phase. */
function entriesOf({ operations, images, threads }: ProgramParts): readonly Entry[] {
  const touched = operations.map(accesses);
  const buffers = new Set(touched.flat().map(({ buffer }) => buffer));
  const bytes = [...buffers].reduce((sum, buffer) => sum + (buffer.address === null ? buffer.bytes : 0), 0);
  if (threads === 1 || bytes > scheduledBytes)
    return operations.map((_, at) => ({ at, phase: at, slice: null, meets: true }));
  // Other numbers of threads split every operation evenly instead.
  const isShared = gradientSlices % threads === 0;
  const scheduled = operations.map((operation, at) => ({
    reads: touched[at]?.filter(({ kind }) => kind === 'read').map(({ buffer }) => buffer) ?? [],
    writes: touched[at]?.filter(({ kind }) => kind !== 'read').map(({ buffer }) => buffer) ?? [],
    isSliced: isShared && isSliced(operation.name, operation.arguments, Math.ceil(images / 8)),
  }));
  return scheduleOperations(scheduled).flatMap((positions, phase) =>
    positions.flatMap((at, i): Entry[] =>
      scheduled[at]?.isSliced === true
        ? Array.from({ length: gradientSlices }, (_, slice) => ({
            at,
            phase,
            slice,
            meets: i === 0 && slice === 0,
          }))
        : [{ at, phase, slice: null, meets: i === 0 }],
    ),
  );
}

/** Watches in the new order: each after the operation that it was emitted after, or before the one that it was emitted before. */
function placeWatches(watches: readonly PlacedWatch[], entries: readonly Entry[]): readonly PlacedWatch[] {
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  entries.forEach(({ at }, position) => {
    if (!first.has(at)) first.set(at, position);
    last.set(at, position);
  });
  return watches
    .map(({ watch, after }) => ({
      watch,
      after: watch.kind === 'before_update' ? (first.get(after) ?? 0) : (last.get(after - 1) ?? -1) + 1,
    }))
    .toSorted((a, b) => a.after - b.after);
}

/** First and last phase of every buffer without an address. */
function lifetimes(
  { operations, inputs, results }: ProgramParts,
  entries: readonly Entry[],
  watches: readonly PlacedWatch[],
): ReadonlyMap<WasmBuffer, Lifetime> {
  const given = new Set(inputs.values());
  const kept = new Set(results.values());
  const uses: [WasmBuffer, number][] = [];
  for (const { at, phase } of entries) {
    for (const operand of Object.values(operations[at]?.arguments ?? {}))
      if (typeof operand !== 'number') uses.push([operand, phase]);
  }
  for (const { watch, after } of watches) {
    if (watch.kind !== 'gradient') continue;
    // What is looked at after an operation must not be overwritten by others of its phase.
    const phase = entries[after - 1]?.phase ?? 0;
    uses.push([watch.input.buffer, phase], [watch.gradient, phase]);
  }
  const lives = [...spansOf(uses.filter(([{ address }]) => address === null))].map(
    ([buffer, { first, last }]) => {
      const life = {
        bytes: buffer.bytes,
        first: given.has(buffer) ? -1 : first,
        last: kept.has(buffer) ? Number.POSITIVE_INFINITY : last,
      };
      return [buffer, life] as const;
    },
  );
  return new Map(lives);
}

/**
 * Memory of one thread for what passes within a phase of slices: of such a buffer only the slice in work exists. It stays in the
 * core's cache.
 */
interface SliceMemory {
  readonly bytes: number;
  readonly offsets: ReadonlyMap<WasmBuffer, number>;
  readonly scratch: ReadonlySet<WasmBuffer>;
}

function planSlices(
  { operations, threads }: ProgramParts,
  entries: readonly Entry[],
  isPassing: (buffer: WasmBuffer) => boolean,
): SliceMemory {
  const scratch = new Set<WasmBuffer>();
  const written = new Map<WasmBuffer, Lifetime>();
  entries.forEach(({ at }, position) => {
    const operation = operations[at];
    if (operation === undefined) return;
    for (const { buffer, kind } of accesses(operation)) {
      if (!isPassing(buffer)) continue;
      if (kind === 'scratch') scratch.add(buffer);
      const known = written.get(buffer);
      if (known === undefined && kind === 'read') continue;
      const bytes = buffer.bytes / (kind === 'scratch' ? threads : gradientSlices);
      written.set(buffer, { bytes, first: known?.first ?? position, last: position });
    }
  });
  const plan = planArena([...written.values()]);
  return {
    bytes: plan.bytes,
    offsets: new Map([...written.keys()].map((buffer, i) => [buffer, plan.offsets[i] ?? 0])),
    scratch,
  };
}

/** Plans the memory and writes the program for an arena at `arena`. */
export function encodeProgram(parts: ProgramParts, arena: number): EncodedProgram {
  const { operations, precision, images, threads, inputs, results } = parts;
  const entries = entriesOf(parts);
  const watches = placeWatches(parts.watches, entries);
  const uses = lifetimes(parts, entries, watches);
  const watched = new Set(
    watches.flatMap(({ watch }) => (watch.kind === 'gradient' ? [watch.input.buffer, watch.gradient] : [])),
  );
  const slicedPhases = [...new Set(entries.filter(({ slice }) => slice !== null).map(({ phase }) => phase))];
  const sliceMemories = new Map(
    slicedPhases.map((phase) => {
      const isPassing = (buffer: WasmBuffer): boolean => {
        const { first, last } = uses.get(buffer) ?? {};
        return first === phase && last === phase && !watched.has(buffer);
      };
      return [
        phase,
        planSlices(
          parts,
          entries.filter((entry) => entry.phase === phase),
          isPassing,
        ),
      ] as const;
    }),
  );
  const passing = new Set([...sliceMemories.values()].flatMap(({ offsets }) => [...offsets.keys()]));
  const lasting = [...uses].filter(([buffer]) => !passing.has(buffer));
  const plan = planArena([
    ...lasting.map(([, lifetime]) => lifetime),
    ...[...sliceMemories].map(([phase, { bytes }]) => ({
      bytes: bytes * threads,
      first: phase,
      last: phase,
    })),
  ]);
  const offsets = new Map(lasting.map(([buffer], i) => [buffer, plan.offsets[i] ?? 0]));
  const sliceOffsets = new Map(
    slicedPhases.map((phase, i) => [phase, plan.offsets[lasting.length + i] ?? 0]),
  );
  const addressOf = (buffer: WasmBuffer): number => buffer.address ?? arena + (offsets.get(buffer) ?? 0);
  /** Kernels add the place of the slice in the whole batch, so it is taken off here. */
  const addressIn = (buffer: WasmBuffer, { slice, phase }: Entry): number => {
    const memory = sliceMemories.get(phase);
    const offset = memory?.offsets.get(buffer);
    if (slice === null || memory === undefined || offset === undefined) return addressOf(buffer);
    const thread = Math.floor((slice * threads) / gradientSlices);
    const own = arena + (sliceOffsets.get(phase) ?? 0) + thread * memory.bytes + offset;
    return memory.scratch.has(buffer) ? own : own - (slice * buffer.bytes) / gradientSlices;
  };
  const words = new Int32Array(entries.length * operationWords);
  const floats = new Float32Array(words.buffer);
  const names = Object.keys(operationTable);
  entries.forEach((entry, position) => {
    const operation = operations[entry.at];
    if (operation === undefined) return;
    const { name, arguments: operands } = operation;
    let word = position * operationWords;
    words[word] =
      2 * names.indexOf(name) +
      (precision === 'float64' ? 1 : 0) +
      (entry.meets ? operationFlags.meets : 0) +
      (entry.slice === null ? 0 : operationFlags.sliced) +
      (images <= fewImages ? images * operationFlags.fewImages : 0);
    for (const [parameter, type] of Object.entries(operationTable[name])) {
      word += 1;
      const operand: Argument = operands[parameter] ?? 0;
      if (typeof operand !== 'number') words[word] = addressIn(operand, entry);
      else if (type === 'f32') floats[word] = operand;
      else words[word] = operand;
    }
  });
  return {
    words,
    length: entries.length,
    arenaBytes: plan.bytes + readBehind,
    addresses: new Map([...inputs, ...results].map(([name, buffer]) => [name, addressOf(buffer)])),
    watches: watches.map((watch): EncodedWatch => ({ ...watch, addressOf })),
  };
}
