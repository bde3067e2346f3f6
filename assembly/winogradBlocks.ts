/**
 * Convolutions of stride 1 with 7 x 7 taps: 2 x 2 blocks of 4 x 4 taps, of which the last are 0, each by Winograd's F(4 x 4, 4 x 4).
 * Blocks of taps lie as far apart as tiles of outputs, so that all blocks read the same tiles of the input, transformed once: at each
 * of a tile's 49 places, a convolution of 2 x 2 taps over tiles is left, which conv.ts does. That is 196 products for the 784 of
 * sixteen output pixels. The gradients are the exact adjoint, as in winograd.ts.
 *
 * Transformed values lie as [place][block of images][row of tiles][column][channel][8].
 */
import { convForward, convInputGradient, convRow, convWeightGradient } from './conv';
import { addSlices } from './elementwise';
import { isFinite } from './finite';
import { weight4, weightTransposed } from './build/winogradTransforms';
import { panelStart, readAhead, share, worker } from './simd';
import { clearOutputs, hasZeros, lacksBias } from './support';
import { addInputTile, clearZeros, gradientTile, inputTile, outputTile, tileBytes, tileScratch } from './winogradTiles';

/** The transforms' number in scripts/wasm/winogradTransforms.ts; as many taps and outputs along a side of a tile. */
const SCHEME: i32 = 4;
/** Places along a side of a tile. */
const SIDE: i32 = 7;
const PLACES: i32 = SIDE * SIDE;

/** Bytes of a row of weights at a time: as in winogradWeights.ts. */
const PART: usize = 512;

/** Blocks of taps along a side of the kernel. */
// @ts-ignore: decorator
@inline
function blocksAlong(kernel: i32): i32 {
  return (kernel + SCHEME - 1) / SCHEME;
}

/** Tiles along `outputs` output pixels. */
// @ts-ignore: decorator
@inline
function tilesAlong(outputs: i32): i32 {
  return (outputs + SCHEME - 1) / SCHEME;
}

/** Bytes for the support of an image. */
// @ts-ignore: decorator
@inline
function supportBytes(height: i32, width: i32): usize {
  return (<usize>(height * width) + 63) & ~(<usize>63);
}

/**
 * Weights [panel][ky][kx][in][R] -> G g G^T of each block of taps as [place][panel][by][bx][in][R]; `flipped` ones lie in the opposite
 * order of taps, and their blocks then do.
 */
export function winogradBlocksWeights<T>(
  w: usize, u: usize, scratch: usize, channels: i32, outChannels: i32, kernel: i32, panels: i32, flipped: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const from = share(panels, thread, threads), to = share(panels, thread + 1, threads);
  const along = blocksAlong(kernel), blocks = along * along, taps = kernel * kernel;
  const place = <usize>(channels * outChannels * blocks) * 4;
  const between = scratch + <usize>(worker * PLACES) * PART, zeros = between + <usize>(SIDE * SCHEME) * PART;
  memory.fill(zeros, 0, PART);
  for (let panel = from; panel < to; panel++) {
    const c0 = panelStart(panel, outChannels, panels), r = panelStart(panel + 1, outChannels, panels) - c0;
    const tap = <usize>(channels * r) * 4;
    const source = w + <usize>(c0 * channels * taps) * 4 + (flipped ? <usize>(taps - 1) * tap : 0);
    const next = flipped ? 0 - tap : tap;
    const target = u + <usize>(c0 * channels * blocks) * 4;
    for (let block = 0; block < blocks; block++) {
      const y = block / along * SCHEME, x = block % along * SCHEME;
      const rows = kernel - y, columns = min(SCHEME, kernel - x);
      const first = source + <usize>(y * kernel + x) * next, row = <usize>kernel * next;
      const out = target + <usize>(flipped ? blocks - 1 - block : block) * tap;
      for (let c: usize = 0; c < tap; c += PART) {
        const length = min(PART, tap - c);
        for (let kx = 0; kx < columns; kx++) {
          const g = first + <usize>kx * next + c;
          weight4(
            g, rows > 1 ? g + row : zeros, rows > 2 ? g + 2 * row : zeros, rows > 3 ? g + 3 * row : zeros,
            between + <usize>kx * PART, <usize>SCHEME * PART, length,
          );
        }
        for (let i = 0; i < SIDE; i++) {
          const g = between + <usize>(i * SCHEME) * PART;
          weight4(
            g, columns > 1 ? g + PART : zeros, columns > 2 ? g + 2 * PART : zeros, columns > 3 ? g + 3 * PART : zeros,
            out + <usize>(i * SIDE) * place + c, place, length,
          );
        }
      }
    }
  }
}

