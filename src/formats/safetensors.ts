/**
 * safetensors: 8 bytes of little-endian header length N, N bytes of JSON, then raw little-endian row-major data.
 * https://github.com/huggingface/safetensors#format. Checked as strictly as the reference reader does, since files come from outside.
 */
import * as v from 'valibot';
import { float32FromBfloat16, float32FromHalf } from '@/formats/floats';
import { FormatError } from '@/formats/formatError';
import { sizeOf, type TensorData } from '@/model/tensor';

export interface Safetensors {
  /** In the order of the header. */
  readonly tensors: ReadonlyMap<string, TensorData>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The reference reader's limit; keeps a broken length from asking for gigabytes of JSON. */
const maxHeaderBytes = 100_000_000;
const lengthBytes = 8;
const metadataKey = '__metadata__';

const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const entrySchema = v.object({
  dtype: v.string(),
  shape: v.array(index),
  data_offsets: v.tuple([index, index]),
});

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Bytes of one value; F16, BF16 and F64 are read as float32. */
const itemBytes: Readonly<Record<string, number>> = { U8: 1, F16: 2, BF16: 2, F32: 4, F64: 8, I64: 8 };

// A schema library's record drops names such as `constructor`; a file may use any.
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((text) => typeof text === 'string');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FormatError(
      'header',
      'The safetensors header is not valid JSON: the file is damaged or of another kind.',
      {
        cause: error,
      },
    );
  }
}

/** The header's text and where the data begins. */
function readHeader(bytes: Uint8Array): { text: string; dataStart: number } {
  if (bytes.length < lengthBytes) {
    throw new FormatError(
      'truncated',
      `A safetensors file has at least 8 bytes, this one has ${bytes.length}.`,
    );
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, lengthBytes).getBigUint64(0, true));
  if (length > maxHeaderBytes) {
    throw new FormatError(
      'header',
      `Not a safetensors file: it claims a header of ${length} bytes (at most ${maxHeaderBytes}).`,
    );
  }
  if (lengthBytes + length > bytes.length) {
    throw new FormatError(
      'truncated',
      `The safetensors header should have ${length} bytes, but the file ends after ${bytes.length - lengthBytes} of them.`,
    );
  }
  const dataStart = lengthBytes + length;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(lengthBytes, dataStart));
    return { text, dataStart };
  } catch (error) {
    throw new FormatError('header', 'The safetensors header is not UTF-8 text.', { cause: error });
  }
}

function parseEntry(name: string, value: unknown): Entry {
  const parsed = v.safeParse(entrySchema, value);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const path = v.getDotPath(issue);
    throw new FormatError(
      'header',
      `Tensor "${name}" in the safetensors header: ${path ?? 'entry'}: ${issue.message}`,
    );
  }
  const { dtype, shape, data_offsets } = parsed.output;
  const [begin, end] = data_offsets;
  const itemSize = itemBytes[dtype];
  if (itemSize === undefined) {
    const known = Object.keys(itemBytes).join(', ');
    throw new FormatError('dtype', `Tensor "${name}" has the type ${dtype}; this app reads ${known}.`);
  }
  const expected = sizeOf(shape) * itemSize;
  if (end - begin !== expected) {
    throw new FormatError(
      'layout',
      `Tensor "${name}" of shape [${shape.join(', ')}] and type ${dtype} needs ${expected} bytes, its offsets [${begin}, ${end}] give ${end - begin}.`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/** Tensors must fill the data part without holes or overlaps, so that no byte is unchecked or read twice. */
function checkLayout(entries: readonly Entry[], dataBytes: number): void {
  let position = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position) {
      const problem = begin < position ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw new FormatError(
        'layout',
        `Tensor "${name}" begins at byte ${begin} of the data, expected ${position}: it ${problem}.`,
      );
    }
    position = end;
  }
  if (position !== dataBytes) {
    const problem = position > dataBytes ? 'the file was cut short' : 'bytes are left over';
    throw new FormatError(
      'truncated',
      `The tensors need ${position} bytes of data, the file has ${dataBytes}: ${problem}.`,
    );
  }
}

/** The bytes of a tensor at an address that typed arrays of this item size accept: a view where it is aligned, else a copy. */
function alignedBytes(
  data: Uint8Array<ArrayBuffer>,
  entry: Entry,
  itemSize: number,
): Uint8Array<ArrayBuffer> {
  const raw = data.subarray(entry.begin, entry.end);
  return raw.byteOffset % itemSize === 0 ? raw : raw.slice();
}

function readTensor(data: Uint8Array<ArrayBuffer>, entry: Entry): TensorData {
  const { dtype, shape } = entry;
  const { buffer, byteOffset } = alignedBytes(data, entry, itemBytes[dtype] ?? 1);
  const count = sizeOf(shape);
  switch (dtype) {
    case 'U8':
      return { dtype, shape, data: new Uint8Array(buffer, byteOffset, count) };
    case 'I64':
      return { dtype, shape, data: new BigInt64Array(buffer, byteOffset, count) };
    case 'F32':
      return { dtype, shape, data: new Float32Array(buffer, byteOffset, count) };
    case 'F64':
      return { dtype: 'F32', shape, data: Float32Array.from(new Float64Array(buffer, byteOffset, count)) };
    case 'F16':
      return { dtype: 'F32', shape, data: float32FromHalf(new Uint16Array(buffer, byteOffset, count)) };
    case 'BF16':
      return { dtype: 'F32', shape, data: float32FromBfloat16(new Uint16Array(buffer, byteOffset, count)) };
    default:
      throw new FormatError('dtype', `Tensor "${entry.name}" has the type ${dtype}.`);
  }
}

/**
 * Reads a whole file. Aligned tensors are views into `bytes`, so keep it unchanged while they are used.
 * @throws FormatError that says what is wrong.
 */
export function decodeSafetensors(bytes: Uint8Array<ArrayBuffer>): Safetensors {
  const { text, dataStart } = readHeader(bytes);
  const header = parseJson(text);
  if (!isRecord(header)) throw new FormatError('header', 'The safetensors header is not a JSON object.');
  const { [metadataKey]: metadata = {}, ...rest } = header;
  if (!isTextRecord(metadata)) {
    throw new FormatError('header', 'The safetensors __metadata__ must map names to texts.');
  }

  const entries = Object.entries(rest).map(([name, value]) => parseEntry(name, value));
  const data = bytes.subarray(dataStart);
  checkLayout(entries, data.length);
  return {
    tensors: new Map(entries.map((entry) => [entry.name, readTensor(data, entry)])),
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
    if (name === metadataKey) throw new FormatError('header', `A tensor must not be named ${metadataKey}.`);
    if (data.length !== sizeOf(shape)) {
      throw new FormatError(
        'layout',
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
