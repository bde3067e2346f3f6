/** Image bytes -> the network's input: u8 / 255, augmentation, resize, normalisation, in the order of model/runConfig.ts. */
import { lanes, share } from './simd';

const SIDE: i32 = 28;
const AREA: i32 = 784;

// @ts-ignore: decorator
@inline
function pixelAt(image: usize, y: i32, x: i32): f32 {
  return y < 0 || x < 0 || y >= SIDE || x >= SIDE ? 0 : load<f32>(image + <usize>(y * SIDE + x) * 4);
}

/** PyTorch's bilinear resize: half-pixel centres, align_corners false, no antialiasing. */
function resized(image: usize, size: i32, y: i32, x: i32): f32 {
  const ratio = <f32>SIDE / <f32>size;
  const sy = max<f32>((<f32>y + 0.5) * ratio - 0.5, 0), sx = max<f32>((<f32>x + 0.5) * ratio - 0.5, 0);
  const y0 = <i32>sy, x0 = <i32>sx;
  const y1 = min(y0 + 1, SIDE - 1), x1 = min(x0 + 1, SIDE - 1);
  const fy = sy - <f32>y0, fx = sx - <f32>x0;
  return (
    (1 - fy) * ((1 - fx) * pixelAt(image, y0, x0) + fx * pixelAt(image, y0, x1)) +
    fy * ((1 - fx) * pixelAt(image, y1, x0) + fx * pixelAt(image, y1, x1))
  );
}

/** `scratch` holds one float image for each thread. Missing images of the last block repeat the last one. */
export function input<T>(
  bytes: usize, pixels: usize, y: usize, images: i32, blocks: i32, size: i32, border: i32, resize: i32, normalize: i32,
  mean: f32, std: f32, scratch: usize, thread: i32, threads: i32,
): void {
  const from = share(blocks * 8, thread, threads), to = share(blocks * 8, thread + 1, threads);
  const full = size + 2 * border;
  const own = scratch + <usize>(thread * AREA) * 4;
  for (let position = from; position < to; position++) {
    const n = min(position, images - 1);
    let image = pixels + <usize>(n * AREA) * 4;
    if (!pixels) {
      image = own;
      for (let i = 0; i < AREA; i++) store<f32>(own + <usize>i * 4, <f32>load<u8>(bytes + <usize>(n * AREA + i)) / 255);
    }
    const target = y + <usize>((position >> 3) * full * full) * lanes<T>() + <usize>(position & 7) * sizeof<T>();
    for (let row = -border; row < size + border; row++) {
      let out = target + <usize>((row + border) * full) * lanes<T>();
      for (let column = -border; column < size + border; column++) {
        let value: f32 = 0;
        if (row >= 0 && column >= 0 && row < size && column < size) {
          value = resize ? resized(image, size, row, column) : load<f32>(image + <usize>(row * SIDE + column) * 4);
          if (normalize) value = (value - mean) / std;
        }
        store<T>(out, <T>value);
        out += lanes<T>();
      }
    }
  }
}