/** The sum of du [slice][place][panel][by][bx][in][R] over slices -> dw = G^T du G of each block, [panel][ky][kx][in][R]. */
export function winogradBlocksWeightOutput<T>(
  du: usize, dw: usize, scratch: usize, channels: i32, outChannels: i32, kernel: i32, panels: i32, slices: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const from = share(panels, thread, threads), to = share(panels, thread + 1, threads);
  const along = blocksAlong(kernel), blocks = along * along;
  const place = <usize>(channels * outChannels * blocks) * 4;
  const between = scratch + <usize>(worker * PLACES) * PART, taps = between + <usize>(SIDE * SCHEME) * PART;
  for (let panel = from; panel < to; panel++) {
    const c0 = panelStart(panel, outChannels, panels), r = panelStart(panel + 1, outChannels, panels) - c0;
    const tap = <usize>(channels * r) * 4;
    const source = du + <usize>(c0 * channels * blocks) * 4;
    const target = dw + <usize>(c0 * channels * kernel * kernel) * 4;
    for (let at = 0; at < PLACES; at++) {
      addSlices<T>(source + <usize>at * place, <usize>PLACES * place, slices, <usize>blocks * tap);
    }
    for (let block = 0; block < blocks; block++) {
      const y = block / along * SCHEME, x = block % along * SCHEME;
      const rows = min(SCHEME, kernel - y), columns = min(SCHEME, kernel - x);
      for (let c: usize = 0; c < tap; c += PART) {
        const length = min(PART, tap - c);
        const from = source + <usize>block * tap + c;
        for (let j = 0; j < SIDE; j++) {
          weightTransposed(
            SCHEME, from + <usize>j * place, <usize>SIDE * place, between + <usize>j * PART, <usize>SIDE * PART, length,
          );
        }
        for (let ky = 0; ky < rows; ky++) {
          weightTransposed(SCHEME, between + <usize>(ky * SIDE) * PART, PART, taps, PART, length);
          const out = target + <usize>((y + ky) * kernel + x) * tap + c;
          for (let kx = 0; kx < columns; kx++) memory.copy(out + <usize>kx * tap, taps + <usize>kx * PART, length);
        }
      }
    }
  }
}

/** Transforms the tiles of rows `from` to `to` of an image; `v` is its first tile. */
function inputTiles(
  image: usize, height: i32, width: i32, channels: i32, padding: i32, from: i32, to: i32, columns: i32, v: usize, place: usize, own: usize,
): void {
  const size = <usize>channels * 32;
  for (let row = from; row < to; row++) {
    for (let column = 0; column < columns; column++) {
      inputTile(
        SCHEME, image, row * SCHEME - padding, column * SCHEME - padding, height, width, size,
        v + <usize>(row * columns + column) * size, place, own,
      );
    }
  }
}

/** Transforms the tiles of rows `from` to `to` of an image of output gradients. */
function gradientTiles(
  image: usize, outHeight: i32, outWidth: i32, outChannels: i32, from: i32, to: i32, d: usize, place: usize, own: usize,
): void {
  const size = <usize>outChannels * 32, across = tilesAlong(outWidth);
  for (let row = from; row < to; row++) {
    for (let column = 0; column < across; column++) {
      gradientTile(
        SCHEME, image, row * SCHEME, column * SCHEME, outHeight, outWidth, size, d + <usize>(row * across + column) * size, place, own,
      );
    }
  }
}

