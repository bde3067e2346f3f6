// That all 70,000 images come back exactly is tested in scripts/mnistSheets.test.ts and mnist.browser.test.ts.
import { encode } from 'fast-png';
import { expect, test } from 'vitest';
import { imageBytes, sheetImages } from '@/data/manifest';
import { decodeSheet } from '@/data/sprites';

function errorOf(png: Uint8Array): unknown {
  try {
    decodeSheet('train-0.png', Uint8Array.from(png), new Uint8Array(sheetImages * imageBytes));
    return null;
  } catch (error) {
    return error;
  }
}

const grey = (width: number, height: number, channels: 1 | 3) =>
  encode({ width, height, channels, depth: 8, data: new Uint8Array(width * height * channels) });

test('refuses what is not a sheet, saying what it found', () => {
  expect(errorOf(Uint8Array.from([1, 2, 3]))).toMatchObject({ code: 'data_decode', file: 'train-0.png' });
  expect(String(errorOf(grey(28, 28, 1)))).toContain('found 28 x 28, 1 of 8');
  expect(String(errorOf(grey(2800, 2800, 3)))).toContain('found 2800 x 2800, 3 of 8');
  expect(errorOf(grey(2800, 2800, 1))).toBeNull();
});

test('refuses a PNG that is cut off', () => {
  const png = grey(2800, 2800, 1);
  expect(errorOf(png.subarray(0, png.length - 2_000))).toMatchObject({ code: 'data_decode' });
});
