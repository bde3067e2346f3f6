/** Where own drawings are kept: each by itself, so that none is lost with another. */
import * as v from 'valibot';
import { classCount } from '@/model/classCounts';
import { openDatabase, type DigitLabDatabase } from '@/storage/database';

const drawingSchema = v.object({
  id: v.string(),
  /** Checksum of the data set whose classes its label is one of. */
  data: v.string(),
  label: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(classCount - 1)),
  /** 28 x 28 bytes, white on black: what networks see of it. */
  pixels: v.pipe(v.instance(Uint8Array), v.length(28 * 28)),
  /** Milliseconds since 1970. */
  createdAt: v.number(),
});
/** A drawing that a person labelled. */
export interface OwnDrawing extends Readonly<Omit<v.InferOutput<typeof drawingSchema>, 'pixels'>> {
  readonly pixels: Uint8Array<ArrayBuffer>;
}

export interface DrawingStore {
  /** Whether what is kept outlives the visit. */
  readonly isPersistent: boolean;
  /** In the order in which they were kept; what cannot be read is left out. */
  list(): Promise<OwnDrawing[]>;
  /** All of them, or none. @throws DOMException `QuotaExceededError` where the storage is full */
  put(drawings: readonly OwnDrawing[]): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
}

const oldestFirst = (drawings: readonly OwnDrawing[]): OwnDrawing[] =>
  drawings.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));

function decode(value: unknown): OwnDrawing[] {
  const parsed = v.safeParse(drawingSchema, value);
  // A copy of its own, whatever the bytes were a part of.
  return parsed.success ? [{ ...parsed.output, pixels: Uint8Array.from(parsed.output.pixels) }] : [];
}

export function databaseDrawings(database: DigitLabDatabase): DrawingStore {
  return {
    isPersistent: true,
    list: async () => oldestFirst((await database.getAll('drawings')).flatMap(decode)),
    put: async (drawings) => {
      const transaction = database.transaction('drawings', 'readwrite');
      await Promise.all([...drawings.map((drawing) => transaction.store.put(drawing)), transaction.done]);
    },
    remove: async (ids) => {
      const transaction = database.transaction('drawings', 'readwrite');
      await Promise.all([...ids.map((id) => transaction.store.delete(id)), transaction.done]);
    },
  };
}

/** Of this visit alone, where the browser keeps nothing. */
export function memoryDrawings(): DrawingStore {
  const kept = new Map<string, OwnDrawing>();
  return {
    isPersistent: false,
    list: () => Promise.resolve(oldestFirst([...kept.values()])),
    put: (drawings) => {
      for (const drawing of drawings) kept.set(drawing.id, drawing);
      return Promise.resolve();
    },
    remove: (ids) => {
      for (const id of ids) kept.delete(id);
      return Promise.resolve();
    },
  };
}

export async function openDrawings(): Promise<DrawingStore> {
  try {
    return databaseDrawings(await openDatabase());
  } catch {
    return memoryDrawings();
  }
}