/** As convForward. `v` is 0, or keeps the transformed input for the weight gradient. `most` rows of tiles pass together. */
export function winogradBlocksForward<T>(
  x: usize, w: usize, u: usize, bias: usize, y: usize, v: usize, scratch: usize, scratchBytes: usize, blocks: i32, height: i32,
  width: i32, channels: i32, outHeight: i32, outWidth: i32, outChannels: i32, kernel: i32, padding: i32, panels: i32, relu: i32, most: i32,
  thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const from = share(blocks, thread, threads), to = share(blocks, thread + 1, threads);
  const along = blocksAlong(kernel), down = tilesAlong(outHeight), across = tilesAlong(outWidth);
  const rows = down + along - 1, columns = across + along - 1, tiles = rows * columns;
  const size = <usize>channels * 32, outSize = <usize>outChannels * 32;
  const image = <usize>(height * width) * size, outRow = <usize>outWidth * outSize;
  const weights = <usize>(channels * outChannels * along * along) * 4;
  const place = tileBytes((v ? blocks : 1) * tiles * channels), outPlace = tileBytes(most * across * outChannels);
  const own = scratch + <usize>worker * scratchBytes, support = own + tileScratch(SCHEME);
  const fullHeight = height + 2 * padding, fullWidth = width + 2 * padding;
  const m = support + supportBytes(fullHeight, fullWidth), ownV = m + <usize>PLACES * outPlace;
  const isUnbiased = lacksBias(bias, outChannels);
  const hasFiniteWeights = to > from && isFinite(w, <usize>(channels * outChannels * kernel * kernel) * 4);
  clearZeros(SCHEME, own);
  for (let block = from; block < to; block++) {
    const images = x + <usize>block * image, outputs = y + <usize>(block * outHeight) * outRow;
    const target = v ? v + <usize>(block * tiles) * size : ownV;
    const isTiled = hasFiniteWeights && isFinite(images, image);
    let transformed = 0;
    for (let top = 0; top < down; top += most) {
      const bottom = min(down, top + most), last = bottom + along - 1;
      inputTiles(images, height, width, channels, padding, transformed, last, columns, target, place, own);
      transformed = last;
      if (!isTiled) continue;
      for (let at: usize = 0; at < <usize>PLACES; at++) {
        for (let row = top; row < bottom; row++) {
          convRow<f32>(
            target + at * place, u + at * weights, 0, m + at * outPlace + <usize>((row - top) * across) * outSize, row, 0, across, rows,
            columns, channels, across, outChannels, along, 1, 0, panels, 0, panels, 0,
          );
        }
      }
      for (let row = top; row < bottom; row++) {
        for (let column = 0; column < across; column++) {
          const oy = row * SCHEME, ox = column * SCHEME;
          outputTile(
            SCHEME, m + <usize>((row - top) * across + column) * outSize, outPlace, bias, relu,
            outputs + <usize>oy * outRow + <usize>ox * outSize, outRow, outSize, min(SCHEME, outHeight - oy), min(SCHEME, outWidth - ox), own,
          );
        }
      }
    }
    if (!isTiled) {
      convForward<f32>(
        images, w, bias, outputs, 1, height, width, channels, outHeight, outWidth, outChannels, kernel, 1, padding, panels, relu, 0, 1,
      );
    } else if (isUnbiased && hasZeros(images, -padding, -padding, height, width, size, fullHeight, fullWidth, support)) {
      clearOutputs(support, fullWidth, kernel, bias, relu, outputs, outRow, outSize, outSize, outHeight, outWidth);
    }
  }
}

/**
 * Input gradient; `u` are the flipped weights, `d` is 0 or keeps the transformed gradients for the weight gradient. `exact`: 0 where
 * no output gradient reaches. `most` rows of tiles pass together.
 */
export function winogradBlocksInputGradient<T>(
  dy: usize, packed: usize, u: usize, dx: usize, d: usize, scratch: usize, scratchBytes: usize, blocks: i32, height: i32, width: i32,
  channels: i32, outHeight: i32, outWidth: i32, outChannels: i32, kernel: i32, padding: i32, inPanels: i32, most: i32, exact: i32,
  thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const from = share(blocks, thread, threads), to = share(blocks, thread + 1, threads);
  const along = blocksAlong(kernel), down = tilesAlong(outHeight), across = tilesAlong(outWidth);
  const rows = down + along - 1, columns = across + along - 1, tiles = down * across;
  const size = <usize>channels * 32, outSize = <usize>outChannels * 32;
  const image = <usize>(height * width) * size, outImage = <usize>(outHeight * outWidth) * outSize;
  const weights = <usize>(channels * outChannels * along * along) * 4;
  const place = tileBytes(most * columns * channels), outPlace = tileBytes((d ? blocks : 1) * tiles * outChannels);
  const own = scratch + <usize>worker * scratchBytes, support = own + tileScratch(SCHEME);
  // Zeros around the output gradients, so that they are an input to flipped taps.
  const border = kernel - 1 - padding, fullHeight = outHeight + 2 * border, fullWidth = outWidth + 2 * border;
  const e = support + supportBytes(fullHeight, fullWidth), ownD = e + <usize>PLACES * place;
  const hasFiniteWeights = to > from && isFinite(packed, <usize>(channels * outChannels * kernel * kernel) * 4);
  clearZeros(SCHEME, own);
  for (let block = from; block < to; block++) {
    const gradients = dy + <usize>block * outImage, target = d ? d + <usize>(block * tiles) * outSize : ownD;
    const inputs = dx + <usize>block * image;
    const isTiled = hasFiniteWeights && isFinite(gradients, outImage);
    if (isTiled) memory.fill(inputs, 0, image);
    for (let top = 0; top < rows; top += most) {
      const bottom = min(rows, top + most);
      gradientTiles(gradients, outHeight, outWidth, outChannels, top, min(down, bottom), target, outPlace, own);
      if (!isTiled) continue;
      for (let at: usize = 0; at < <usize>PLACES; at++) {
        for (let row = top; row < bottom; row++) {
          // One row of tiles, as one thread's share of as many.
          convInputGradient<f32>(
            target + at * outPlace, u + at * weights, e + at * place - <usize>(top * columns) * size, 1, rows, columns, channels, down, across,
            outChannels, along, 1, 0, inPanels, 0, row, rows,
          );
        }
      }
      for (let row = top; row < bottom; row++) {
        for (let column = 0; column < columns; column++) {
          addInputTile(
            SCHEME, e + <usize>((row - top) * columns + column) * size, place, inputs, row * SCHEME - padding, column * SCHEME - padding, height,
            width, size, 0, own,
          );
        }
      }
    }
    if (!isTiled) {
      convInputGradient<f32>(
        gradients, packed, inputs, 1, height, width, channels, outHeight, outWidth, outChannels, kernel, 1, padding, inPanels, 0, 0, 1,
      );
    } else if (exact && hasZeros(gradients, -border, -border, outHeight, outWidth, outSize, fullHeight, fullWidth, support)) {
      clearOutputs(support, fullWidth, kernel, 0, 0, inputs, <usize>width * size, size, size, height, width);
    }
  }
}

