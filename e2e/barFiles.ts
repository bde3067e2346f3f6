/** A data set that a test makes itself: bars, upright or lying, as files that a person would choose. */
import { gzipSync, zipSync } from 'fflate';
import { encode } from 'fast-png';

export interface ChosenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** White on black; label 0: upright, 1: lying; its left or upper edge at `at`. */
function bar(label: number, at: number, size: number): Uint8Array {
  const image = new Uint8Array(size * size);
  for (let along = 4; along < size - 4; along += 1)
    for (const across of [at, at + 1, at + 2])
      image[label === 0 ? along * size + across : across * size + along] = 255;
  return image;
}

function idx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  bytes.set([0, 0, 8, shape.length]);
  shape.forEach((size, axis) => new DataView(bytes.buffer).setUint32(4 + 4 * axis, size));
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

const file = (name: string, bytes: Uint8Array): ChosenFile => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
});

/** So many images of both classes as MNIST's authors pack them. */
export function barIdxFiles(stem: 'train' | 't10k', count: number): ChosenFile[] {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  const images = new Uint8Array(count * 784);
  labels.forEach((label, i) => images.set(bar(label, 5 + (i % 15), 28), i * 784));
  return [
    file(`${stem}-images-idx3-ubyte.gz`, gzipSync(idx([count, 28, 28], images))),
    file(`${stem}-labels-idx1-ubyte.gz`, gzipSync(idx([count], labels))),
  ];
}

/** Dark bars on white, 48 x 48, as PNGs in a folder a class: their paths and bytes. */
export function barPictures(count: number): [string, Uint8Array][] {
  return Array.from({ length: count }, (_, i): [string, Uint8Array] => {
    const data = bar(i % 2, 5 + (i % 35), 48).map((value) => 255 - value);
    const name = `${i % 2 === 0 ? 'upright' : 'lying'}/${i}.png`;
    return [name, encode({ width: 48, height: 48, data, channels: 1, depth: 8 })];
  });
}

export function barZip(count: number): ChosenFile {
  return file('bars.zip', zipSync(Object.fromEntries(barPictures(count))));
}

export const notIdx: ChosenFile = file('train-labels-idx1-ubyte', Uint8Array.of(0x89, 0x50, 0x4e, 0x47));
