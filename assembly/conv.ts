/**
 * Convolutions without im2col. With eight images innermost, every tap of an output pixel is a contiguous [C][8] matrix, so a
 * convolution is a matrix product whose right side is read in place: any kernel size, stride and padding runs at the same speed.
 */
import { ACCUMULATE, gradient, product, RELU } from './build/tiles';
import { maximaOfRows } from './pool';
import { valleyMaximaOfRows } from './valleyPool';
import { loadChannels } from './imageLanes';
import { fewImages, lanes, loadPair, panelStart, share, storeTransposed, total, transpose, worker } from './simd';

/** Weights of one group of panels should stay in the level-2 cache while the rows of the images pass. */
const GROUP_BYTES: i32 = 262144;

// @ts-ignore: decorator
@inline
function groupSize(panels: i32, channels: i32, depth: i32): i32 {
  const bytes = (channels / panels + 1) * depth * 4;
  return max(1, GROUP_BYTES / bytes);
}

/** Columns `from` to `to` of output row `oy` of one image block at `image`, for the panels from `first` to `last`, into `row`. */
export function convRow<T>(
  image: usize, w: usize, bias: usize, row: usize, oy: i32, from: i32, to: i32, height: i32, width: i32, channels: i32, outWidth: i32,
  outChannels: i32, kernel: i32, stride: i32, padding: i32, panels: i32, first: i32, last: i32, flags: i32,
): void {
  const depth = kernel * kernel * channels;
  const xRow = <usize>(width * channels) * lanes<T>();
  // Output columns [inner, innerEnd) see all taps of a row.
  const inner = (padding + stride - 1) / stride;
  const innerEnd = width - kernel + padding < 0 ? 0 : min(outWidth, (width - kernel + padding) / stride + 1);
  const top = oy * stride - padding;
  const ky0 = max(0, -top), ky1 = min(kernel, height - top);
  const xBase = image + <usize>top * xRow;
  for (let panel = first; panel < last; panel++) {
    const c0 = panelStart(panel, outChannels, panels);
    const r = panelStart(panel + 1, outChannels, panels) - c0;
    const a = w + <usize>(c0 * depth) * sizeof<T>();
    const aRow = <usize>(kernel * channels * r) * sizeof<T>();
    const panelBias = bias ? bias + <usize>c0 * sizeof<T>() : 0;
    let ox = from;
    while (ox < to) {
      const left = ox * stride - padding;
      const kx0 = max(0, -left), kx1 = min(kernel, width - left);
      const count = ox >= inner && ox < innerEnd ? min(to, innerEnd) - ox : 1;
      product<T>(
        r, a + <usize>ky0 * aRow + <usize>(kx0 * channels * r) * sizeof<T>(), xBase + <usize>ky0 * xRow + <usize>((left + kx0) * channels) * lanes<T>(),
        row + <usize>(ox * outChannels + c0) * lanes<T>(), count, <usize>(stride * channels) * lanes<T>(), <usize>outChannels * lanes<T>(),
        ky1 - ky0, aRow, xRow, 1, 0, 0, (kx1 - kx0) * channels, panelBias, flags,
      );
      ox += count;
    }
  }
}

export function convForward<T>(
  x: usize, w: usize, bias: usize, y: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, kernel: i32, stride: i32, padding: i32, panels: i32, relu: i32, thread: i32, threads: i32,
): void {
  const group = groupSize(panels, outChannels, kernel * kernel * channels);
  const units = blocks * outHeight;
  const from = share(units, thread, threads), to = share(units, thread + 1, threads);
  const image = <usize>(height * width * channels) * lanes<T>();
  const yRow = <usize>(outWidth * outChannels) * lanes<T>();
  for (let first = 0; first < panels; first += group) {
    for (let unit = from; unit < to; unit++) {
      const block = unit / outHeight;
      convRow<T>(
        x + <usize>block * image, w, bias, y + <usize>unit * yRow, unit - block * outHeight, 0, outWidth, height, width, channels, outWidth,
        outChannels, kernel, stride, padding, panels, first, min(panels, first + group), relu ? RELU : 0,
      );
    }
  }
}

