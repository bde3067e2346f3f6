/** The weight gradient of a first convolution that takes its pooling along: of four pixels one has a gradient, the rest is left out. */
import { windowGradient } from './build/windowTiles';
import { lanes, panelStart, share, storeTransposed, transpose, worker } from './simd';

/** Bytes of the sums of a channel, which come in vectors of four. */
// @ts-ignore: decorator
@inline
function sumBytes<T>(depth: i32): usize {
  return <usize>((depth + 3) & -4) * sizeof<T>();
}

/** Eight images [height][width][channels][8] at `source`, one after the other and with zeros around them. */
function separateImages<T>(source: usize, target: usize, height: i32, width: i32, channels: i32, padding: i32): void {
  const row = width * channels, border = padding * channels;
  const pitch = <usize>(row + 2 * border) * sizeof<T>();
  const image = <usize>(height + 2 * padding) * pitch;
  if (padding === 0) {
    transpose<T>(source, target, height * row, 8);
    return;
  }
  memory.fill(target, 0, 8 * image);
  target += <usize>padding * pitch + <usize>border * sizeof<T>();
  for (let n: usize = 0; n < 8; n++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < row; x++) {
        const value = load<T>(source + <usize>(y * row + x) * lanes<T>() + n * sizeof<T>());
        store<T>(target + n * image + <usize>y * pitch + <usize>x * sizeof<T>(), value);
      }
    }
  }
}

/** Five values of each of four rows, one after the other: 5 vectors to write where each row for itself takes 2. */
// @ts-ignore: decorator
@inline
function joinFives(row0: usize, pitch: usize, target: usize): void {
  const row1 = row0 + pitch, row2 = row1 + pitch, row3 = row2 + pitch;
  const end0 = v128.load(row0, 4), start1 = v128.load(row1), end1 = v128.load(row1, 4);
  const start2 = v128.load(row2), end2 = v128.load(row2, 4), start3 = v128.load(row3);
  v128.store(target, v128.load(row0));
  v128.store(target, v128.shuffle<i32>(end0, start1, 3, 4, 5, 6), 16);
  v128.store(target, v128.shuffle<i32>(end1, start2, 2, 3, 4, 5), 32);
  v128.store(target, v128.shuffle<i32>(end2, start3, 1, 2, 3, 4), 48);
  v128.store(target, v128.load(row3, 4), 64);
}

/** An image [height][row] as [x][y][depth], the `depth` values of row y from value x * step on: all that a kernel sees lies in one piece. */
function columnsOf<T>(image: usize, target: usize, height: i32, row: i32, columns: i32, step: i32, depth: i32): void {
  const size = <usize>depth * sizeof<T>(), last = size - 16, pitch = <usize>row * sizeof<T>();
  for (let x = 0; x < columns; x++) {
    let at = image + <usize>(x * step) * sizeof<T>(), y = 0;
    for (; size === 20 && y + 4 <= height; y += 4) {
      joinFives(at, pitch, target);
      at += 4 * pitch; target += 80;
    }
    for (; y < height; y++) {
      if (size < 16) {
        for (let k: usize = 0; k < size; k += sizeof<T>()) store<T>(target + k, load<T>(at + k));
      } else {
        // The last vector reaches back over its neighbour.
        v128.store(target, v128.load(at));
        for (let k: usize = 16; k < last; k += 16) v128.store(target + k, v128.load(at + k));
        v128.store(target + last, v128.load(at + last));
      }
      at += pitch; target += size;
    }
  }
}

/** Bytes from the start of columnsOf to the window of a pooled value at `place`, whose maximum was at `tap`. */
// @ts-ignore: decorator
@inline
function windowsAt(place: usize, tap: v128, across: i32, down: i32): v128 {
  const right = i32x4.mul(v128.and(tap, i32x4.splat(1)), i32x4.splat(across));
  const below = i32x4.mul(i32x4.shr_u(tap, 1), i32x4.splat(down));
  return i32x4.add(i32x4.splat(<i32>place), i32x4.add(right, below));
}

/**
 * One channel of eight images: gradients [8][pixels] from dy, and offsets [8][pixels] of their windows from `index`. Pixels of dy and
 * index are `step` bytes apart; an image's gradients and offsets begin `pitch` and `windowPitch` bytes after those of the one before.
 */
function listWindows<T>(
  dy: usize, index: usize, step: usize, height: i32, width: i32, across: usize, down: usize, gradients: usize, pitch: usize, windows: usize,
  windowPitch: usize,
): void {
  for (let oy = 0; oy < height; oy++) {
    for (let ox = 0; ox < width;) {
      const place = <usize>(2 * oy) * down + <usize>(2 * ox) * across;
      if (sizeof<T>() === 4 && ox + 4 <= width) {
        for (let half: usize = 0; half < 32; half += 16) {
          const g = dy + half, i = index + half, image = half / 4;
          storeTransposed(
            gradients + image * pitch, pitch, v128.load(g), v128.load(g + step), v128.load(g + 2 * step), v128.load(g + 3 * step),
          );
          storeTransposed(
            windows + image * windowPitch, windowPitch, windowsAt(place, v128.load(i), <i32>across, <i32>down),
            windowsAt(place + 2 * across, v128.load(i + step), <i32>across, <i32>down),
            windowsAt(place + 4 * across, v128.load(i + 2 * step), <i32>across, <i32>down),
            windowsAt(place + 6 * across, v128.load(i + 3 * step), <i32>across, <i32>down),
          );
        }
        ox += 4; dy += 4 * step; index += 4 * step; gradients += 16; windows += 16;
        continue;
      }
      for (let n: usize = 0; n < 8; n++) {
        const tap = <usize>load<u32>(index + n * sizeof<T>());
        store<T>(gradients + n * pitch, load<T>(dy + n * sizeof<T>()));
        store<usize>(windows + n * windowPitch, place + (tap & 1) * across + (tap >> 1) * down);
      }
      ox++; dy += step; index += step; gradients += sizeof<T>(); windows += 4;
    }
  }
}

