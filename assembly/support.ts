/**
 * What is exactly 0 in a convolution by Winograd's tiles. A direct sum of products that are all 0 is 0; in a tile, what should cancel
 * leaves its rounding, which opens a ReLU at 0 and, under an optimizer that divides by the gradient, moves a weight by the whole rate.
 * The support of a pixel is a byte: the bits of those of its eight images in which it is not 0.
 */
import { panelStart, share, worker } from './simd';
import { anyFound } from './finite';

/** The support of what is 0 in none of the images. */
export const ALL: i32 = 255;

/** Support of one channel. NaN and infinity are not 0. */
// @ts-ignore: decorator
@inline
function supportOf(at: usize): i32 {
  const zero = f32x4.splat(0);
  return i32x4.bitmask(f32x4.ne(v128.load(at), zero)) | (i32x4.bitmask(f32x4.ne(v128.load(at, 16), zero)) << 4);
}

/** All bits of those of four images, from the lowest bit of `support` on, that are in it. */
// @ts-ignore: decorator
@inline
function lanesOf(support: i32): v128 {
  const bits = i32x4(1, 2, 4, 8);
  return i32x4.eq(v128.and(i32x4.splat(support), bits), bits);
}

/** Whether the pixel's channels are not 0 in all images between them; most are after a few channels. */
function pixelSupport(pixel: usize, size: usize): i32 {
  let support = 0;
  for (let c: usize = 0; c < size && support !== ALL; c += 32) support |= supportOf(pixel + c);
  return support;
}

/** The support of `rows` x `columns` pixels at (top, left), 0 outside the image; false where all inside are not 0 in any image. */
export function hasZeros(
  image: usize, top: i32, left: i32, height: i32, width: i32, size: usize, rows: i32, columns: i32,
  support: usize,
): bool {
  let all = ALL;
  for (let i = 0; i < rows; i++) {
    const y = top + i;
    for (let j = 0; j < columns; j++) {
      const x = left + j;
      const isInside = y >= 0 && y < height && x >= 0 && x < width;
      const bits = isInside ? pixelSupport(image + <usize>(y * width + x) * size, size) : 0;
      store<u8>(support + <usize>(i * columns + j), <u8>bits);
      if (isInside) all &= bits;
    }
  }
  return all !== ALL;
}

/** The support of the window from (y0, x0) up to (y1, x1) of n x n pixels. */
function windowSupport(support: usize, n: i32, y0: i32, y1: i32, x0: i32, x1: i32): i32 {
  let bits = 0;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) bits |= <i32>load<u8>(support + <usize>(y * n + x));
  }
  return bits;
}

/** Whether a channel has no bias, so that rounding decides the sign of an output that should be 0. */
export function lacksBias(bias: usize, channels: i32): bool {
  if (!bias) return true;
  for (let c = 0; c < channels; c++) if (load<f32>(bias + <usize>c * 4) === 0) return true;
  return false;
}

/**
 * Of `rows` x `columns` outputs of `size` bytes, those that saw nothing but zeros become the bias; the support's rows have `n` pixels.
 */
export function clearOutputs(
  support: usize, n: i32, kernel: i32, bias: usize, relu: i32, out: usize, row: usize, step: usize, size: usize, rows: i32,
  columns: i32,
): void {
  const floor = f32x4.splat(relu ? 0 : -Infinity);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const seen = windowSupport(support, n, y, y + kernel, x, x + kernel);
      if (seen === ALL) continue;
      const low = lanesOf(seen), high = lanesOf(seen >> 4);
      const pixel = out + <usize>y * row + <usize>x * step;
      for (let c: usize = 0; c < size; c += 32) {
        const value = f32x4.max(bias ? v128.load32_splat(bias + (c >> 3)) : f32x4.splat(0), floor);
        v128.store(pixel + c, v128.bitselect(v128.load(pixel + c), value, low));
        v128.store(pixel + c, v128.bitselect(v128.load(pixel + c, 16), value, high), 16);
      }
    }
  }
}

/** From the support of a tile's 4 x 4 output gradients that of the n x n inputs' gradients, which every tap spreads them over. */
export function spreadSupport(from: usize, kernel: i32, to: usize): void {
  const n = 3 + kernel;
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      const bits = windowSupport(from, 4, max(0, y - kernel + 1), min(4, y + 1), max(0, x - kernel + 1), min(4, x + 1));
      store<u8>(to + <usize>(y * n + x), <u8>bits);
    }
  }
}

