/**
 * Convolutions of stride 1 by Winograd's F(4, 3) and F(4, 5) along the rows: an output pixel takes 4.5 products for 9, or 10 for 25, of each
 * pair of channels. They round half as much as the tiles of winograd.ts, for outputs that are too many for those. An input row is
 * transformed once for all kernel rows.
 */
import { convRow } from './conv';
import { isFinite } from './finite';
import { product, RELU } from './build/tiles';
import { inputAcross3, inputAcross5, outputAcross, weight } from './build/winogradTransforms';
import { panelStart, share, worker } from './simd';
import { clearOutputs, hasZeros, lacksBias } from './support';
import { tileBytes, tileSide } from './winogradTiles';

/** Weights [panel][ky][kx][in][R] -> G g of every kernel row, as [place][panel][ky][in][R]. */
export function winogradRowWeights<T>(
  w: usize, u: usize, channels: i32, outChannels: i32, kernel: i32, panels: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const from = share(panels, thread, threads), to = share(panels, thread + 1, threads);
  const place = <usize>(channels * outChannels * kernel) * 4;
  for (let panel = from; panel < to; panel++) {
    const c0 = panelStart(panel, outChannels, panels), r = panelStart(panel + 1, outChannels, panels) - c0;
    const tap = <usize>(channels * r) * 4;
    const source = w + <usize>(c0 * channels * kernel * kernel) * 4, target = u + <usize>(c0 * channels * kernel) * 4;
    for (let ky: usize = 0; ky < <usize>kernel; ky++) {
      weight(kernel, source + ky * <usize>kernel * tap, tap, target + ky * tap, place, tap);
    }
  }
}

/** The pixel at x of a row, zeros outside. */
// @ts-ignore: decorator
@inline
function pixelAt(row: usize, x: i32, width: i32, size: usize, zeros: usize): usize {
  return x >= 0 && x < width ? row + <usize>x * size : zeros;
}

/** Transforms the pixels from `left` on of a row. */
function transformPixels(kernel: i32, row: usize, left: i32, width: i32, size: usize, zeros: usize, out: usize, place: usize): void {
  const p0 = pixelAt(row, left, width, size, zeros), p1 = pixelAt(row, left + 1, width, size, zeros);
  const p2 = pixelAt(row, left + 2, width, size, zeros), p3 = pixelAt(row, left + 3, width, size, zeros);
  const p4 = pixelAt(row, left + 4, width, size, zeros), p5 = pixelAt(row, left + 5, width, size, zeros);
  if (kernel === 3) return inputAcross3(p0, p1, p2, p3, p4, p5, out, place, size);
  const p6 = pixelAt(row, left + 6, width, size, zeros), p7 = pixelAt(row, left + 7, width, size, zeros);
  inputAcross5(p0, p1, p2, p3, p4, p5, p6, p7, out, place, size);
}

/** As convForward. `most` output rows pass together; `scratchBytes`: see rowsPlan of src/engine/wasm/winogradPlan.ts. */
export function winogradRowsForward<T>(
  x: usize, w: usize, u: usize, bias: usize, y: usize, scratch: usize, scratchBytes: usize, blocks: i32, height: i32, width: i32,
  channels: i32, outHeight: i32, outWidth: i32, outChannels: i32, kernel: i32, padding: i32, panels: i32, relu: i32, most: i32,
  thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const units = blocks * outHeight, to = share(units, thread + 1, threads);
  const n = tileSide(kernel), across = (outWidth + 3) / 4;
  const size = <usize>channels * 32, outSize = <usize>outChannels * 32, row = <usize>width * size, image = <usize>height * row;
  const tile = tileBytes(channels), outTile = tileBytes(outChannels);
  const vRow = <usize>across * tile, vPlace = <usize>(most + kernel - 1) * vRow, mPlace = <usize>across * outTile;
  const uPlace = <usize>(channels * outChannels * kernel) * 4;
  const zeros = scratch + <usize>worker * scratchBytes, support = zeros + size;
  const v = support + 64, m = v + <usize>n * vPlace;
  const isUnbiased = lacksBias(bias, outChannels);
  const hasFiniteWeights = isFinite(w, uPlace * <usize>kernel);
  memory.fill(zeros, 0, size);
  for (let unit = share(units, thread, threads); unit < to;) {
    const block = unit / outHeight, oy0 = unit - block * outHeight, oy1 = min(min(outHeight, oy0 + most), oy0 + to - unit);
    const images = x + <usize>block * image, outputs = y + <usize>(block * outHeight) * <usize>outWidth * outSize;
    unit += oy1 - oy0;
    if (!hasFiniteWeights || !isFinite(images, image)) {
      for (let oy = oy0; oy < oy1; oy++) {
        convRow<f32>(
          images, w, bias, outputs + <usize>(oy * outWidth) * outSize, oy, 0, outWidth, height, width, channels, outWidth, outChannels, kernel,
          1, padding, panels, 0, panels, relu ? RELU : 0,
        );
      }
      continue;
    }
    const first = max(0, oy0 - padding), last = min(height, oy1 - padding + kernel - 1);
    for (let iy = first; iy < last; iy++) {
      for (let t = 0; t < across; t++) {
        transformPixels(
          kernel, images + <usize>iy * row, t * 4 - padding, width, size, zeros, v + <usize>(iy - first) * vRow + <usize>t * tile, vPlace,
        );
      }
    }
    for (let oy = oy0; oy < oy1; oy++) {
      const top = oy - padding, ky0 = max(0, -top), ky1 = min(kernel, height - top);
      for (let at: usize = 0; at < <usize>n; at++) {
        const b = v + at * vPlace + <usize>(top + ky0 - first) * vRow;
        for (let panel = 0; panel < panels; panel++) {
          const c0 = panelStart(panel, outChannels, panels), r = panelStart(panel + 1, outChannels, panels) - c0;
          const aRow = <usize>(channels * r) * 4;
          product<f32>(
            r, u + at * uPlace + <usize>(c0 * channels * kernel) * 4 + <usize>ky0 * aRow, b, m + at * mPlace + <usize>c0 * 32, across, tile,
            outTile, ky1 - ky0, aRow, vRow, 1, 0, 0, channels, 0, 0,
          );
        }
      }
      for (let t = 0; t < across; t++) {
        const ox = t * 4, columns = min(4, outWidth - ox), out = outputs + <usize>(oy * outWidth + ox) * outSize;
        outputAcross(kernel, m + <usize>t * outTile, mPlace, out, outSize, outSize, bias, relu, columns);
        if (!isUnbiased || !hasZeros(images, top, ox - padding, height, width, size, kernel, n, support)) continue;
        clearOutputs(support, n, kernel, bias, relu, out, 0, outSize, outSize, 1, columns);
      }
    }
  }
}
