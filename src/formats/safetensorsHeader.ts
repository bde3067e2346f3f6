/**
 * The header of a safetensors file: 8 bytes of little-endian length N, then N bytes of JSON that say where in the data each
 * tensor lies. https://github.com/huggingface/safetensors#format. Checked as strictly as the reference reader does, and
 * bounded in time and memory, since files come from outside.
 */
import { FormatError, shortName } from '@/formats/formatError';
import { isNumberType, itemBytes, type NumberTypeName } from '@/formats/numberTypes';
import { sizeOf } from '@/model/tensor';

export interface HeaderEntry {
  readonly dtype: NumberTypeName;
  readonly shape: readonly number[];
  /** In bytes of the data, which begins after the header. */
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** In the order of the file. */
  readonly entries: ReadonlyMap<string, HeaderEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes of the header's length. */
export const lengthBytes = 8;
export const metadataKey = '__metadata__';
/** The reference reader's limit. */
const maxHeaderBytes = 100_000_000;
/**
 * Brackets and commas of a header; a tensor has about ten. Room for 250,000 tensors, which parse in about a second, where
 * 100 MB of brackets would take a minute and a gigabyte.
 */
const maxTokens = 2_500_000;
/** The header, an entry, its shape. */
const maxDepth = 3;

const damaged = (message: string, options?: ErrorOptions): FormatError =>
  new FormatError({ kind: 'header' }, message, options);

/**
 * Bytes of the JSON, from the first 8 bytes of a file of `fileBytes`.
 * @throws FormatError `truncated` or `header`
 */
export function headerLength(start: Uint8Array, fileBytes: number): number {
  if (start.length < lengthBytes) {
    throw new FormatError(
      { kind: 'truncated' },
      `A safetensors file has at least 8 bytes, this one has ${start.length}.`,
    );
  }
  const length = Number(new DataView(start.buffer, start.byteOffset, lengthBytes).getBigUint64(0, true));
  if (length > maxHeaderBytes) {
    throw damaged(
      `Not a safetensors file: it claims a header of ${length} bytes (at most ${maxHeaderBytes}).`,
    );
  }
  if (lengthBytes + length > fileBytes) {
    throw new FormatError(
      { kind: 'truncated' },
      `The safetensors header should have ${length} bytes, but the file ends after ${fileBytes - lengthBytes} of them.`,
    );
  }
  return length;
}

/** Whether a file of this beginning means to be safetensors: a possible length, and JSON after it. */
export function looksLikeSafetensors(head: Uint8Array): boolean {
  if (head.length <= lengthBytes || head[lengthBytes] !== 0x7b) return false;
  return new DataView(head.buffer, head.byteOffset).getBigUint64(0, true) <= BigInt(maxHeaderBytes);
}

/** JSON.parse has no bounds of its own: refuses what no header needs before it is parsed. */
function checkBounds(json: Uint8Array): void {
  let depth = 0;
  let tokens = 0;
  let isText = false;
  for (let i = 0; i < json.length; i += 1) {
    const byte = json[i];
    if (byte === 0x22) isText = !isText;
    else if (isText) {
      if (byte === 0x5c) i += 1;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      tokens += 1;
      if (depth > maxDepth) throw damaged(`The safetensors header is nested deeper than ${maxDepth} levels.`);
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    else if (byte === 0x2c) tokens += 1;
  }
  if (tokens > maxTokens) {
    throw damaged(`The safetensors header lists more than this app reads (${tokens} brackets and commas).`);
  }
}

function parseJson(json: Uint8Array): unknown {
  checkBounds(json);
  let text: string;
  try {
    // A byte order mark is no JSON, so it must stay to be refused.
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json);
  } catch (error) {
    throw damaged('The safetensors header is not UTF-8 text.', { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged('The safetensors header is not valid JSON: the file is damaged or of another kind.', {
      cause: error,
    });
  }
}

// A schema library takes seconds over 200,000 entries, and its records drop names such as `constructor`; a file may use any.
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((text) => typeof text === 'string');
}

function isIndexList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && Number(item) >= 0);
}

function parseEntry(name: string, value: unknown): HeaderEntry {
  const tensor = `Tensor "${shortName(name)}"`;
  // Half a surrogate pair, as JSON can escape it and UTF-8 cannot hold it.
  if (/\p{Cs}/u.test(name)) throw damaged(`${tensor} has a name that is no text.`);
  if (!isRecord(value)) throw damaged(`${tensor} in the safetensors header is no object.`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string') throw damaged(`${tensor}: dtype is no text.`);
  if (!isIndexList(shape)) throw damaged(`${tensor}: shape is no list of sizes.`);
  const [begin, end, more] = isIndexList(offsets) ? offsets : [];
  if (begin === undefined || end === undefined || more !== undefined) {
    throw damaged(`${tensor}: data_offsets are not two positions.`);
  }
  if (!isNumberType(dtype)) {
    throw new FormatError(
      { kind: 'dtype', key: shortName(name), dtype: shortName(dtype) },
      `${tensor} has the type ${shortName(dtype)}, which PyTorch does not copy into a network.`,
    );
  }
  const expected = sizeOf(shape) * itemBytes(dtype);
  if (end - begin !== expected) {
    throw new FormatError(
      { kind: 'layout' },
      `${tensor} of shape [${shape.join(', ')}] and type ${dtype} needs ${expected} bytes, its offsets [${begin}, ${end}] give ${end - begin}.`,
    );
  }
  return { dtype, shape, begin, end };
}

/** Tensors must fill the data part without holes or overlaps, so that no byte is unchecked or read twice. */
function checkLayout(entries: ReadonlyMap<string, HeaderEntry>, dataBytes: number): void {
  let position = 0;
  const inOrder = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  for (const [name, { begin, end }] of inOrder) {
    if (begin !== position) {
      const problem = begin < position ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw new FormatError(
        { kind: 'layout' },
        `Tensor "${shortName(name)}" begins at byte ${begin} of the data, expected ${position}: it ${problem}.`,
      );
    }
    position = end;
  }
  if (position !== dataBytes) {
    const problem = position > dataBytes ? 'the file was cut short' : 'bytes are left over';
    throw new FormatError(
      { kind: position > dataBytes ? 'truncated' : 'layout' },
      `The tensors need ${position} bytes of data, the file has ${dataBytes}: ${problem}.`,
    );
  }
}

/**
 * @param json the header, without its length
 * @param dataBytes what follows it in the file
 * @throws FormatError that says what is wrong
 */
export function parseHeader(json: Uint8Array, dataBytes: number): Header {
  const header = parseJson(json);
  if (!isRecord(header)) throw damaged('The safetensors header is not a JSON object.');
  // The reference reader takes null for none.
  const metadata = header[metadataKey] ?? {};
  if (!isTextRecord(metadata)) throw damaged('The safetensors __metadata__ must map names to texts.');

  const entries = new Map<string, HeaderEntry>();
  for (const name of Object.keys(header)) {
    if (name !== metadataKey) entries.set(name, parseEntry(name, header[name]));
  }
  checkLayout(entries, dataBytes);
  return { entries, metadata };
}