/** As convForward and then the 2 x 2 maxima, which are taken while the two rows are still in the level-1 cache. */
export function convPool<T>(
  x: usize, w: usize, bias: usize, y: usize, index: usize, scratch: usize, blocks: i32, height: i32, width: i32, channels: i32,
  outHeight: i32, outWidth: i32, outChannels: i32, kernel: i32, stride: i32, padding: i32, panels: i32, relu: i32, valley: i32,
  thread: i32, threads: i32,
): void {
  const pooledHeight = outHeight / 2, pooledWidth = outWidth / 2;
  const units = blocks * pooledHeight;
  const from = share(units, thread, threads), to = share(units, thread + 1, threads);
  const image = <usize>(height * width * channels) * lanes<T>();
  const pixel = <usize>outChannels * lanes<T>();
  const upper = scratch + <usize>(worker * 2 * outWidth) * pixel, lower = upper + <usize>outWidth * pixel;
  for (let unit = from; unit < to; unit++) {
    const block = unit / pooledHeight, oy = (unit - block * pooledHeight) * 2;
    const at = x + <usize>block * image;
    for (let i = 0; i < 2; i++) {
      convRow<T>(
        at, w, bias, i ? lower : upper, oy + i, 0, outWidth, height, width, channels, outWidth, outChannels, kernel, stride, padding, panels, 0,
        panels, 0,
      );
    }
    const out = <usize>(unit * pooledWidth) * pixel;
    const which = index ? index + out : 0;
    if (valley) valleyMaximaOfRows<T>(upper, lower, y + out, which, pooledWidth, pixel, pixel, pixel, 0, valley - 1);
    else maximaOfRows<T>(upper, lower, y + out, which, pooledWidth, pixel, pixel, pixel, 0, relu);
  }
}

/** Panels on either side that turn together: neighbours share pages, of which 512 x 512 weights have more than a processor remembers. */
const TRANSPOSED_PANELS: i32 = 16;

export function packTransposed<T>(
  w: usize, packed: usize, channels: i32, outChannels: i32, kernel: i32, panels: i32, inPanels: i32, thread: i32, threads: i32,
): void {
  const taps = kernel * kernel;
  const from = share(inPanels, thread, threads), to = share(inPanels, thread + 1, threads);
  for (let first = from; first < to; first += TRANSPOSED_PANELS) {
    for (let tap = 0; tap < taps; tap++) {
      for (let panel = 0; panel < panels; panel += TRANSPOSED_PANELS) {
        transposePanels<T>(
          w, packed, channels, outChannels, taps, tap, panels, inPanels, panel, min(panels, panel + TRANSPOSED_PANELS), first,
          min(to, first + TRANSPOSED_PANELS),
        );
      }
    }
  }
}

/** One tap of panels panel..last and of the transposed panels from..to. */
function transposePanels<T>(
  w: usize, packed: usize, channels: i32, outChannels: i32, taps: i32, tap: i32, panels: i32, inPanels: i32, panel: i32, last: i32,
  from: i32, to: i32,
): void {
  // As panelStart, whose divisions take as long as what is done here.
  const least = channels / inPanels, larger = channels % inPanels;
  for (; panel < last; panel++) {
    const o0 = panelStart(panel, outChannels, panels);
    const r = panelStart(panel + 1, outChannels, panels) - o0;
    let i0 = panelStart(from, channels, inPanels);
    for (let inPanel = from; inPanel < to; inPanel++) {
      const size = least + (inPanel < larger ? 1 : 0);
      // [tap][i0 ..][r] of this panel -> [taps - 1 - tap][o0 ..][size]
      const source = w + <usize>(o0 * taps * channels + (tap * channels + i0) * r) * sizeof<T>();
      const target = packed + <usize>(i0 * taps * outChannels + ((taps - 1 - tap) * outChannels + o0) * size) * sizeof<T>();
      if (sizeof<T>() === 4 && size === 4 && r === 4) {
        storeTransposed(target, 16, v128.load(source), v128.load(source, 16), v128.load(source, 32), v128.load(source, 48));
      } else transpose<T>(source, target, size, r);
      i0 += size;
    }
  }
}

