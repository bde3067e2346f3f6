/**
 * PNG sheets of 100 x 100 digits back to images, bit for bit. Decoded in JavaScript rather than through a canvas:
 * browsers that resist fingerprinting perturb what a canvas reads back, colour management may change greys, and
 * drawing needs an image element or bitmap, while this runs the same in a worker and in Node.
 */
import { decode } from 'fast-png';
import { DataError, reasonOf } from '@/data/dataError';
import { imageBytes, imageSize, sheetColumns, sheetImages } from '@/data/manifest';

const sheetWidth = sheetColumns * imageSize;

/**
 * Writes the 10,000 images of a sheet to `target`, [10000, 784] row-major, in file order.
 * @throws DataError `data_decode` when it is not an 8-bit grey PNG of 2800 x 2800.
 */
export function decodeSheet(
  file: string,
  png: Uint8Array<ArrayBuffer>,
  target: Uint8Array<ArrayBuffer>,
): void {
  if (target.length !== sheetImages * imageBytes) {
    throw new RangeError(`A sheet decodes to ${sheetImages * imageBytes} bytes, not ${target.length}.`);
  }
  let sheet;
  try {
    sheet = decode(png);
  } catch (error) {
    throw new DataError('data_decode', file, `${file} is not a readable PNG: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  const { width, height, channels, depth, data: pixels } = sheet;
  const isSheet = width === sheetWidth && height === sheetWidth && channels === 1 && depth === 8;
  if (!isSheet || pixels.length !== target.length) {
    throw new DataError(
      'data_decode',
      file,
      `${file} is no sheet: expected ${sheetWidth} x ${sheetWidth}, 1 channel of 8 bits; ` +
        `found ${width} x ${height}, ${channels} of ${depth} (${pixels.length} bytes).`,
    );
  }
  let read = 0;
  for (let y = 0; y < sheetWidth; y += 1) {
    const gridRow = Math.floor(y / imageSize);
    let write = gridRow * sheetColumns * imageBytes + (y % imageSize) * imageSize;
    for (let column = 0; column < sheetColumns; column += 1) {
      for (let x = 0; x < imageSize; x += 1) target[write + x] = pixels[read + x] ?? 0;
      read += imageSize;
      write += imageBytes;
    }
  }
}
