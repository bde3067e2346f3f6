/**
 * What torch.save wrote before PyTorch 1.6, and writes with `_use_new_zipfile_serialization=False`: five pickles (a magic number, a
 * version, the machine's sizes, the object, the storages' keys), then each storage: its number of values, then they.
 */
import { FormatError, shortName } from '@/formats/formatError';
import { readBytes, type NamedArrays } from '@/formats/namedArrays';
import { damagedPickle, readPickle } from '@/formats/torch/pickle';
import { stateDictOf } from '@/formats/torch/stateDictOf';
import { tensorReading, type Storage } from '@/formats/torch/tensors';
import { largestPickle } from '@/formats/torch/zipFile';
import type { ReadableFile } from '@/model/weightFiles';

const version = 1001;
const countBytes = 8;

interface Place {
  readonly begin: number;
  readonly end: number;
}

/** Where each storage's bytes are. */
async function placesOf(
  file: ReadableFile,
  keys: readonly unknown[],
  storages: ReadonlyMap<string, Storage>,
  begin: number,
): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  let at = begin;
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined) throw damagedPickle('a storage that nothing names');
    // oxlint-disable-next-line no-await-in-loop -- where one begins follows from the one before it
    const counted = await readBytes(file, at, Math.min(file.size, at + countBytes));
    const count =
      counted.length < countBytes ? -1 : Number(new DataView(counted.buffer).getBigInt64(0, true));
    const end = at + countBytes + storage.bytes;
    if (count !== storage.count || end > file.size) {
      throw new FormatError({ kind: 'damaged' }, `Storage "${shortName(storage.key)}" is not whole.`);
    }
    places.set(storage.key, { begin: at + countBytes, end });
    at = end;
  }
  return places;
}

/** @throws FormatError that says what is wrong */
export async function openLegacyTorch(file: ReadableFile): Promise<NamedArrays> {
  const bytes = await readBytes(file, 0, Math.min(file.size, largestPickle));
  const storages = new Map<string, Storage>();
  let at = 0;
  const next = (): unknown => {
    const { value, end } = readPickle(bytes, at, tensorReading(storages));
    at = end;
    return value;
  };
  next();
  if (next() !== version) throw damagedPickle('its version is not 1001');
  const machine = next();
  if (!(machine instanceof Map) || machine.get('little_endian') !== true)
    throw damagedPickle('it was written by a big-endian machine');
  const root = next();
  const keys = next();
  if (!Array.isArray(keys)) throw damagedPickle('it lists no storages');
  let places: Map<string, Place> | null = null;
  const read = async (storage: Storage): Promise<Uint8Array<ArrayBuffer>> => {
    places ??= await placesOf(file, keys as unknown[], storages, at);
    const place = places.get(storage.key);
    if (place === undefined) throw damagedPickle('a storage that is not there');
    return readBytes(file, place.begin, place.end);
  };
  return stateDictOf(root, read);
}
