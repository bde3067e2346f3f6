/**
 * Augmentation of one 28 x 28 image: a random shift, rotation and change of size, as a pure function of the seed, the
 * step and the image's position in the batch, which every engine follows.
 *
 * With key = streamKey(seed, streams.augment, step) and u_k = uniform(key, 4 * position + k), drawn in [-1, 1) as 2u - 1:
 *   shift right = u_0 * shift, shift down = u_1 * shift, angle = u_2 * rotate degrees (clockwise on the screen),
 *   size = 1 + u_3 * scale.
 * The output pixel at (row, column) shows the input at
 *   [x, y] = R(-angle) [column - 13.5 - right, row - 13.5 - down] / size + 13.5,
 * read bilinearly, with zeros outside the image. Values are u8 / 255, before resize and normalisation.
 */
import { streamKey, streams, uniform } from '@/model/random';
import type { AugmentSpec } from '@/model/runConfig';

const side = 28;
const centre = (side - 1) / 2;

/** Takes an output offset from the centre to an input position: [x, y] = matrix * [dx, dy] + centre. */
export interface AugmentTransform {
  readonly right: number;
  readonly down: number;
  readonly cos: number;
  readonly sin: number;
  readonly size: number;
}

export function augmentKey(seed: number, step: number): number {
  return streamKey(seed, streams.augment, step);
}

/** The transform of the image at `position` of the batch. */
export function augmentTransform(spec: AugmentSpec, key: number, position: number): AugmentTransform {
  const draw = (k: number): number => 2 * uniform(key, 4 * position + k) - 1;
  const angle = (draw(2) * spec.rotate * Math.PI) / 180;
  return {
    right: draw(0) * spec.shift,
    down: draw(1) * spec.shift,
    cos: Math.cos(angle),
    sin: Math.sin(angle),
    size: 1 + draw(3) * spec.scale,
  };
}

/** A pixel of the image, zero outside. */
function pixelOf(image: Uint8Array, row: number, column: number): number {
  return row < 0 || row >= side || column < 0 || column >= side ? 0 : (image[row * side + column] ?? 0);
}

/** Writes the augmented image, 784 values in [0, 1], into `output` from `offset` on. */
export function augmentImage(
  image: Uint8Array,
  { right, down, cos, sin, size }: AugmentTransform,
  output: Float32Array,
  offset: number,
): void {
  // One loop without closures: this is done for every image of every step.
  for (let row = 0; row < side; row += 1) {
    const dy = row - centre - down;
    for (let column = 0; column < side; column += 1) {
      const dx = column - centre - right;
      const x = (cos * dx + sin * dy) / size + centre;
      const y = (cos * dy - sin * dx) / size + centre;
      const left = Math.floor(x);
      const top = Math.floor(y);
      const a = x - left;
      const b = y - top;
      const upper = pixelOf(image, top, left) * (1 - a) + pixelOf(image, top, left + 1) * a;
      const lower = pixelOf(image, top + 1, left) * (1 - a) + pixelOf(image, top + 1, left + 1) * a;
      output[offset + row * side + column] = (upper * (1 - b) + lower * b) / 255;
    }
  }
}
