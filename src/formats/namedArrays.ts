/** Arrays of a file by name, whatever the format: what stands where, read piece by piece when it is wanted. */
import { FormatError } from '@/formats/formatError';
import type { ReadableFile } from '@/model/weightFiles';

export interface NamedArray {
  /** As safetensors names it: `F32`, `I64`, `BF16`, ... */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The first `length` bytes, little-endian and row-major. @throws FormatError `unreadable` */
  readonly read: (length: number) => Promise<Uint8Array<ArrayBuffer>>;
}

export type NamedArrays = ReadonlyMap<string, NamedArray>;

/** @throws FormatError `unreadable` where the browser cannot give all of these bytes */
export async function readBytes(
  file: ReadableFile,
  begin: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await file.slice(begin, end).arrayBuffer());
  } catch (error) {
    throw new FormatError({ kind: 'unreadable' }, `The file cannot be read: ${String(error)}`, {
      cause: error,
    });
  }
  const expected = Math.min(end, file.size) - begin;
  if (bytes.length !== expected) {
    throw new FormatError(
      { kind: 'unreadable' },
      `The file gave ${bytes.length} bytes where ${expected} were to be.`,
    );
  }
  return bytes;
}