/**
 * Weight gradient from that of the pooled output of convPool: a window of the input for each pooled value, at the one of the four
 * pixels that it came from. Where windows differ between the eight images of a vector, a vector takes the values of one image instead.
 * dw is [slice][weights], of slices of the blocks (see winogradWeightGradient).
 */
export function convPoolWeightGradient<T>(
  x: usize, dy: usize, index: usize, dw: usize, scratch: usize, scratchSize: usize, blocks: i32, height: i32, width: i32, channels: i32,
  outHeight: i32, outWidth: i32, outChannels: i32, kernel: i32, stride: i32, padding: i32, panels: i32, slices: i32, thread: i32, threads: i32,
): void {
  const end = share(slices * outChannels, thread + 1, threads);
  const own = scratch + <usize>worker * scratchSize * sizeof<T>();
  for (let unit = share(slices * outChannels, thread, threads); unit < end;) {
    const slice = unit / outChannels, from = unit - slice * outChannels, to = min(outChannels, from + end - unit);
    unit += to - from;
    convPoolSlice<T>(
      x, dy, index, dw + <usize>(slice * outChannels * channels * kernel * kernel) * sizeof<T>(), own, share(blocks, slice, slices),
      share(blocks, slice + 1, slices), height, width, channels, outHeight / 2, outWidth / 2, outChannels, kernel, stride, padding, panels,
      from, to,
    );
  }
}

/** One slice, the blocks firstBlock..lastBlock, of the output channels from..to. `scratch` is [sums][images][columns][gradients][windows]. */
function convPoolSlice<T>(
  x: usize, dy: usize, index: usize, dw: usize, scratch: usize, firstBlock: i32, lastBlock: i32, height: i32, width: i32, channels: i32,
  pooledHeight: i32, pooledWidth: i32, outChannels: i32, kernel: i32, stride: i32, padding: i32, panels: i32, from: i32, to: i32,
): void {
  const rowDepth = kernel * channels, depth = kernel * rowDepth, pixels = pooledHeight * pooledWidth;
  const fullHeight = height + 2 * padding, row = (width + 2 * padding) * channels, columns = width + 2 * padding - kernel + 1;
  const down = <usize>(stride * rowDepth) * sizeof<T>(), across = <usize>(stride * fullHeight * rowDepth) * sizeof<T>();
  const ofChannel = sumBytes<T>(depth), image = <usize>(fullHeight * row) * sizeof<T>();
  const images = scratch + ofChannel * <usize>outChannels, strip = images + 8 * image;
  const pitch = <usize>(pixels * outChannels) * sizeof<T>(), windowPitch = <usize>(pixels * outChannels) * 4;
  // A window's last vector reads behind the last column.
  const gradients = strip + <usize>(columns * fullHeight * rowDepth + 4) * sizeof<T>(), windows = gradients + 8 * pitch;
  memory.fill(scratch + ofChannel * <usize>from, 0, ofChannel * <usize>(to - from));
  for (let block = firstBlock; block < lastBlock; block++) {
    separateImages<T>(x + <usize>(block * height * width * channels) * lanes<T>(), images, height, width, channels, padding);
    for (let channel = from; channel < to; channel++) {
      const at = <usize>(block * pixels * outChannels + channel) * lanes<T>(), first = <usize>(channel * pixels);
      listWindows<T>(
        dy + at, index + at, <usize>outChannels * lanes<T>(), pooledHeight, pooledWidth, across, down, gradients + first * sizeof<T>(), pitch,
        windows + first * 4, windowPitch,
      );
    }
    for (let n: usize = 0; n < 8; n++) {
      columnsOf<T>(images + n * image, strip, fullHeight, row, columns, channels, rowDepth);
      for (let channel = from; channel < to; channel++) {
        const first = <usize>(channel * pixels);
        windowGradient<T>(
          gradients + n * pitch + first * sizeof<T>(), windows + n * windowPitch + first * 4, pixels, strip, depth,
          scratch + ofChannel * <usize>channel,
        );
      }
    }
  }
  for (let panel = 0, channel = 0; panel < panels; panel++) {
    const panelEnd = panelStart(panel + 1, outChannels, panels), c0 = channel;
    for (; channel < panelEnd; channel++) {
      if (channel < from || channel >= to) continue;
      let target = dw + <usize>(c0 * depth + channel - c0) * sizeof<T>();
      for (let k: usize = 0; k < <usize>depth; k++) {
        store<T>(target, load<T>(scratch + ofChannel * <usize>channel + k * sizeof<T>()));
        target += <usize>(panelEnd - c0) * sizeof<T>();
      }
    }
  }
}
