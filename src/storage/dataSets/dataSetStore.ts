/** Where data sets of one's own are kept: what can be asked of it. Images lie beside what is said of them, a record a split. */
import * as v from 'valibot';
import type { LabelledImages } from '@/model/dataImport';
import { dataSpecSchema, type DataSpec } from '@/model/dataSet';
import { openDatabase, type DigitLabDatabase } from '@/storage/database';

const keptSchema = v.object({
  sha256: v.string(),
  spec: dataSpecSchema,
  /** Milliseconds since 1970. */
  createdAt: v.number(),
});
/** A data set that is kept, without own drawings. */
export interface KeptDataSet {
  readonly spec: DataSpec;
  readonly createdAt: number;
}

const partSchema = v.object({ images: v.instance(Uint8Array), labels: v.instance(Uint8Array) });

/** `drawings`: those that a run mixed in, by their own checksum. */
export type DataPart = 'train' | 'test' | 'drawings';

export interface DataSetStore {
  /** Whether what is kept outlives the visit. */
  readonly isPersistent: boolean;
  /** Newest first; what cannot be read is left out. */
  list(): Promise<KeptDataSet[]>;
  /** Null where it is not kept. */
  images(sha256: string, part: DataPart): Promise<LabelledImages | null>;
  /** All of it, or nothing. @throws DOMException `QuotaExceededError` where the storage is full */
  add(set: KeptDataSet, training: LabelledImages, test: LabelledImages): Promise<void>;
  /** What a run mixes in stays as long as its run may be trained again. @throws DOMException */
  addDrawings(sha256: string, drawings: LabelledImages): Promise<void>;
  /** Other names for the data set and its classes. */
  rename(sha256: string, names: Pick<DataSpec, 'name' | 'classNames'>): Promise<void>;
  remove(sha256: string): Promise<void>;
}

const newest = (sets: readonly KeptDataSet[]): KeptDataSet[] =>
  sets.toSorted((a, b) => b.createdAt - a.createdAt);

function decodeKept(value: unknown): KeptDataSet[] {
  const parsed = v.safeParse(keptSchema, value);
  return parsed.success ? [{ spec: parsed.output.spec, createdAt: parsed.output.createdAt }] : [];
}

function decodePart(value: unknown): LabelledImages | null {
  const parsed = v.safeParse(partSchema, value);
  return parsed.success ? parsed.output : null;
}

const recordOf = ({ spec, createdAt }: KeptDataSet): { readonly sha256: string } & KeptDataSet => ({
  sha256: spec.sha256,
  spec,
  createdAt,
});

export function databaseDataSets(database: DigitLabDatabase): DataSetStore {
  return {
    isPersistent: true,
    list: async () => newest((await database.getAll('dataSets')).flatMap(decodeKept)),
    images: async (sha256, part) => decodePart(await database.get('dataParts', [sha256, part])),
    add: async (set, training, test) => {
      const transaction = database.transaction(['dataSets', 'dataParts'], 'readwrite');
      const parts = transaction.objectStore('dataParts');
      const { sha256 } = set.spec;
      await Promise.all([
        parts.put(training, [sha256, 'train']),
        parts.put(test, [sha256, 'test']),
        transaction.objectStore('dataSets').put(recordOf(set)),
        transaction.done,
      ]);
    },
    addDrawings: async (sha256, drawings) => {
      await database.put('dataParts', drawings, [sha256, 'drawings']);
    },
    rename: async (sha256, names) => {
      const transaction = database.transaction('dataSets', 'readwrite');
      const [set] = decodeKept(await transaction.store.get(sha256));
      if (set !== undefined)
        await transaction.store.put(recordOf({ ...set, spec: { ...set.spec, ...names } }));
      await transaction.done;
    },
    remove: async (sha256) => {
      const transaction = database.transaction(['dataSets', 'dataParts'], 'readwrite');
      await Promise.all([
        transaction.objectStore('dataSets').delete(sha256),
        transaction.objectStore('dataParts').delete(IDBKeyRange.bound([sha256], [sha256, []])),
        transaction.done,
      ]);
    },
  };
}

/** Of this visit alone, where the browser keeps nothing. */
export function memoryDataSets(): DataSetStore {
  const sets = new Map<string, KeptDataSet>();
  const parts = new Map<string, LabelledImages>();
  return {
    isPersistent: false,
    list: () => Promise.resolve(newest([...sets.values()])),
    images: (sha256, part) => Promise.resolve(parts.get(`${sha256} ${part}`) ?? null),
    add: (set, training, test) => {
      const { sha256 } = set.spec;
      sets.set(sha256, set);
      parts.set(`${sha256} train`, training).set(`${sha256} test`, test);
      return Promise.resolve();
    },
    addDrawings: (sha256, drawings) => {
      parts.set(`${sha256} drawings`, drawings);
      return Promise.resolve();
    },
    rename: (sha256, names) => {
      const set = sets.get(sha256);
      if (set !== undefined) sets.set(sha256, { ...set, spec: { ...set.spec, ...names } });
      return Promise.resolve();
    },
    remove: (sha256) => {
      sets.delete(sha256);
      for (const part of ['train', 'test']) parts.delete(`${sha256} ${part}`);
      return Promise.resolve();
    },
  };
}

export async function openDataSets(): Promise<DataSetStore> {
  try {
    return databaseDataSets(await openDatabase());
  } catch {
    return memoryDataSets();
  }
}
