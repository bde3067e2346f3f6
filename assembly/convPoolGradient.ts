/** The weight gradient of a first convolution that takes its pooling along: of four pixels one has a gradient, the rest is left out. */
import { windowGradient } from './build/windowTiles';
import { lanes, panelStart, share, transpose, worker } from './simd';

/** Bytes between two rows of convPoolSlice's sums, which come in vectors of four. */
// @ts-ignore: decorator
@inline
function sumPitchOf<T>(rowDepth: i32): usize {
  return <usize>((rowDepth + 3) & -4) * sizeof<T>();
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

/** One slice, the blocks firstBlock..lastBlock, of the output channels from..to. `scratch` is [offsets][sums][images]. */
function convPoolSlice<T>(
  x: usize, dy: usize, index: usize, dw: usize, scratch: usize, firstBlock: i32, lastBlock: i32, height: i32, width: i32, channels: i32,
  pooledHeight: i32, pooledWidth: i32, outChannels: i32, kernel: i32, stride: i32, padding: i32, panels: i32, from: i32, to: i32,
): void {
  const rowDepth = kernel * channels;
  const pitch = <usize>((width + 2 * padding) * channels) * sizeof<T>(), image = <usize>(height + 2 * padding) * pitch;
  const column = <usize>(stride * channels) * sizeof<T>(), row = <usize>stride * pitch;
  const sumPitch = sumPitchOf<T>(rowDepth), sumsOfChannel = sumPitch * kernel;
  for (let i: usize = 0; i < 4; i++) store<usize>(scratch + i * 4, (i & 1) * column + (i >> 1) * row);
  const sums = scratch + 16, images = sums + sumsOfChannel * <usize>outChannels;
  memory.fill(sums + sumsOfChannel * <usize>from, 0, sumsOfChannel * <usize>(to - from));
  for (let block = firstBlock; block < lastBlock; block++) {
    separateImages<T>(x + <usize>(block * height * width * channels) * lanes<T>(), images, height, width, channels, padding);
    for (let channel = from; channel < to; channel++) {
      const at = <usize>(block * pooledHeight * pooledWidth * outChannels + channel) * lanes<T>();
      windowGradient<T>(
        dy + at, index + at, <usize>outChannels * lanes<T>(), images, image, scratch, pooledHeight, pooledWidth, 2 * row, 2 * column, pitch,
        kernel, rowDepth, sums + sumsOfChannel * <usize>channel, sumPitch,
      );
    }
  }
  for (let panel = 0, channel = 0; panel < panels; panel++) {
    const panelEnd = panelStart(panel + 1, outChannels, panels), c0 = channel;
    for (; channel < panelEnd; channel++) {
      if (channel < from || channel >= to) continue;
      let target = dw + <usize>(c0 * kernel * rowDepth + channel - c0) * sizeof<T>();
      for (let ky: usize = 0; ky < <usize>kernel; ky++) {
        for (let k: usize = 0; k < <usize>rowDepth; k++) {
          store<T>(target, load<T>(sums + sumsOfChannel * <usize>channel + ky * sumPitch + k * sizeof<T>()));
          target += <usize>(panelEnd - c0) * sizeof<T>();
        }
      }
    }
  }
}
