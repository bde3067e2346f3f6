/** The zip form of torch.save, since PyTorch 1.6: NAME/data.pkl, and each storage as NAME/data/KEY. */
import { FormatError, shortName } from '@/formats/formatError';
import type { NamedArrays } from '@/formats/namedArrays';
import { readPickle } from '@/formats/torch/pickle';
import { stateDictOf } from '@/formats/torch/stateDictOf';
import { tensorReading, type Storage } from '@/formats/torch/tensors';
import type { Zip } from '@/formats/zip';
import { itemBytes } from '@/formats/numberTypes';

/** Names and shapes alone; a network of 256 layers has some 100 KB. */
export const largestPickle = 2 ** 24;

/** The entry that says what is where; null for a zip file of another kind. */
export function pickleEntry(zip: Zip): string | null {
  const names = [...zip.keys()].filter((name) => /(^|\/)data\.pkl$/u.test(name));
  return names.sort((a, b) => a.length - b.length)[0] ?? null;
}

/** Each value's bytes the other way round. */
function swapBytes(bytes: Uint8Array, size: number): void {
  for (let at = 0; at + size <= bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/** @throws FormatError that says what is wrong */
export async function openTorchZip(zip: Zip, pickleName: string): Promise<NamedArrays> {
  const pickle = zip.get(pickleName);
  const folder = pickleName.slice(0, -'data.pkl'.length);
  if (pickle === undefined || pickle.size > largestPickle) {
    throw new FormatError({ kind: 'too_large' }, `Its pickle has ${pickle?.size ?? 0} bytes.`);
  }
  const { value } = readPickle(await pickle.read(), 0, tensorReading(new Map()));
  const order = zip.get(`${folder}byteorder`);
  const isBigEndian =
    order !== undefined && order.size < 16 && new TextDecoder().decode(await order.read()) === 'big';

  const read = async (storage: Storage): Promise<Uint8Array<ArrayBuffer>> => {
    const entry = zip.get(`${folder}data/${storage.key}`);
    if (entry === undefined || entry.size < storage.bytes) {
      throw new FormatError(
        { kind: 'damaged' },
        `Storage "${shortName(storage.key)}" should have ${storage.bytes} bytes, and has ${entry?.size ?? 0}.`,
      );
    }
    const bytes = await entry.read();
    // A complex number is two.
    if (isBigEndian && storage.type !== null)
      swapBytes(bytes, storage.type === 'C64' ? 4 : itemBytes(storage.type));
    return bytes;
  };
  return stateDictOf(value, read);
}