/** First kernel position k >= max(0, -offset) with (offset + k) divisible by stride, where offset + k is stride times a row of dy. */
// @ts-ignore: decorator
@inline
function firstTap(offset: i32, stride: i32): i32 {
  if (offset < 0) return -offset;
  const over = offset % stride;
  return over === 0 ? 0 : stride - over;
}

export function convInputGradient<T>(
  dy: usize, packed: usize, dx: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, kernel: i32, stride: i32, padding: i32, inPanels: i32, accumulate: i32, thread: i32, threads: i32,
): void {
  const depth = kernel * kernel * outChannels;
  const group = groupSize(inPanels, channels, depth);
  const units = blocks * height;
  const from = share(units, thread, threads), to = share(units, thread + 1, threads);
  const flags = accumulate ? ACCUMULATE : 0;
  const dyRow = <usize>(outWidth * outChannels) * lanes<T>();
  const dxRow = <usize>(width * channels) * lanes<T>();
  const flipped = kernel - 1 - padding;
  const unit1 = stride === 1;
  for (let first = 0; first < inPanels; first += group) {
    const last = min(inPanels, first + group);
    for (let unit = from; unit < to; unit++) {
      const block = unit / height;
      const iy = unit - block * height;
      const top = iy - flipped;
      const ky0 = firstTap(top, stride);
      const kyEnd = min(kernel, (outHeight - 1) * stride - top + 1);
      const rows = kyEnd > ky0 ? (kyEnd - ky0 - 1) / stride + 1 : 0;
      const dyBase = dy + <usize>(block * outHeight + (top + ky0) / stride) * dyRow;
      const dxBase = dx + <usize>unit * dxRow;
      for (let panel = first; panel < last; panel++) {
        const c0 = panelStart(panel, channels, inPanels);
        const r = panelStart(panel + 1, channels, inPanels) - c0;
        const tap = <usize>(outChannels * r) * sizeof<T>();
        const a = packed + <usize>(c0 * depth) * sizeof<T>() + <usize>(ky0 * kernel) * tap;
        // A pixel meets every stride-th tap; pixels that lie a stride apart meet the same ones, and their gradients lie side by side.
        for (let phase = 0; phase < min(stride, width); phase++) {
          let ix = phase;
          while (ix < width) {
            const left = ix - flipped;
            const kx0 = firstTap(left, stride);
            const kxEnd = min(kernel, (outWidth - 1) * stride - left + 1);
            const taps = kxEnd > kx0 ? (kxEnd - kx0 - 1) / stride + 1 : 0;
            // Pixels from here on that see all taps of their phase.
            const full = kx0 < min(stride, kernel) ? outWidth - (left + kx0) / stride - (kernel - 1 - kx0) / stride : 0;
            const count = max(1, min(full, (width - ix - 1) / stride + 1));
            product<T>(
              r, a + <usize>kx0 * tap, dyBase + <usize>((left + kx0) / stride * outChannels) * lanes<T>(),
              dxBase + <usize>(ix * channels + c0) * lanes<T>(), count, <usize>outChannels * lanes<T>(),
              <usize>(stride * channels) * lanes<T>(), rows, <usize>(stride * kernel) * tap, dyRow, unit1 ? 1 : taps, <usize>stride * tap,
              <usize>outChannels * lanes<T>(), unit1 ? taps * outChannels : outChannels, 0, flags,
            );
            ix += count * stride;
          }
        }
      }
    }
  }
}

/** Least output pixels of one pass of the weight gradient, to hide the sum over lanes; more where a panel's stay in the level-1 cache. */
const CHUNK_PIXELS: i32 = 64;
const CHUNK_BYTES: i32 = 24576;

/** Clears the part of dw that units from..to of a weight gradient sum up. */
function clearUnits<T>(dw: usize, channels: i32, outChannels: i32, kernel: i32, panels: i32, from: i32, to: i32): void {
  const rowDepth = kernel * channels;
  for (let unit = from; unit < to; unit++) {
    const panel = unit / kernel, ky = unit - panel * kernel;
    const c0 = panelStart(panel, outChannels, panels);
    const r = panelStart(panel + 1, outChannels, panels) - c0;
    memory.fill(dw + <usize>(c0 * kernel * rowDepth + ky * rowDepth * r) * sizeof<T>(), 0, <usize>(rowDepth * r) * sizeof<T>());
  }
}

