import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FormatError } from '@/formats/formatError';
import { decodeSafetensors, encodeSafetensors } from '@/formats/safetensors';
import type { TensorData } from '@/model/tensor';
import type { FormatDetails } from '@/model/weightFiles';

const shapes = fc.array(fc.nat(4), { maxLength: 4 });
const tensors: fc.Arbitrary<TensorData> = shapes.chain((shape) => {
  const count = shape.reduce((a, b) => a * b, 1);
  const exactly = { minLength: count, maxLength: count };
  return fc.oneof(
    fc.float32Array(exactly).map((data) => ({ dtype: 'F32' as const, shape, data: data.slice() })),
    fc.bigInt64Array(exactly).map((data) => ({ dtype: 'I64' as const, shape, data: data.slice() })),
    fc.uint8Array(exactly).map((data) => ({ dtype: 'U8' as const, shape, data: data.slice() })),
  );
});
const names = fc.string({ unit: 'binary' }).filter((name) => name !== '__metadata__');
const files = fc.array(fc.tuple(names, tensors), { maxLength: 6 }).map((entries) => new Map(entries));

/** A file from a header as it stands, valid or not, and `dataBytes` bytes 0, 1, 2, ... */
function rawFile(header: unknown, dataBytes: number): Uint8Array<ArrayBuffer> {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const json = new TextEncoder().encode(text);
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  for (let i = 0; i < dataBytes; i++) file[8 + json.length + i] = i;
  return file;
}

function errorOf(bytes: Uint8Array<ArrayBuffer>): FormatError {
  try {
    decodeSafetensors(bytes);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error('The file was accepted.');
}

test('what is written is read back: names, types, shapes, every bit and the metadata', () => {
  fc.assert(
    fc.property(files, fc.dictionary(fc.string(), fc.string()), (written, metadata) => {
      const read = decodeSafetensors(encodeSafetensors(written, metadata));
      expect(new Set(read.tensors.keys())).toEqual(new Set(written.keys()));
      for (const [name, tensor] of written) {
        const back = read.tensors.get(name);
        expect(back?.dtype).toBe(tensor.dtype);
        expect(back?.shape).toEqual(tensor.shape);
        const bytes = ({ data }: TensorData): number[] => [
          ...new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        ];
        expect(back && bytes(back)).toEqual(bytes(tensor));
      }
      expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
    }),
  );
});

test('every tensor of a written file is aligned to its item size', () => {
  fc.assert(
    fc.property(files, (written) => {
      const file = encodeSafetensors(written);
      for (const { data } of decodeSafetensors(file).tensors.values()) {
        if (data.length > 0) expect(data.buffer).toBe(file.buffer);
      }
    }),
  );
});

test('a file cut at any byte is refused', () => {
  const file = encodeSafetensors(
    new Map<string, TensorData>([
      ['a', { dtype: 'F32', shape: [3], data: Float32Array.of(1, 2, 3) }],
      ['b', { dtype: 'I64', shape: [], data: BigInt64Array.of(7n) }],
    ]),
  );
  for (let length = 0; length < file.length; length++) {
    expect(errorOf(file.slice(0, length)).details.kind).toBe('truncated');
  }
});

test('a damaged file is refused with a FormatError or read as something valid, never worse', () => {
  const file = encodeSafetensors(
    new Map([['weight', { dtype: 'F32' as const, shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }]]),
    { format: 'pt' },
  );
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (position, change) => {
      const damaged = file.slice();
      damaged[position] = (damaged[position] ?? 0) ^ change;
      try {
        for (const { data, shape } of decodeSafetensors(damaged).tensors.values()) {
          expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
        }
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }),
    { numRuns: 2000 },
  );
});

