import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseIdx } from '@/data/idx';
import { imageBytes, parseManifest, sheetImages } from '@/data/manifest';
import { decodeSheet } from '@/data/sprites';
import { buildSprites, whyBuild } from './mnistSheets.mjs';
import { checkLabelCounts, defaultSourceFolder, sourceSplits } from './mnistSource.mjs';

let folder: string;
const place = () => ({ outputFolder: join(folder, 'mnist'), stampFile: join(folder, 'stamp') });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'digit-lab-sheets-'));
  await buildSprites(place());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const output = (name: string) => join(folder, 'mnist', name);
const readOutput = async (name: string) => new Uint8Array(await readFile(output(name)));
const readManifest = async () => parseManifest(await readFile(output('manifest.json'), 'utf8'));

async function readIdx(file: string) {
  return parseIdx(file, new Uint8Array(await readFile(join(defaultSourceFolder(), file))));
}

describe('what a build writes', () => {
  test.for(['train', 'test'] as const)(
    'every %s image and label equals its IDX bytes',
    async (split, { expect }) => {
      const { images: imagesFile, labels: labelsFile, labelCounts } = sourceSplits[split];
      const images = await readIdx(imagesFile.file);
      const labels = await readIdx(labelsFile.file);
      expect(images.shape).toEqual([split === 'train' ? 60_000 : 10_000, 28, 28]);

      const { files } = await readManifest();
      const decoded = new Uint8Array(images.data.length);
      let sheets = 0;
      for (const file of files) {
        if (file.split !== split || file.kind !== 'images') continue;
        const from = file.offset * imageBytes;
        decodeSheet(
          file.name,
          await readOutput(file.name),
          decoded.subarray(from, from + sheetImages * imageBytes),
        );
        sheets += 1;
      }
      expect(sheets).toBe(split === 'train' ? 6 : 1);
      expect(Buffer.compare(decoded, images.data)).toBe(0);
      expect(Buffer.compare(await readOutput(`${split}-labels.bin`), labels.data)).toBe(0);
      const counts = labelCounts.map((_, digit) => labels.data.filter((label) => label === digit).length);
      expect(counts).toEqual(labelCounts);
    },
  );

  test('the manifest gives size and SHA-256 of every file', async () => {
    const { files } = await readManifest();
    expect(files).toHaveLength(9);
    for (const file of files) {
      const bytes = await readOutput(file.name);
      expect(bytes.length).toBe(file.bytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
    }
  });
});

describe('building again', () => {
  test('does nothing when everything is there', async () => {
    const before = await stat(output('train-0.png'));
    const result = await buildSprites(place());
    expect(result).toMatchObject({ reason: null, files: 9 });
    expect((await stat(output('train-0.png'))).mtimeMs).toBe(before.mtimeMs);
  });

  test('restores a flipped byte, a missing sheet and a manifest cut short', async () => {
    const original = await readOutput('train-4.png');
    const manifest = await readFile(output('manifest.json'), 'utf8');
    const flipped = original.slice();
    flipped[1_000_000] = (flipped[1_000_000] ?? 0) ^ 1;

    await writeFile(output('train-4.png'), flipped);
    expect(await whyBuild(place())).toBe('train-4.png is damaged');
    await rm(output('train-4.png'));
    expect(await whyBuild(place())).toBe('train-4.png is missing');
    await truncate(output('manifest.json'), 100);
    expect(await whyBuild(place())).toBe('manifest.json is damaged');

    expect((await buildSprites(place())).reason).toBe('manifest.json is damaged');
    expect(Buffer.compare(await readOutput('train-4.png'), original)).toBe(0);
    expect(await readFile(output('manifest.json'), 'utf8')).toBe(manifest);
    expect(await whyBuild(place())).toBeNull();
  });
});

describe('a source that is not the original', () => {
  test('is refused by name with the expected and the found md5, and nothing is written', async () => {
    const sourceFolder = join(folder, 'source');
    await cp(defaultSourceFolder(), sourceFolder, { recursive: true });
    const path = join(sourceFolder, 't10k-labels-idx1-ubyte');
    const labels = await readFile(path);
    labels[8] = 3;
    await writeFile(path, labels);
    const found = createHash('md5').update(labels).digest('hex');
    const target = {
      sourceFolder,
      outputFolder: join(folder, 'refused'),
      stampFile: join(folder, 'refused.txt'),
    };
    await expect(buildSprites(target)).rejects.toThrow(
      `${path} is not the original MNIST file: expected md5 27ae3e4e09519cfbb04c329615203637, found ${found}`,
    );
    await expect(stat(target.outputFolder)).rejects.toThrow('ENOENT');
    await expect(stat(target.stampFile)).rejects.toThrow('ENOENT');
  });

  test('that is missing names the file and the way out', async () => {
    const sourceFolder = join(folder, 'nothing-here');
    await expect(buildSprites({ ...place(), sourceFolder })).rejects.toThrow(
      `Cannot read the MNIST source ${join(sourceFolder, 'train-images-idx3-ubyte')}: run npm ci.`,
    );
  });

  test('whose label counts are off is refused with both counts', () => {
    expect(() => checkLabelCounts('labels', Uint8Array.of(0, 1, 1), [1, 1])).toThrow(
      'labels: expected label counts 0..9 1 1, found 1 2.',
    );
  });
});