/**
 * Adds to a panel's kernel row at `target` what `rows` rows of gradients give, `dyStep` bytes apart, with the rows of inputs below them,
 * `xStep` apart: rows of an image or one row of many.
 */
function gradientOfRows<T>(
  r: i32, dyBase: usize, xBase: usize, target: usize, rows: i32, dyStep: usize, xStep: usize, width: i32, channels: i32, outWidth: i32,
  outChannels: i32, kernel: i32, stride: i32, padding: i32,
): void {
  const xCol = <usize>(stride * channels) * lanes<T>();
  const dyCol = <usize>outChannels * lanes<T>();
  if (padding === 0) {
    gradient<T>(r, kernel * channels, dyBase, xBase, target, rows, dyStep, xStep, outWidth, dyCol, xCol, true);
    return;
  }
  for (let kx = 0; kx < kernel; kx++) {
    const ox0 = (max(0, padding - kx) + stride - 1) / stride;
    const ox1 = width - 1 + padding - kx < 0 ? 0 : min(outWidth, (width - 1 + padding - kx) / stride + 1);
    if (ox0 >= ox1) continue;
    gradient<T>(
      r, channels, dyBase + <usize>ox0 * dyCol, xBase + <usize>((ox0 * stride - padding + kx) * channels) * lanes<T>(),
      target + <usize>(kx * channels * r) * sizeof<T>(), rows, dyStep, xStep, ox1 - ox0, dyCol, xCol, true,
    );
  }
}

/** Weight gradients of kernel rows from..to of all panels. */
export function weightGradientOfUnits<T>(
  x: usize, dy: usize, dw: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, kernel: i32, stride: i32, padding: i32, panels: i32, from: i32, to: i32,
): void {
  clearUnits<T>(dw, channels, outChannels, kernel, panels, from, to);
  const xRow = <usize>(width * channels) * lanes<T>(), image = <usize>height * xRow;
  const dyRow = <usize>(outWidth * outChannels) * lanes<T>(), dyImage = <usize>outHeight * dyRow;
  const pixels = max(CHUNK_PIXELS, CHUNK_BYTES / (32 * (channels + outChannels / panels)));
  const chunk = max(1, (pixels + outWidth - 1) / outWidth);
  // Every pass adds to all of dw. For small images it is one row of many blocks, if less than half as many passes then do: rows of one
  // block are the nearer ones.
  const many = min(blocks, max(1, CHUNK_PIXELS / outWidth));
  const isAcross = 2 * outHeight * ((blocks + many - 1) / many) < blocks * ((outHeight + chunk - 1) / chunk);
  const blockStep = isAcross ? many : 1, rowStep = isAcross ? 1 : chunk;
  for (let block = 0; block < blocks; block += blockStep) {
    for (let row = 0; row < outHeight; row += rowStep) {
      const rowEnd = min(outHeight, row + rowStep);
      for (let unit = from; unit < to; unit++) {
        const panel = unit / kernel, ky = unit - panel * kernel;
        const c0 = panelStart(panel, outChannels, panels);
        const r = panelStart(panel + 1, outChannels, panels) - c0;
        // Output rows whose tap ky lies inside the image.
        const oy0 = max(row, (max(0, padding - ky) + stride - 1) / stride);
        const oy1 = height - 1 + padding - ky < 0 ? 0 : min(rowEnd, (height - 1 + padding - ky) / stride + 1);
        if (oy0 >= oy1) continue;
        gradientOfRows<T>(
          r, dy + <usize>block * dyImage + <usize>oy0 * dyRow + <usize>c0 * lanes<T>(),
          x + <usize>block * image + <usize>(oy0 * stride - padding + ky) * xRow,
          dw + <usize>((c0 * kernel + ky * r) * kernel * channels) * sizeof<T>(), isAcross ? min(many, blocks - block) : oy1 - oy0,
          isAcross ? dyImage : dyRow, isAcross ? image : xRow * stride, width, channels, outWidth, outChannels, kernel, stride, padding,
        );
      }
    }
  }
}