describe('broken files are named for what they are', () => {
  const f32 = (shape: unknown, begin: number, end: number, dtype = 'F32') => ({
    dtype,
    shape,
    data_offsets: [begin, end],
  });
  const cases: [string, Uint8Array<ArrayBuffer>, FormatDetails['kind'], RegExp][] = [
    [
      'a PNG',
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 0),
      'header',
      /Not a safetensors file/,
    ],
    ['no JSON', rawFile('{oops', 0), 'header', /not valid JSON/],
    ['a JSON list', rawFile([1, 2], 0), 'header', /not a JSON object/],
    ['metadata that is no text', rawFile({ __metadata__: { a: 1 } }, 0), 'header', /__metadata__/],
    [
      'an entry without offsets',
      rawFile({ a: { dtype: 'F32', shape: [1] } }, 4),
      'header',
      /"a".*data_offsets/,
    ],
    ['a negative size', rawFile({ a: f32([-1], 0, 4) }, 4), 'header', /"a".*shape/],
    ['a fractional size', rawFile({ a: f32([0.5], 0, 2) }, 2), 'header', /"a".*shape/],
    ['an unknown type', rawFile({ a: f32([1], 0, 4, 'F4') }, 4), 'dtype', /"a" has the type F4/],
    ['a byte order mark', rawFile('\ufeff{}', 0), 'header', /not valid JSON/],
    ['half a surrogate pair', rawFile('{"\\ud800":{}}', 0), 'header', /no text/],
    ['a header padded with NUL', rawFile('{}\0\0', 0), 'header', /not valid JSON/],
    ['a header that is nested', rawFile({ a: { shape: [[[1]]] } }, 0), 'header', /nested deeper/],
    [
      'offsets that do not match the shape',
      rawFile({ a: f32([2], 0, 4) }, 4),
      'layout',
      /needs 8 bytes.*give 4/,
    ],
    ['offsets backwards', rawFile({ a: f32([1], 4, 0) }, 4), 'layout', /needs 4 bytes/],
    [
      'a hole',
      rawFile({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12),
      'layout',
      /"b" begins at byte 8.*hole/,
    ],
    ['an overlap', rawFile({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8), 'layout', /"b".*overlaps/],
    ['bytes left over', rawFile({ a: f32([1], 0, 4) }, 6), 'layout', /4 bytes of data, the file has 6/],
    ['data cut short', rawFile({ a: f32([2], 0, 8) }, 5), 'truncated', /need 8 bytes.*cut short/],
  ];
  test.each(cases)('%s', (_name, bytes, code, message) => {
    const error = errorOf(bytes);
    expect(error.details.kind).toBe(code);
    expect(error.message).toMatch(message);
  });
});

test('an unaligned tensor is copied, and reads right', () => {
  const file = rawFile(
    {
      odd: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
      count: { dtype: 'I64', shape: [], data_offsets: [1, 9] },
    },
    9,
  );
  const { tensors: read } = decodeSafetensors(file);
  expect(read.get('count')?.data).toEqual(BigInt64Array.of(0x0807060504030201n));
});

test('half, bfloat16 and double become float32', () => {
  const half = new Uint16Array([0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x8000]);
  const bfloat = new Uint16Array([0x3f80, 0xc020]);
  const double = Float64Array.of(Math.PI);
  const data = new Uint8Array([
    ...new Uint8Array(half.buffer),
    ...new Uint8Array(bfloat.buffer),
    ...new Uint8Array(double.buffer),
  ]);
  const file = rawFile(
    {
      half: { dtype: 'F16', shape: [6], data_offsets: [0, 12] },
      bfloat: { dtype: 'BF16', shape: [2], data_offsets: [12, 16] },
      double: { dtype: 'F64', shape: [1], data_offsets: [16, 24] },
    },
    24,
  );
  file.set(data, file.length - 24);
  const { tensors: read } = decodeSafetensors(file);
  expect([...(read.get('half')?.data ?? [])]).toEqual([1, -2, 2 ** -24, 65504, Infinity, -0]);
  expect([...(read.get('bfloat')?.data ?? [])]).toEqual([1, -2.5]);
  expect([...(read.get('double')?.data ?? [])]).toEqual([Math.fround(Math.PI)]);
});

test('the PyTorch reference files read, unaligned tensors included', () => {
  const bytes = new Uint8Array(readFileSync('fixtures/pytorch/lenet.safetensors'));
  const { tensors: read, metadata } = decodeSafetensors(bytes);
  expect(metadata['net']).toBe('lenet');
  expect(read.get('init/fc3.weight')?.shape).toEqual([10, 84]);
  expect(read.get('labels')?.data.length).toBe(8);
});
