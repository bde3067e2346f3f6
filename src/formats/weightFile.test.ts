import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openWeightFile } from '@/formats/weightFile';
import type { ForeignFormat } from '@/model/weightFiles';

const bytes = (...parts: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : [...part])),
  );
const zeros = (count: number): readonly number[] => Array<number>(count).fill(0);
/** A zip file's local header, and its data. */
function zipEntry(name: string, data = 'x'): Uint8Array {
  const header = new DataView(new ArrayBuffer(26));
  header.setUint16(0, 20, true);
  header.setUint16(22, name.length, true);
  return bytes('PK\x03\x04', new Uint8Array(header.buffer), name, deflateRawSync(data));
}

const foreign: readonly (readonly [string, ForeignFormat, Uint8Array<ArrayBuffer>])[] = [
  ['an empty file', 'empty', bytes()],
  ['pickle.dump', 'pickle', bytes([0x80, 4, 0x95, 0x10, 0, 0, 0, 0, 0, 0, 0], '}\x94.')],
  ['numpy.save', 'numpy', bytes([0x93], 'NUMPY', [1, 0, 0x76, 0], '{"descr": "<f4"}')],
  ['numpy.savez', 'npz', bytes(zipEntry('fc1.weight.npy'))],
  ['a .keras file', 'keras', bytes(zipEntry('metadata.json'), zipEntry('config.json'))],
  ['Keras’s older HDF5', 'hdf5', bytes([0x89], 'HDF\r\n', [0x1a, 0x0a], zeros(20))],
  ['an ONNX model', 'onnx', bytes([8, 8, 0x12, 7], 'pytorch', [0x1a, 5], '2.1.0')],
  ['a TensorFlow Lite model', 'tflite', bytes([0x1c, 0, 0, 0], 'TFL3', zeros(8))],
  ['a GGUF model', 'gguf', bytes('GGUF', [3, 0, 0, 0], zeros(8))],
  ['an empty zip file', 'zip', bytes('PK\x05\x06', zeros(18))],
  ['gzip', 'archive', new Uint8Array(gzipSync('weights'))],
  ['a tar file', 'archive', bytes('model.safetensors', zeros(240), 'ustar', zeros(250))],
  ['a web page', 'html', bytes('\n<!DOCTYPE html>\n<html lang="en"><title>Sign in</title>')],
  ['a web page with a comment first', 'html', bytes('<!-- saved --><html></html>')],
  [
    'a Git LFS pointer',
    'lfs_pointer',
    bytes('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 247632\n'),
  ],
  ['the index of parts', 'safetensors_index', bytes('{"metadata": {}, "weight_map": {"fc1.weight": "a"}}')],
  ['a configuration', 'json', bytes('{"architectures": ["LeNet"]}')],
  ['a list in JSON', 'json', bytes('[{"step": 1}]')],
  ['a PNG picture', 'image', bytes([0x89], 'PNG\r\n', [0x1a, 0x0a], zeros(20))],
  ['a JPEG picture', 'image', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 16], 'JFIF')],
  ['a WebP picture', 'image', bytes('RIFF', [1, 2, 3, 4], 'WEBPVP8 ')],
  ['a PDF', 'pdf', bytes('%PDF-1.7\n%', [0xe2, 0xe3])],
  ['a server’s words', 'text', bytes('404: Not Found')],
  ['Chinese text', 'text', bytes('权重文件不存在')],
  // 64 KiB end in the middle of a character.
  ['long text', 'text', bytes(`a${'权'.repeat(40_000)}`)],
];

test.each(foreign)('%s is named as %s', async (_name, format, content) => {
  await expect(openWeightFile(new Blob([content]))).rejects.toMatchObject({
    details: { kind: 'foreign', format },
  });
});

test('a file of text says how it begins, on one line and cut short', async () => {
  const opening = openWeightFile(new Blob([`Not  Found\n${'x'.repeat(200)}`]));
  await expect(opening).rejects.toMatchObject({ details: { excerpt: `Not Found ${'x'.repeat(70)}…` } });
});

describe('what is not known is read as the safetensors that it claims to be', () => {
  test.each([
    ['random bytes', bytes([0xc3, 0x28, 0xa0, 0xfe, 0x91, 0x11, 0x80, 0x99, 1, 2, 3]), 'header'],
    ['a few zeros', bytes(zeros(5)), 'truncated'],
    ['a header cut short', bytes([40, ...zeros(7)], '{"a":'), 'truncated'],
    ['a header that is no JSON', bytes([8, ...zeros(7)], '{oops   '), 'header'],
  ])('%s', async (_name, content, kind) => {
    await expect(openWeightFile(new Blob([content]))).rejects.toMatchObject({ details: { kind } });
  });
});

test('a file that the browser cannot read is told so', async () => {
  const gone = {
    size: 100,
    slice: () => gone,
    arrayBuffer: () =>
      Promise.reject(new DOMException('A requested file could not be found.', 'NotFoundError')),
  };
  await expect(openWeightFile(gone)).rejects.toMatchObject({ details: { kind: 'unreadable' } });
});

test('a file that has become shorter is told so', async () => {
  const cut = { size: 100, slice: () => cut, arrayBuffer: async () => new ArrayBuffer(10) };
  await expect(openWeightFile(cut)).rejects.toMatchObject({ details: { kind: 'unreadable' } });
});
