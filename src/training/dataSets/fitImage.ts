/**
 * Pictures of any size as 28 x 28 bytes. What is on a picture goes where MNIST has it (yann.lecun.com/exdb/mnist): its longer side 20
 * pixels, its aspect ratio kept, its centre of mass in the middle. Sizes change by the mean over the area of a pixel, which keeps ink
 * from getting lost.
 */
import { imageBytes, imageSize } from '@/data/manifest';
import { mnistCentre } from '@/model/mnistPreprocess';
import type { DataReading } from '@/model/dataImport';

/** Grey values, row by row. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

const inkSize = 20;
/** Fainter is paper: JPEG's noise, the grain of a scan. */
const faintest = 48;

/** Mean grey of the outermost pixels: what a picture is drawn on. */
export function borderMean({ width, height, data }: GreyPicture): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < height; y += 1) {
    const isEdge = y === 0 || y === height - 1;
    for (let x = 0; x < width; x += isEdge || width === 1 ? 1 : width - 1) {
      sum += data[y * width + x] ?? 0;
      count += 1;
    }
  }
  return sum / count;
}

export function inverted({ width, height, data }: GreyPicture): GreyPicture {
  return { width, height, data: data.map((value) => 255 - value) };
}

export function transposed({ width, height, data }: GreyPicture): GreyPicture {
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) turned[x * height + y] = data[y * width + x] ?? 0;
  return { width: height, height: width, data: turned };
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function inkBox({ width, height, data }: GreyPicture): Box | null {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if ((data[y * width + x] ?? 0) < faintest) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return right < 0 ? null : { left, top, width: right + 1 - left, height: bottom + 1 - top };
}

/** How much of each source pixel lies in each target pixel, along one side. */
function shares(from: number, length: number, targets: number): readonly (readonly [number, number])[][] {
  const step = length / targets;
  return Array.from({ length: targets }, (_, target) => {
    const [start, end] = [from + target * step, from + (target + 1) * step];
    const covered: [number, number][] = [];
    for (let at = Math.floor(start); at < end - 1e-9; at += 1) {
      const share = Math.min(end, at + 1) - Math.max(start, at);
      if (share > 1e-9) covered.push([at, share / step]);
    }
    return covered;
  });
}

/** A part of a picture in another size. */
function resized({ width, data }: GreyPicture, box: Box, columns: number, rows: number): Float64Array {
  const across = shares(box.left, box.width, columns);
  const down = shares(box.top, box.height, rows);
  const result = new Float64Array(columns * rows);
  down.forEach((rowShares, row) => {
    across.forEach((columnShares, column) => {
      let sum = 0;
      for (const [y, ofRow] of rowShares)
        for (const [x, ofColumn] of columnShares) sum += ofRow * ofColumn * (data[y * width + x] ?? 0);
      result[row * columns + column] = sum;
    });
  });
  return result;
}

/** Puts values into the image with their corner there; what lies outside is cut. */
function put(values: Float64Array, columns: number, left: number, top: number): Uint8Array<ArrayBuffer> {
  const image = new Uint8Array(imageBytes);
  values.forEach((value, index) => {
    const x = left + (index % columns);
    const y = top + Math.floor(index / columns);
    if (x >= 0 && x < imageSize && y >= 0 && y < imageSize) image[y * imageSize + x] = Math.round(value);
  });
  return image;
}

function centre(values: Float64Array, columns: number): { readonly x: number; readonly y: number } {
  let [mass, x, y] = [0, 0, 0];
  values.forEach((value, index) => {
    mass += value;
    x += value * ((index % columns) + 0.5);
    y += value * (Math.floor(index / columns) + 0.5);
  });
  return { x: x / mass, y: y / mass };
}

/** A picture, light on dark, as 28 x 28 bytes; one of that size as it is. Null where nothing is on it. */
export function fitImage(picture: GreyPicture, fit: DataReading['fit']): Uint8Array<ArrayBuffer> | null {
  const box = inkBox(picture);
  if (box === null) return null;
  if (picture.width === imageSize && picture.height === imageSize) return Uint8Array.from(picture.data);
  const part = fit === 'ink' ? box : { left: 0, top: 0, width: picture.width, height: picture.height };
  const scale = (fit === 'ink' ? inkSize : imageSize) / Math.max(part.width, part.height);
  const columns = Math.max(1, Math.round(part.width * scale));
  const rows = Math.max(1, Math.round(part.height * scale));
  const values = resized(picture, part, columns, rows);
  if (fit === 'whole')
    return put(values, columns, Math.floor((imageSize - columns) / 2), Math.floor((imageSize - rows) / 2));
  const { x, y } = centre(values, columns);
  return put(values, columns, Math.round(mnistCentre - x), Math.round(mnistCentre - y));
}
