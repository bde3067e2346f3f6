/** safetensors files: a header (safetensorsHeader.ts), then raw little-endian row-major data. Read at once or piece by piece. */
import { readBytes, type NamedArrays } from '@/formats/namedArrays';
import { toFloat32, toInt64 } from '@/formats/numberTypes';
import {
  headerLength,
  lengthBytes,
  metadataKey,
  parseHeader,
  type Header,
  type HeaderEntry,
} from '@/formats/safetensorsHeader';
import { sizeOf, type TensorData } from '@/model/tensor';
import type { ReadableFile } from '@/model/weightFiles';

export interface Safetensors {
  /** In the order of the header. */
  readonly tensors: ReadonlyMap<string, TensorData>;
  readonly metadata: Header['metadata'];
}

/** Reads the header alone; the data is read when it is asked for. @throws FormatError that says what is wrong */
export async function openSafetensors(file: ReadableFile): Promise<NamedArrays> {
  const length = headerLength(await readBytes(file, 0, lengthBytes), file.size);
  const dataStart = lengthBytes + length;
  const { entries } = parseHeader(await readBytes(file, lengthBytes, dataStart), file.size - dataStart);
  return new Map(
    [...entries].map(([name, { dtype, shape, begin }]) => [
      name,
      {
        dtype,
        shape,
        read: (bytes) => readBytes(file, dataStart + begin, dataStart + begin + bytes),
      },
    ]),
  );
}

/** int64 and bytes stay as they are, all else becomes float32. */
function readTensor({ dtype, shape, begin, end }: HeaderEntry, data: Uint8Array<ArrayBuffer>): TensorData {
  const raw = data.subarray(begin, end);
  if (dtype === 'U8') return { dtype, shape, data: raw };
  if (dtype === 'I64') return { dtype, shape, data: toInt64(dtype, raw) };
  return { dtype: 'F32', shape, data: toFloat32(dtype, raw) };
}

/**
 * Reads a whole file of ours. Aligned tensors are views into `bytes`, so keep it unchanged while they are used.
 * @throws FormatError that says what is wrong
 */
export function decodeSafetensors(bytes: Uint8Array<ArrayBuffer>): Safetensors {
  const dataStart = lengthBytes + headerLength(bytes, bytes.length);
  const { entries, metadata } = parseHeader(bytes.subarray(lengthBytes, dataStart), bytes.length - dataStart);
  const data = bytes.subarray(dataStart);
  return {
    tensors: new Map([...entries].map(([name, entry]) => [name, readTensor(entry, data)])),
    metadata,
  };
}

/**
 * Writes tensors under their names; the header keeps their order. The data stands by falling item size, as the reference
 * writer does it, so that every tensor is aligned for readers that map the file into memory.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, TensorData>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const begins = new Map<string, number>();
  let dataBytes = 0;
  const byItemSize = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  for (const [name, { data, shape }] of byItemSize) {
    if (name === metadataKey) throw new RangeError(`A tensor must not be named ${metadataKey}.`);
    if (data.length !== sizeOf(shape)) {
      throw new RangeError(
        `Tensor "${name}" has ${data.length} values, its shape [${shape.join(', ')}] needs ${sizeOf(shape)}.`,
      );
    }
    begins.set(name, dataBytes);
    dataBytes += data.byteLength;
  }

  const header: [string, unknown][] = Object.keys(metadata).length === 0 ? [] : [[metadataKey, metadata]];
  for (const [name, { dtype, shape, data }] of tensors) {
    const begin = begins.get(name) ?? 0;
    header.push([name, { dtype, shape, data_offsets: [begin, begin + data.byteLength] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(json.length / 8) * 8;

  const file = new Uint8Array(lengthBytes + headerBytes + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, lengthBytes, lengthBytes + headerBytes).set(json, lengthBytes);
  for (const [name, { data }] of tensors) {
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    file.set(raw, lengthBytes + headerBytes + (begins.get(name) ?? 0));
  }
  return file;
}
