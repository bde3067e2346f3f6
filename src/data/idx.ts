/** The IDX format of yann.lecun.com/exdb/mnist: 0 0 type rank, rank big-endian uint32 sizes, row-major values. */
import { DataError } from '@/data/dataError';

const typeUint8 = 0x08;

/** What does not fit, in parts. */
export type IdxProblem =
  /** Neither 0 0 at the start nor a whole header. */
  | { readonly kind: 'header' }
  | { readonly kind: 'type'; readonly type: number }
  | { readonly kind: 'length'; readonly expected: number; readonly found: number };

export class IdxError extends DataError {
  readonly problem: IdxProblem;
  constructor(file: string, problem: IdxProblem, what: string) {
    super('data_decode', file, `${file} is not an IDX file: ${what}.`);
    this.problem = problem;
  }
}

/** An IDX file of unsigned bytes. */
export function encodeIdx({ shape, data }: IdxTensor): Uint8Array<ArrayBuffer> {
  const headerBytes = 4 + 4 * shape.length;
  const bytes = new Uint8Array(headerBytes + data.length);
  const header = new DataView(bytes.buffer);
  bytes.set([0, 0, typeUint8, shape.length]);
  shape.forEach((size, axis) => header.setUint32(4 + 4 * axis, size));
  bytes.set(data, headerBytes);
  return bytes;
}

export interface IdxTensor {
  readonly shape: readonly number[];
  /** A view into the file's bytes. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * Parses an uncompressed IDX file of unsigned bytes, the one kind that MNIST uses.
 * @throws DataError `data_decode` saying what does not fit.
 */
export function parseIdx(file: string, bytes: Uint8Array<ArrayBuffer>): IdxTensor {
  const fail = (what: string, problem: IdxProblem = { kind: 'header' }) => new IdxError(file, problem, what);
  if (bytes.length < 4) throw fail(`it has ${bytes.length} bytes`);
  const [zero0, zero1, type, rank] = bytes;
  if (zero0 === 0x1f && zero1 === 0x8b) throw fail('it is gzipped; unpack it first');
  if (zero0 !== 0 || zero1 !== 0) throw fail(`it starts with ${zero0} ${zero1} instead of 0 0`);
  if (type !== typeUint8)
    throw fail(`value type ${type} is not unsigned bytes (${typeUint8})`, { kind: 'type', type: type ?? 0 });
  if (rank === undefined || rank === 0) throw fail('it has no dimensions');

  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) throw fail(`its header of ${headerBytes} bytes is cut off`);
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const shape = Array.from({ length: rank }, (_, axis) => header.getUint32(4 + 4 * axis));
  const expected = shape.reduce((product, size) => product * size, 1);
  const data = bytes.subarray(headerBytes);
  if (data.length !== expected) {
    throw fail(`shape [${shape.join(', ')}] takes ${expected} values, but ${data.length} follow`, {
      kind: 'length',
      expected,
      found: data.length,
    });
  }
  return { shape, data };
}
