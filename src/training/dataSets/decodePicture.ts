/** A picture file as grey values. PNG is read the same everywhere, so that the same files make the same checksum; others by the browser. */
import { decode } from 'fast-png';
import type { GreyPicture } from '@/training/dataSets/fitImage';

/** Of a side: more than any camera's, and little enough for memory. */
const longestSide = 8192;
/** Rec. 601, as PIL's convert('L'). */
const luma = [0.299, 0.587, 0.114] as const;

const isPng = (bytes: Uint8Array): boolean => bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e;

/** Grey of RGBA or less, on white where it is see-through; `largest`: of a channel. */
function grey(
  { width, height, channels }: { readonly width: number; readonly height: number; readonly channels: number },
  data: ArrayLike<number>,
  largest: number,
): GreyPicture {
  const result = new Uint8Array(width * height);
  const hasColour = channels >= 3;
  const hasAlpha = channels === 2 || channels === 4;
  for (let i = 0; i < result.length; i += 1) {
    const at = (channel: number): number => (data[i * channels + channel] ?? 0) / largest;
    const value = hasColour ? luma[0] * at(0) + luma[1] * at(1) + luma[2] * at(2) : at(0);
    const alpha = hasAlpha ? at(channels - 1) : 1;
    result[i] = Math.round(255 * (value * alpha + 1 - alpha));
  }
  return { width, height, data: result };
}

function expectSize(width: number, height: number): void {
  if (width < 1 || height < 1 || width > longestSide || height > longestSide)
    throw new RangeError(`A picture of ${width} x ${height} pixels.`);
}

function decodePng(bytes: Uint8Array<ArrayBuffer>): GreyPicture {
  const header = new DataView(bytes.buffer, bytes.byteOffset, 24);
  expectSize(header.getUint32(16), header.getUint32(20));
  const { width, height, channels, depth, data, palette } = decode(bytes);
  if (palette === undefined) {
    // Below 8 bits fast-png leaves several pixels in a byte.
    if (depth < 8)
      return grey({ width, height, channels: 1 }, unpacked(data, width, height, depth), 2 ** depth - 1);
    return grey({ width, height, channels }, data, 2 ** depth - 1);
  }
  const indices = depth < 8 ? unpacked(data, width, height, depth) : data;
  const colours = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i += 1) {
    const [red = 0, green = 0, blue = 0, alpha = 255] = palette[indices[i] ?? 0] ?? [];
    colours.set([red, green, blue, alpha], 4 * i);
  }
  return grey({ width, height, channels: 4 }, colours, 255);
}

/** Pixels of less than a byte; rows begin with a byte. */
function unpacked(data: ArrayLike<number>, width: number, height: number, depth: number): Uint8Array {
  const values = new Uint8Array(width * height);
  const rowBytes = Math.ceil((width * depth) / 8);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const bit = x * depth;
      const byte = data[y * rowBytes + (bit >> 3)] ?? 0;
      values[y * width + x] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
    }
  }
  return values;
}

async function decodeByBrowser(bytes: Uint8Array<ArrayBuffer>): Promise<GreyPicture> {
  const bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: 'none' });
  const { width, height } = bitmap;
  try {
    expectSize(width, height);
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (context === null) throw new Error('No canvas.');
    context.drawImage(bitmap, 0, 0);
    return grey({ width, height, channels: 4 }, context.getImageData(0, 0, width, height).data, 255);
  } finally {
    bitmap.close();
  }
}

/** @throws Error where it is no picture that can be read */
export async function decodePicture(bytes: Uint8Array<ArrayBuffer>): Promise<GreyPicture> {
  return isPng(bytes) ? decodePng(bytes) : decodeByBrowser(bytes);
}