/** The transformed input of `blocks` blocks from `firstBlock` on, where the forward pass did not keep it. */
export function winogradBlocksInput<T>(
  x: usize, v: usize, scratch: usize, scratchBytes: usize, firstBlock: i32, blocks: i32, height: i32, width: i32, channels: i32,
  outHeight: i32, outWidth: i32, outChannels: i32, kernel: i32, padding: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const along = blocksAlong(kernel), rows = tilesAlong(outHeight) + along - 1, columns = tilesAlong(outWidth) + along - 1;
  const to = share(blocks * rows, thread + 1, threads);
  const size = <usize>channels * 32, place = tileBytes(blocks * rows * columns * channels);
  const own = scratch + <usize>worker * scratchBytes;
  clearZeros(SCHEME, own);
  for (let unit = share(blocks * rows, thread, threads); unit < to; unit++) {
    const block = unit / rows, row = unit - block * rows;
    inputTiles(
      x + <usize>((firstBlock + block) * height * width) * size, height, width, channels, padding, row, row + 1, columns,
      v + <usize>(block * rows * columns) * size, place, own,
    );
  }
}

/** The transformed output gradients of `blocks` blocks from `firstBlock` on. */
export function winogradBlocksOutputGradient<T>(
  dy: usize, d: usize, scratch: usize, scratchBytes: usize, firstBlock: i32, blocks: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const down = tilesAlong(outHeight), across = tilesAlong(outWidth), to = share(blocks * down, thread + 1, threads);
  const size = <usize>outChannels * 32, place = tileBytes(blocks * down * across * outChannels);
  const own = scratch + <usize>worker * scratchBytes;
  clearZeros(SCHEME, own);
  for (let unit = share(blocks * down, thread, threads); unit < to; unit++) {
    const block = unit / down, row = unit - block * down;
    gradientTiles(
      dy + <usize>((firstBlock + block) * outHeight * outWidth) * size, outHeight, outWidth, outChannels, row, row + 1,
      d + <usize>(block * down * across) * size, place, own,
    );
  }
}

/** du of `slice` [place][panel][by][bx][in][R] = the sum over `blocks` blocks of images of d * v. A place is one thread's. */
export function winogradBlocksWeightGradient<T>(
  v: usize, d: usize, du: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32, outChannels: i32,
  kernel: i32, panels: i32, slice: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const along = blocksAlong(kernel), down = tilesAlong(outHeight), across = tilesAlong(outWidth);
  const rows = down + along - 1, columns = across + along - 1;
  const place = tileBytes(blocks * rows * columns * channels), outPlace = tileBytes(blocks * down * across * outChannels);
  const weights = <usize>(channels * outChannels * along * along) * 4;
  const from = <usize>share(PLACES, thread, threads), to = <usize>share(PLACES, thread + 1, threads);
  for (let at = from; at < to; at++) {
    readAhead(v + at * place, place, 1, 0);
    readAhead(d + at * outPlace, outPlace, 1, 0);
    convWeightGradient<f32>(
      v + at * place, d + at * outPlace, du + (<usize>(slice * PLACES) + at) * weights, blocks, rows, columns, channels, down, across,
      outChannels, along, 1, 0, panels, 1, 0, 1,
    );
  }
}
