/**
 * From a drawing to MNIST's form (yann.lecun.com/exdb/mnist): the ink fits 20 x 20 pixels keeping its aspect ratio, is
 * anti-aliased, and stands in 28 x 28 so that its centre of mass is in the middle. MNIST's writers all had the same pens and
 * about the same room; people draw a digit as large as they like. So not the ink is scaled but its line, which is then inked
 * with a pen of MNIST's width.
 *
 * Measured over the 60,000 training images (npm run drawings): the longer side of the ink is 20 pixels in all but
 * a dozen; the centre of mass lies between 14 and 15 in both directions, in pixel edges, evenly: its mean is 14.5.
 */
import { emptyImage, type GreyImage, inkStrokes, type Stroke, strokesOnPad } from '@/model/strokes';

const imageSize = 28;
const inkSize = 20;
/** Where MNIST's centres of mass lie on average, in pixel edges: whole pixels bring each to within half a pixel of it. */
export const mnistCentre = 14.5;
/** Mean width of MNIST's strokes in its pixels. */
export const mnistPenWidth = 2.6;
/** Share of the pad's side: what is smaller is a dot, or a hand that shook at one, and stays small. */
const smallestDigit = 0.05;
/** Parts of a pixel in either direction in which its ink is counted. */
const subpixels = 5;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Box of points; null where there are none. */
function boxOf(points: Iterable<{ readonly x: number; readonly y: number }>): Box | null {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const { x, y } of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return left > right ? null : { left, top, right, bottom };
}

/** Box of the line that a pen of MNIST's width would have drawn an image with, in shares of the image. */
function lineBoxOf(pixels: Uint8Array): Box | null {
  const inked = [...pixels.keys()].filter((index) => (pixels[index] ?? 0) > 0);
  const box = boxOf(inked.map((index) => ({ x: index % imageSize, y: Math.floor(index / imageSize) })));
  if (box === null) return null;
  const along = (first: number, last: number): [number, number] => {
    const margin = Math.min(mnistPenWidth, last + 1 - first) / 2;
    return [(first + margin) / imageSize, (last + 1 - margin) / imageSize];
  };
  const [left, right] = along(box.left, box.right);
  const [top, bottom] = along(box.top, box.bottom);
  return { left, top, right, bottom };
}

/** What was drawn on: 28 x 28 bytes that fill the pad. */
type Background = Uint8Array | null;

interface Placement {
  /** Pixels of the 28 x 28 image in the side of the pad. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

function place(strokes: readonly Stroke[], background: Background): Placement | null {
  const under = background === null ? null : lineBoxOf(background);
  const corners =
    under === null
      ? []
      : [
          { x: under.left, y: under.top },
          { x: under.right, y: under.bottom },
        ];
  const box = boxOf([...corners, ...strokes.flatMap(({ points }) => points)]);
  if (box === null) return null;
  const extent = Math.max(box.right - box.left, box.bottom - box.top, smallestDigit);
  const fitted = (inkSize - mnistPenWidth) / extent;
  const margin = (imageSize - inkSize + mnistPenWidth) / 2;
  const at = (scale: number, round: (offset: number) => number): Placement => ({
    scale,
    x: round(margin - box.left * scale),
    y: round(margin - box.top * scale),
  });
  // An image is not enlarged, and where it has room its pixels stay as they are. It fills its 20 pixels but for rounding.
  const hasRoom = under !== null && fitted > imageSize - 1e-6;
  return hasRoom ? at(imageSize, Math.round) : at(fitted, (offset) => offset);
}

/** Image of the background and the strokes on it, `subpixels` values a pixel in either direction. */
function inked(strokes: readonly Stroke[], background: Background, { scale, x, y }: Placement): GreyImage {
  const image = emptyImage(imageSize * subpixels);
  if (background !== null) {
    for (const index of image.values.keys()) {
      const column = Math.floor((((index % image.width) + 0.5) / subpixels - x) * (imageSize / scale));
      const row = Math.floor(((Math.floor(index / image.width) + 0.5) / subpixels - y) * (imageSize / scale));
      const isInside = column >= 0 && column < imageSize && row >= 0 && row < imageSize;
      if (isInside) image.values[index] = (background[row * imageSize + column] ?? 0) / 255;
    }
  }
  const scaled = strokes.map(({ points }) => ({
    points: points.map((point) => ({
      x: (point.x * scale + x) * subpixels,
      y: (point.y * scale + y) * subpixels,
    })),
  }));
  inkStrokes(image, scaled, mnistPenWidth * subpixels);
  return image;
}

/** Means of subpixels x subpixels values. */
function reduced(image: GreyImage): GreyImage {
  const result = emptyImage(imageSize);
  for (const [index, value] of image.values.entries()) {
    const column = Math.floor((index % image.width) / subpixels);
    const row = Math.floor(Math.floor(index / image.width) / subpixels);
    result.values[row * imageSize + column] = (result.values[row * imageSize + column] ?? 0) + value;
  }
  for (const index of result.values.keys()) {
    result.values[index] = (result.values[index] ?? 0) / subpixels ** 2;
  }
  return result;
}

/** In pixel edges: the middle of a lone pixel at (0, 0) is (0.5, 0.5). The image has ink. */
export function centreOfMass({ width, values }: GreyImage): { readonly x: number; readonly y: number } {
  let mass = 0;
  let x = 0;
  let y = 0;
  for (const [index, value] of values.entries()) {
    mass += value;
    x += value * ((index % width) + 0.5);
    y += value * (Math.floor(index / width) + 0.5);
  }
  return { x: x / mass, y: y / mass };
}

/**
 * The 28 x 28 bytes (white ink on black) that a network sees of strokes, and of an image under them; all zero where there is
 * no ink on the pad. Ink that the centring moves past the border is cut, as in MNIST.
 */
export function mnistPreprocess(
  strokes: readonly Stroke[],
  background: Background = null,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(imageSize * imageSize);
  const onPad = strokesOnPad(strokes);
  const placement = place(onPad, background);
  if (placement === null) return bytes;
  const image = reduced(inked(onPad, background, placement));
  const centre = centreOfMass(image);
  const right = Math.round(mnistCentre - centre.x);
  const down = Math.round(mnistCentre - centre.y);
  for (const [index, value] of image.values.entries()) {
    const x = (index % imageSize) + right;
    const y = Math.floor(index / imageSize) + down;
    if (x < 0 || x >= imageSize || y < 0 || y >= imageSize) continue;
    bytes[y * imageSize + x] = Math.round(255 * value);
  }
  return bytes;
}
