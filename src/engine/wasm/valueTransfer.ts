/** Activations out of the engine's memory in PyTorch's layout. */
import type { Value } from '@/engine/wasm/lowering';
import type { Values } from '@/engine/wasm/precision';

type Geometry = Pick<Value, 'channels' | 'height' | 'width' | 'border'>;

/** Values of an activation in memory: blocks of eight images, each with its border. */
export function storedCount({ channels, height, width, border }: Geometry, images: number): number {
  return Math.ceil(images / 8) * (height + 2 * border) * (width + 2 * border) * channels * 8;
}

/** [blocks][height][width][channels][8] with a border -> [n][channels][height][width]. */
export function readImages(source: Values, geometry: Geometry, images: number, target: Float32Array): void {
  const { channels, height, width, border } = geometry;
  const fullWidth = width + 2 * border;
  const block = storedCount(geometry, 1);
  let to = 0;
  for (let image = 0; image < images; image += 1) {
    const start = (image >> 3) * block + (image & 7);
    for (let c = 0; c < channels; c += 1) {
      for (let row = border; row < height + border; row += 1) {
        for (let column = border; column < width + border; column += 1) {
          target[to] = source[start + ((row * fullWidth + column) * channels + c) * 8] ?? NaN;
          to += 1;
        }
      }
    }
  }
}

/** Rows [n][channels] -> [blocks][channels][8]; the places of missing images are left as they are. */
export function writeRows(source: Float32Array, channels: number, images: number, target: Values): void {
  for (let image = 0; image < images; image += 1) {
    for (let c = 0; c < channels; c += 1) {
      target[((image >> 3) * channels + c) * 8 + (image & 7)] = source[image * channels + c] ?? NaN;
    }
  }
}
