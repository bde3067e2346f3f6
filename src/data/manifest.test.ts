import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parseManifest } from '@/data/manifest';
import { buildSprites } from '../../scripts/mnistSheets.mjs';

let text: string;
beforeAll(async () => {
  const { outputFolder } = await buildSprites();
  text = await readFile(join(outputFolder, 'manifest.json'), 'utf8');
});

test('takes what the build script writes', () => {
  const { files } = parseManifest(text);
  expect(files.map(({ name }) => name)).toContain('train-5.png');
});

/** The real manifest with one entry changed. */
function changed(name: string, change: object): string {
  const manifest = parseManifest(text);
  const files = manifest.files.map((file) => (file.name === name ? { ...file, ...change } : file));
  return JSON.stringify({ ...manifest, files });
}

const refusals: readonly (readonly [string, () => string, string])[] = [
  [
    'a web page in its place',
    () => '<!doctype html><html></html>',
    'the server sent a web page in its place',
  ],
  ['text that is no JSON', () => text.slice(0, -10), 'JSON'],
  ['another version', () => text.replace('"version": 1', '"version": 2'), 'version'],
  ['a gap', () => changed('train-3.png', { offset: 40_000 }), 'do not cover'],
  ['a missing split', () => text.replaceAll('"split": "test"', '"split": "train"'), 'do not cover'],
  ['an address outside', () => changed('train-3.png', { name: '//elsewhere/x.png' }), 'files.4.name'],
  ['no checksum', () => changed('train-3.png', { sha256: '' }), 'files.4.sha256'],
  ['labels of another size', () => changed('test-labels.bin', { bytes: 9 }), 'one byte a label'],
  ['a file twice', () => changed('train-3.png', { name: 'train-2.png' }), 'listed twice'],
];

test.for(refusals)('refuses %s', ([, make, message], { expect }) => {
  let error: unknown;
  try {
    parseManifest(make());
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'data_decode', file: 'manifest.json' });
  expect(String(error)).toContain(message);
});
