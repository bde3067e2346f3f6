/**
 * From a drawing to MNIST's form, as its authors made it (yann.lecun.com/exdb/mnist): the ink is fitted into 20 x 20
 * keeping its aspect ratio, anti-aliased, and moved by whole pixels until its centre of mass is the centre of 28 x 28.
 */

/** Grey values, row-major, 0 (paper) to 1 (ink). */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const mnistSize = 28;
const fittedSize = 20;
/** Fainter than this is the edge of a stroke, not a part of its extent. */
const inkThreshold = 0.1;

function inkBox({ width, height, values }: GreyImage): Box | null {
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if ((values[y * width + x] ?? 0) <= inkThreshold) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** Mean of the image over [x0, x1) x [y0, y1), fractions of pixels weighted. */
function areaMean({ width, values }: GreyImage, x0: number, x1: number, y0: number, y1: number): number {
  let sum = 0;
  for (let y = Math.floor(y0); y < y1; y += 1) {
    const rowWeight = Math.min(y + 1, y1) - Math.max(y, y0);
    for (let x = Math.floor(x0); x < x1; x += 1) {
      const weight = rowWeight * (Math.min(x + 1, x1) - Math.max(x, x0));
      sum += weight * (values[y * width + x] ?? 0);
    }
  }
  return sum / ((x1 - x0) * (y1 - y0));
}

function fit(image: GreyImage, box: Box): GreyImage {
  const scale = fittedSize / Math.max(box.width, box.height);
  const width = Math.max(1, Math.round(box.width * scale));
  const height = Math.max(1, Math.round(box.height * scale));
  const stepX = box.width / width;
  const stepY = box.height / height;
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const left = box.left + x * stepX;
      const top = box.top + y * stepY;
      values[y * width + x] = areaMean(image, left, left + stepX, top, top + stepY);
    }
  }
  return { width, height, values };
}

/** In pixel edges: the middle of a lone pixel at (0, 0) is (0.5, 0.5). */
export function centreOfMass({ width, height, values }: GreyImage): {
  readonly x: number;
  readonly y: number;
} {
  let mass = 0;
  let x = 0;
  let y = 0;
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const value = values[row * width + column] ?? 0;
      mass += value;
      x += value * (column + 0.5);
      y += value * (row + 0.5);
    }
  }
  return mass === 0 ? { x: width / 2, y: height / 2 } : { x: x / mass, y: y / mass };
}

/**
 * The 28 x 28 bytes (white ink on black) that a network sees of a drawing; all zero for an empty one.
 * Ink that the centring moves past the border is cut, as in MNIST.
 */
export function mnistPreprocess(drawing: GreyImage): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(mnistSize * mnistSize);
  const box = inkBox(drawing);
  if (box === null) return bytes;
  const fitted = fit(drawing, box);
  const centre = centreOfMass(fitted);
  const left = Math.round(mnistSize / 2 - centre.x);
  const top = Math.round(mnistSize / 2 - centre.y);
  for (let y = 0; y < fitted.height; y += 1) {
    for (let x = 0; x < fitted.width; x += 1) {
      const targetX = x + left;
      const targetY = y + top;
      if (targetX < 0 || targetX >= mnistSize || targetY < 0 || targetY >= mnistSize) continue;
      bytes[targetY * mnistSize + targetX] = Math.round(255 * (fitted.values[y * fitted.width + x] ?? 0));
    }
  }
  return bytes;
}
