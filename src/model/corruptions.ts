/**
 * Ways to spoil an image more and more, to see how much a network bears (Hendrycks and Dietterich 2019 call them corruptions). Each is a
 * pure function of the 28 x 28 bytes, the strength, the seed and the image's index; what is drawn is the same at every strength.
 *
 *   shift     by `strength` pixels to the right, down, left or up, which is drawn
 *   rotation  by `strength` degrees about the centre, clockwise or against it, which is drawn
 *   scale     to `strength` times the size about the centre
 *   noise     value + strength * z with a normal z for each pixel, cut to [0, 1]
 *   blur      Gaussian of sigma `strength` pixels
 *
 * The first three are torchvision's affine (bilinear, black outside the image; augment.ts), the last is its gaussian_blur: a kernel of
 * 2 ceil(3 sigma) + 1 pixels a side, the image mirrored at its edges. Results are rounded to whole grey levels, as an image has them.
 */
import { augmentImage } from '@/model/augment';
import { normal, streamKey, streams, uniform } from '@/model/random';

const side = 28;
const pixels = side * side;

export const corruptionKinds = ['shift', 'rotation', 'scale', 'noise', 'blur'] as const;
export type CorruptionKind = (typeof corruptionKinds)[number];

/** Ascending. */
export const corruptionStrengths: Readonly<Record<CorruptionKind, readonly number[]>> = {
  shift: [0, 1, 2, 3, 4, 5, 6, 8],
  rotation: [0, 10, 20, 30, 40, 50, 60, 75, 90],
  scale: [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5],
  noise: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8],
  blur: [0, 0.5, 1, 1.5, 2, 2.5, 3],
};

/** The strength that leaves an image as it is. */
export const neutralStrength: Readonly<Record<CorruptionKind, number>> = {
  shift: 0,
  rotation: 0,
  scale: 1,
  noise: 0,
  blur: 0,
};

/** One kind, at one strength. */
export interface Corruption {
  readonly kind: CorruptionKind;
  readonly strength: number;
}

/** What an affine corruption does with an image: pixels right and down, degrees clockwise, and how many times as large. */
interface Affine {
  readonly right?: number;
  readonly down?: number;
  readonly degrees?: number;
  readonly size?: number;
}

/** 784 values in [0, 1]. Exported for the test against torchvision. */
export function moved(
  image: Uint8Array,
  { right = 0, down = 0, degrees = 0, size = 1 }: Affine,
): Float32Array {
  const angle = (degrees * Math.PI) / 180;
  const values = new Float32Array(pixels);
  augmentImage(image, { right, down, cos: Math.cos(angle), sin: Math.sin(angle), size }, values, 0);
  return values;
}

/** 784 values in [0, 1]; z is drawn under the key. Exported for the test. */
export function noisy(image: Uint8Array, sigma: number, key: number): Float32Array {
  return Float32Array.from({ length: pixels }, (_, pixel) =>
    Math.min(1, Math.max(0, (image[pixel] ?? 0) / 255 + sigma * normal(key, pixel))),
  );
}

/** Index inside of 0 .. side - 1 of one outside, mirrored at the edge pixels. */
function mirrored(index: number): number {
  if (index < 0) return -index;
  return index >= side ? 2 * (side - 1) - index : index;
}

/** 784 values in [0, 1], blurred along the rows, then along the columns. Exported for the test. */
export function blurred(image: Uint8Array, sigma: number): Float32Array {
  const reach = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - reach) / sigma) ** 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const along = (values: ArrayLike<number>, step: number, across: number): Float32Array => {
    const result = new Float32Array(pixels);
    for (let line = 0; line < side; line += 1) {
      for (let i = 0; i < side; i += 1) {
        let sum = 0;
        weights.forEach((weight, tap) => {
          sum += weight * (values[line * across + mirrored(i + tap - reach) * step] ?? 0);
        });
        result[line * across + i * step] = sum / total;
      }
    }
    return result;
  };
  return along(along(image, 1, side), side, 1).map((value) => value / 255);
}

const directions = [
  { right: 1, down: 0 },
  { right: 0, down: 1 },
  { right: -1, down: 0 },
  { right: 0, down: -1 },
] as const;

function corruptedValues(image: Uint8Array, { kind, strength }: Corruption, key: number): Float32Array {
  switch (kind) {
    case 'shift': {
      const { right, down } = directions[Math.floor(4 * uniform(key, 0))] ?? directions[0];
      return moved(image, { right: right * strength, down: down * strength });
    }
    case 'rotation':
      return moved(image, { degrees: uniform(key, 0) < 0.5 ? strength : -strength });
    case 'scale':
      return moved(image, { size: strength });
    case 'noise':
      return noisy(image, strength, key);
    case 'blur':
      return blurred(image, strength);
    default:
      return kind satisfies never;
  }
}

/** 28 x 28 bytes. `index`: which image it is, for what is drawn. */
export function corrupt(
  image: Uint8Array,
  corruption: Corruption,
  seed: number,
  index: number,
): Uint8Array<ArrayBuffer> {
  if (corruption.strength === neutralStrength[corruption.kind]) return Uint8Array.from(image);
  const key = streamKey(seed, streams.corrupt, index, corruptionKinds.indexOf(corruption.kind));
  return Uint8Array.from(corruptedValues(image, corruption, key), (value) => Math.round(255 * value));
}
