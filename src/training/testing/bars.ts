/** A data set that a test makes itself: bars, upright or lying, at changing places. */
import { encodeIdx } from '@/data/idx';
import type { GivenFile } from '@/model/dataImport';

type Bytes = Uint8Array<ArrayBuffer>;

/** White on black; label 0: upright, 1: lying; its left or upper edge at `at`. */
export function bar(label: number, at: number, size = 28): Bytes {
  const image = new Uint8Array(size * size);
  for (let along = 4; along < size - 4; along += 1)
    for (const across of [at, at + 1, at + 2])
      image[label === 0 ? along * size + across : across * size + along] = 255;
  return image;
}

export function bars(count: number, size = 28): { images: Bytes; labels: Bytes } {
  const images = new Uint8Array(count * size * size);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  labels.forEach((label, i) => images.set(bar(label, 5 + (i % 15), size), i * size * size));
  return { images, labels };
}

/** As IDX files; `packed`: what makes of their bytes those of the file. */
export function barFiles(
  stem: string,
  count: number,
  { size = 28, ending = '', packed = (bytes: Bytes): Bytes => bytes } = {},
): GivenFile[] {
  const { images, labels } = bars(count, size);
  const file = (name: string, bytes: Bytes): GivenFile => ({
    path: `${stem}-${name}-ubyte${ending}`,
    file: new Blob([packed(bytes)]),
  });
  return [
    file('images-idx3', encodeIdx({ shape: [count, size, size], data: images })),
    file('labels-idx1', encodeIdx({ shape: [count], data: labels })),
  ];
}