/** Adds `length` bytes of channels to those at `to` in the images of the support alone. */
export function addSupported(from: usize, to: usize, length: usize, support: i32): void {
  const low = lanesOf(support), high = lanesOf(support >> 4);
  for (let c: usize = 0; c < length; c += 32) {
    v128.store(to + c, f32x4.add(v128.load(to + c), v128.and(v128.load(from + c), low)));
    v128.store(to + c, f32x4.add(v128.load(to + c, 16), v128.and(v128.load(from + c, 16), high)), 16);
  }
}

/** Support of a block's channels as [channel][height + 2 border][pitch] with zeros around; rows are `pitch` bytes apart. */
function planes(image: usize, height: i32, width: i32, channels: i32, border: i32, pitch: i32, bytes: usize, out: usize): void {
  memory.fill(out, 0, <usize>channels * bytes);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let at = out + <usize>((y + border) * pitch + x + border);
      for (let c = 0; c < channels; c++) {
        store<u8>(at, <u8>supportOf(image));
        image += 32;
        at += bytes;
      }
    }
  }
}

/** Whether a product of two planes is not 0 in any image; from the middle on, where the digits are. */
function meets(a: usize, b: usize, bytes: usize): bool {
  const middle = (bytes >> 1) & ~(<usize>15);
  for (let i = middle; i < bytes; i += 16) if (v128.any_true(v128.and(v128.load(a + i), v128.load(b + i)))) return true;
  for (let i: usize = 0; i < middle; i += 16) if (v128.any_true(v128.and(v128.load(a + i), v128.load(b + i)))) return true;
  return false;
}

/**
 * Sets the weight gradients [panel][ky][kx][in][R] to 0 whose products are all 0. Eight images at a time, until every weight has met a
 * product that is not: most have after the first eight. `met` has a byte a weight, `scratch` the supports of a block. `found`: see
 * winogradWeightCheck; direct sums are exact.
 */
export function winogradWeightZeros<T>(
  x: usize, dy: usize, dw: usize, met: usize, found: usize, scratch: usize, scratchBytes: usize, blocks: i32, height: i32, width: i32,
  channels: i32, outHeight: i32, outWidth: i32, outChannels: i32, kernel: i32, padding: i32, panels: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  if (anyFound(found, threads)) return;
  const from = share(panels, thread, threads), to = share(panels, thread + 1, threads);
  const o0 = panelStart(from, outChannels, panels), o1 = panelStart(to, outChannels, panels);
  const taps = kernel * kernel, first = <usize>(o0 * channels * taps), last = <usize>(o1 * channels * taps);
  let left = 0;
  for (let i = first; i < last; i++) {
    const isMet = load<f32>(dw + i * 4) === 0;
    store<u8>(met + i, isMet ? 1 : 0);
    if (!isMet) left++;
  }
  const pitch = width + 2 * padding;
  // Rows of output gradients have the pitch of the inputs, so that a tap is one distance; the ends are read as whole vectors.
  const outBytes = <usize>(outHeight * pitch + 15) & ~(<usize>15);
  const bytes = (<usize>((height + 2 * padding) * pitch + kernel + 15) & ~(<usize>15)) + 16;
  const planesOfX = scratch + <usize>worker * scratchBytes, planesOfDy = planesOfX + <usize>channels * bytes;
  const size = <usize>channels * 32, outSize = <usize>outChannels * 32;
  for (let block = 0; block < blocks && left > 0; block++) {
    planes(x + <usize>(block * height * width) * size, height, width, channels, padding, pitch, bytes, planesOfX);
    planes(dy + <usize>(block * outHeight * outWidth) * outSize, outHeight, outWidth, outChannels, 0, pitch, bytes, planesOfDy);
    for (let panel = from; panel < to; panel++) {
      const c0 = panelStart(panel, outChannels, panels), r = panelStart(panel + 1, outChannels, panels) - c0;
      let at = met + <usize>(c0 * channels * taps);
      for (let tap = 0; tap < taps; tap++) {
        const distance = <usize>(tap / kernel * pitch + tap % kernel);
        for (let c = 0; c < channels; c++) {
          const plane = planesOfX + <usize>c * bytes + distance;
          for (let o = 0; o < r; o++) {
            if (load<u8>(at) === 0 && meets(planesOfDy + <usize>(c0 + o) * bytes, plane, outBytes)) {
              store<u8>(at, 1);
              left--;
            }
            at++;
          }
        }
      }
    }
  }
  if (left === 0) return;
  for (let i = first; i < last; i++) if (load<u8>(met + i) === 0) store<f32>(dw + i * 4, 0);
}