/** dw [slice][weights] of slices of the blocks. */
export function convWeightGradient<T>(
  x: usize, dy: usize, dw: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, kernel: i32, stride: i32, padding: i32, panels: i32, slices: i32, thread: i32, threads: i32,
): void {
  const units = panels * kernel;
  const image = <usize>(height * width * channels) * lanes<T>(), dyImage = <usize>(outHeight * outWidth * outChannels) * lanes<T>();
  const weights = <usize>(kernel * kernel * channels * outChannels) * sizeof<T>();
  const from = share(slices * units, thread, threads), to = share(slices * units, thread + 1, threads);
  for (let slice = from / units; slice * units < to; slice++) {
    const first = share(blocks, slice, slices);
    weightGradientOfUnits<T>(
      x + <usize>first * image, dy + <usize>first * dyImage, dw + <usize>slice * weights, share(blocks, slice + 1, slices) - first, height,
      width, channels, outHeight, outWidth, outChannels, kernel, stride, padding, panels, max(0, from - slice * units),
      min(units, to - slice * units),
    );
  }
}

/** sums [slice][channels] of dy, in float64. Two channels side by side, since they share a cache line; an odd last one is paired with itself. */
export function biasGradient<T>(
  dy: usize, sums: usize, blocks: i32, pixels: i32, channels: i32, slices: i32, thread: i32, threads: i32,
): void {
  const pairs = (channels + 1) / 2;
  const from = share(slices * pairs, thread, threads), to = share(slices * pairs, thread + 1, threads);
  const step = <usize>channels * lanes<T>();
  for (let unit = from; unit < to; unit++) {
    const slice = unit / pairs, c = (unit - slice * pairs) * 2;
    const first = share(blocks, slice, slices), last = share(blocks, slice + 1, slices);
    const next = c + 1 < channels ? lanes<T>() : 0;
    let a0 = f64x2.splat(0), a1 = a0, b0 = a0, b1 = a0;
    let p = dy + <usize>(first * pixels) * step + <usize>c * lanes<T>();
    if (fewImages > 0) {
      for (let n = 0; n < fewImages; n++) {
        let at = p + <usize>n * sizeof<T>();
        for (let i = pixels; i > 0; i--) {
          a0 = f64x2.add(a0, loadChannels<T>(at, next));
          at += step;
        }
      }
      const target = sums + <usize>(slice * channels + c) * 8;
      v128.store64_lane(target, a0, 0);
      if (next) v128.store64_lane(target + 8, a0, 1);
      continue;
    }
    for (let i = (last - first) * pixels; i > 0; i--) {
      a0 = f64x2.add(a0, f64x2.add(loadPair<T>(p, 0), loadPair<T>(p, 1)));
      a1 = f64x2.add(a1, f64x2.add(loadPair<T>(p, 2), loadPair<T>(p, 3)));
      b0 = f64x2.add(b0, f64x2.add(loadPair<T>(p + next, 0), loadPair<T>(p + next, 1)));
      b1 = f64x2.add(b1, f64x2.add(loadPair<T>(p + next, 2), loadPair<T>(p + next, 3)));
      p += step;
    }
    const target = sums + <usize>(slice * channels + c) * 8;
    store<f64>(target, total(f64x2.add(a0, a1)));
    if (next) store<f64>(target + 8, total(f64x2.add(b0, b1)));
  }
}

/** db [channels] = the sums of biasGradient over slices. */
export function biasSum<T>(sums: usize, db: usize, channels: i32, slices: i32, thread: i32, threads: i32): void {
  const from = share(channels, thread, threads), to = share(channels, thread + 1, threads);
  for (let c = from; c < to; c++) {
    let sum: f64 = 0;
    for (let slice = 0; slice < slices; slice++) sum += load<f64>(sums + <usize>(slice * channels + c) * 8);
    store<T>(db + <usize>c * sizeof<T>(), <T>sum);
  }
}
