/**
 * Convolutions with groups, with taps that lie apart, or with more padding below and to the right than above and to the left: each
 * group's panels are products of the group's channels, tap by tap. A panel lies in one group.
 */
import { packTransposed } from './conv';
import { ACCUMULATE, gradient, product, RELU } from './build/tiles';
import { lanes, madd, panelStart, share } from './simd';

/** First tap at or behind 0, the taps being at from, from + dilation, ... */
// @ts-ignore: decorator
@inline
function firstInside(from: i32, dilation: i32): i32 {
  return from >= 0 ? 0 : (dilation - 1 - from) / dilation;
}

/** End of the taps that lie before `size`. */
// @ts-ignore: decorator
@inline
function endInside(from: i32, size: i32, kernel: i32, dilation: i32): i32 {
  return from >= size ? 0 : min(kernel, (size - 1 - from) / dilation + 1);
}

/** a * b + c in either precision. */
// @ts-ignore: decorator
@inline
function fused<T>(a: v128, b: v128, c: v128): v128 {
  if (sizeof<T>() === 4) return madd(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

// @ts-ignore: decorator
@inline
function finished<T>(sum: v128, bias: v128, relu: bool): v128 {
  const value = v128.add<T>(sum, bias);
  return relu ? v128.pmax<T>(value, v128.splat<T>(0)) : value;
}

/**
 * `count` (1 or 4) outputs of every channel, each channel a group of its own and `taps` taps: `rows` x `cols` of them from a on, rows
 * aRow and columns aCol bytes apart, whose inputs begin at x, rows xRow and columns xCol bytes apart. Outputs lie yStep bytes apart and
 * read xStep bytes apart.
 */
// @ts-ignore: decorator
@inline
function depthwise<T>(
  count: i32, a: usize, aRow: usize, aCol: usize, taps: i32, x: usize, y: usize, channels: i32, rows: i32, xRow: usize, cols: i32,
  xCol: usize, xStep: usize, yStep: usize, bias: usize, relu: bool,
): void {
  for (let c = 0; c < channels; c++) {
    const b = v128.splat<T>(bias ? load<T>(bias + <usize>c * sizeof<T>()) : 0);
    for (let half: usize = 0; half < lanes<T>(); half += 32) {
      let s00 = v128.splat<T>(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
      for (let row = 0; row < rows; row++) {
        let p = x + half + <usize>row * xRow, q = a + <usize>row * aRow;
        for (let col = cols; col > 0; col--) {
          const s = v128.load_splat<T>(q);
          s00 = fused<T>(s, v128.load(p), s00);
          s01 = fused<T>(s, v128.load(p, 16), s01);
          if (count === 4) {
            const p1 = p + xStep, p2 = p1 + xStep, p3 = p2 + xStep;
            s10 = fused<T>(s, v128.load(p1), s10);
            s11 = fused<T>(s, v128.load(p1, 16), s11);
            s20 = fused<T>(s, v128.load(p2), s20);
            s21 = fused<T>(s, v128.load(p2, 16), s21);
            s30 = fused<T>(s, v128.load(p3), s30);
            s31 = fused<T>(s, v128.load(p3, 16), s31);
          }
          p += xCol;
          q += aCol;
        }
      }
      let out = y + half;
      v128.store(out, finished<T>(s00, b, relu));
      v128.store(out, finished<T>(s01, b, relu), 16);
      if (count === 4) {
        out += yStep;
        v128.store(out, finished<T>(s10, b, relu));
        v128.store(out, finished<T>(s11, b, relu), 16);
        out += yStep;
        v128.store(out, finished<T>(s20, b, relu));
        v128.store(out, finished<T>(s21, b, relu), 16);
        out += yStep;
        v128.store(out, finished<T>(s30, b, relu));
        v128.store(out, finished<T>(s31, b, relu), 16);
      }
    }
    x += lanes<T>();
    y += lanes<T>();
    a += <usize>taps * sizeof<T>();
  }
}

/**
 * Rows [from, to) of all blocks, `outHeight` a block. Tap k of output o lies at o * stride - padding + k * dilation. `w` is
 * [panel][ky][kx][in][R].
 */
function convRows<T>(
  x: usize, w: usize, bias: usize, y: usize, from: i32, to: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, kernel: i32, stride: i32, padding: i32, dilation: i32, groups: i32, panels: i32, flags: i32,
): void {
  const ins = channels / groups, outs = outChannels / groups, depth = kernel * kernel * ins;
  const xPixel = <usize>channels * lanes<T>(), xRow = <usize>width * xPixel, yPixel = <usize>outChannels * lanes<T>();
  const isDepthwise = ins === 1 && outs === 1 && (flags & ACCUMULATE) === 0;
  // Output columns [inner, innerEnd) see all taps of a row.
  const inner = (max(0, padding) + stride - 1) / stride;
  const last = width - 1 + padding - (kernel - 1) * dilation;
  const innerEnd = last < 0 ? 0 : min(outWidth, last / stride + 1);
  for (let unit = from; unit < to; unit++) {
    const block = unit / outHeight;
    const top = (unit - block * outHeight) * stride - padding;
    const ky0 = firstInside(top, dilation), ky1 = endInside(top, height, kernel, dilation);
    const rows = max(0, ky1 - ky0);
    const base = x + <usize>(block * height + top + ky0 * dilation) * xRow;
    const out = y + <usize>(unit * outWidth) * yPixel;
    if (isDepthwise) {
      let ox = 0;
      while (ox < outWidth) {
        const left = ox * stride - padding;
        const kx0 = firstInside(left, dilation), cols = max(0, endInside(left, width, kernel, dilation) - kx0);
        const at = base + <usize>(left + kx0 * dilation) * xPixel, a = w + <usize>(ky0 * kernel + kx0) * sizeof<T>();
        const aRow = <usize>kernel * sizeof<T>(), tapRow = <usize>dilation * xRow, tapCol = <usize>dilation * xPixel;
        const step = <usize>stride * xPixel, relu = (flags & RELU) !== 0, target = out + <usize>ox * yPixel;
        if (ox >= inner && ox + 4 <= innerEnd) {
          depthwise<T>(4, a, aRow, sizeof<T>(), depth, at, target, channels, rows, tapRow, cols, tapCol, step, yPixel, bias, relu);
          ox += 4;
        } else {
          depthwise<T>(1, a, aRow, sizeof<T>(), depth, at, target, channels, rows, tapRow, cols, tapCol, step, yPixel, bias, relu);
          ox++;
        }
      }
      continue;
    }
    for (let panel = 0; panel < panels; panel++) {
      const c0 = panelStart(panel, outChannels, panels), r = panelStart(panel + 1, outChannels, panels) - c0;
      const aCol = <usize>(ins * r) * sizeof<T>(), aRow = <usize>kernel * aCol;
      const a = w + <usize>(c0 * depth) * sizeof<T>() + <usize>ky0 * aRow;
      const input = base + <usize>(c0 / outs * ins) * lanes<T>();
      const panelBias = bias ? bias + <usize>c0 * sizeof<T>() : 0;
      let ox = 0;
      while (ox < outWidth) {
        const left = ox * stride - padding;
        const kx0 = firstInside(left, dilation), cols = max(0, endInside(left, width, kernel, dilation) - kx0);
        const count = ox >= inner && ox < innerEnd ? innerEnd - ox : 1;
        product<T>(
          r, a + <usize>kx0 * aCol, input + <usize>(left + kx0 * dilation) * xPixel, out + <usize>ox * yPixel + <usize>c0 * lanes<T>(),
          count, <usize>stride * xPixel, yPixel, rows, aRow, <usize>dilation * xRow, cols, aCol, <usize>dilation * xPixel, ins, panelBias,
          flags,
        );
        ox += count;
      }
    }
  }
}

export function groupedConvForward<T>(
  x: usize, w: usize, bias: usize, y: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, kernel: i32, stride: i32, padding: i32, dilation: i32, groups: i32, panels: i32, relu: i32, thread: i32, threads: i32,
): void {
  const units = blocks * outHeight;
  convRows<T>(
    x, w, bias, y, share(units, thread, threads), share(units, thread + 1, threads), height, width, channels, outHeight, outWidth,
    outChannels, kernel, stride, padding, dilation, groups, panels, relu ? RELU : 0,
  );
}

/** packTransposed for each group by itself. */
export function packGroups<T>(
  w: usize, packed: usize, channels: i32, outChannels: i32, kernel: i32, panels: i32, inPanels: i32, groups: i32, thread: i32,
  threads: i32,
): void {
  const ins = channels / groups, outs = outChannels / groups;
  const size = <usize>(ins * outs * kernel * kernel) * sizeof<T>();
  if (groups === 1) {
    packTransposed<T>(w, packed, channels, outChannels, kernel, panels, inPanels, thread, threads);
    return;
  }
  const from = share(groups, thread, threads), to = share(groups, thread + 1, threads);
  for (let group = from; group < to; group++) {
    const at = <usize>group * size;
    packTransposed<T>(w + at, packed + at, ins, outs, kernel, panels / groups, inPanels / groups, 0, 1);
  }
}

/** Least n > 0 such that n * dilation is a multiple of `stride`. */
function tapStep(stride: i32, dilation: i32): i32 {
  let n = 1;
  while (n * dilation % stride !== 0) n++;
  return n;
}

/** First tap from `k` on, of `step` neighbours, that lies on a multiple of `stride`; `end` where there is none. */
function firstOnStride(k: i32, end: i32, from: i32, dilation: i32, stride: i32, step: i32): i32 {
  for (let i = 0; i < step && k < end; i++, k++) if ((from + k * dilation) % stride === 0) return k;
  return end;
}

export function groupedConvInputGradient<T>(
  dy: usize, packed: usize, dx: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, kernel: i32, stride: i32, padding: i32, dilation: i32, groups: i32, inPanels: i32, thread: i32, threads: i32,
): void {
  const units = blocks * height;
  const from = share(units, thread, threads), to = share(units, thread + 1, threads);
  const flipped = (kernel - 1) * dilation - padding;
  if (stride === 1) {
    convRows<T>(
      dy, packed, 0, dx, from, to, outHeight, outWidth, outChannels, height, width, channels, kernel, 1, flipped, dilation, groups,
      inPanels, 0,
    );
    return;
  }
  const ins = channels / groups, outs = outChannels / groups, depth = kernel * kernel * outs;
  const dyPixel = <usize>outChannels * lanes<T>(), dyRow = <usize>outWidth * dyPixel, dxPixel = <usize>channels * lanes<T>();
  const step = tapStep(stride, dilation), skip = step * dilation / stride;
  for (let unit = from; unit < to; unit++) {
    const block = unit / height;
    const top = unit - block * height - flipped;
    const kyEnd = endInside(top, (outHeight - 1) * stride + 1, kernel, dilation);
    const ky0 = firstOnStride(firstInside(top, dilation), kyEnd, top, dilation, stride, step);
    const rows = kyEnd > ky0 ? (kyEnd - ky0 - 1) / step + 1 : 0;
    const base = dy + <usize>(block * outHeight + (top + ky0 * dilation) / stride) * dyRow;
    if (ins === 1 && outs === 1) {
      const a = packed + <usize>(ky0 * kernel) * sizeof<T>(), aRow = <usize>(step * kernel) * sizeof<T>(), aCol = <usize>step * sizeof<T>();
      const tapRow = <usize>skip * dyRow, tapCol = <usize>skip * dyPixel, yStep = <usize>stride * dxPixel;
      const most = (outWidth - 1) * stride + 1;
      // Pixels `stride` apart see the same taps of neighbouring gradients.
      for (let phase = 0; phase < min(stride, width); phase++) {
        let ix = phase;
        while (ix < width) {
          const left = ix - flipped, kxEnd = endInside(left, most, kernel, dilation);
          const kx0 = firstOnStride(firstInside(left, dilation), kxEnd, left, dilation, stride, step);
          const cols = kxEnd > kx0 ? (kxEnd - kx0 - 1) / step + 1 : 0;
          const at = base + <usize>((left + kx0 * dilation) / stride) * dyPixel, target = dx + <usize>(unit * width + ix) * dxPixel;
          const first = a + <usize>kx0 * sizeof<T>(), far = left + 3 * stride;
          const isSame = ix + 3 * stride < width && kx0 < step && kxEnd === kernel && endInside(far, most, kernel, dilation) === kernel;
          if (isSame) depthwise<T>(4, first, aRow, aCol, depth, at, target, channels, rows, tapRow, cols, tapCol, dyPixel, yStep, 0, false);
          else depthwise<T>(1, first, aRow, aCol, depth, at, target, channels, rows, tapRow, cols, tapCol, dyPixel, yStep, 0, false);
          ix += isSame ? 4 * stride : stride;
        }
      }
      continue;
    }
    for (let panel = 0; panel < inPanels; panel++) {
      const c0 = panelStart(panel, channels, inPanels), r = panelStart(panel + 1, channels, inPanels) - c0;
      const aCol = <usize>(outs * r) * sizeof<T>(), aRow = <usize>kernel * aCol;
      const a = packed + <usize>(c0 * depth) * sizeof<T>() + <usize>ky0 * aRow;
      const gradients = base + <usize>(c0 / ins * outs) * lanes<T>();
      for (let ix = 0; ix < width; ix++) {
        const left = ix - flipped;
        const kxEnd = endInside(left, (outWidth - 1) * stride + 1, kernel, dilation);
        const kx0 = firstOnStride(firstInside(left, dilation), kxEnd, left, dilation, stride, step);
        const cols = kxEnd > kx0 ? (kxEnd - kx0 - 1) / step + 1 : 0;
        product<T>(
          r, a + <usize>kx0 * aCol, gradients + <usize>((left + kx0 * dilation) / stride) * dyPixel,
          dx + <usize>(unit * width + ix) * dxPixel + <usize>c0 * lanes<T>(), 1, 0, 0, rows, <usize>step * aRow, <usize>skip * dyRow, cols,
          <usize>step * aCol, <usize>skip * dyPixel, outs, 0, 0,
        );
      }
    }
  }
}

/** Output pixels of one pass of the weight gradient: enough to hide the sum over lanes, few enough to round little. */
const CHUNK_PIXELS: i32 = 128;

/** First output whose tap at `offset` from the window's start lies inside. */
// @ts-ignore: decorator
@inline
function firstOutput(offset: i32, stride: i32): i32 {
  return offset >= 0 ? 0 : (stride - 1 - offset) / stride;
}

// @ts-ignore: decorator
@inline
function endOutput(offset: i32, size: i32, outSize: i32, stride: i32): i32 {
  return offset >= size ? 0 : min(outSize, (size - 1 - offset) / stride + 1);
}

/** The sum of all lanes. */
// @ts-ignore: decorator
@inline
function laneSum<T>(a: v128): T {
  if (sizeof<T>() === 8) return <T>(f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1));
  return <T>(f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3)));
}

/**
 * Adds to `count` (1 or 3) neighbouring taps at dw the sums over `rows` x `columns` outputs of one channel: gradients at dy times the
 * inputs of the first tap at x, those of the next ones xTap bytes further.
 */
// @ts-ignore: decorator
@inline
function addTaps<T>(
  count: i32, dw: usize, dy: usize, x: usize, rows: i32, dyRow: usize, xRow: usize, columns: i32, dyStep: usize, xStep: usize,
  xTap: usize,
): void {
  const zero = v128.splat<T>(0);
  let s00 = zero, s01 = zero, s10 = zero, s11 = zero, s20 = zero, s21 = zero;
  for (let half: usize = 0; half < lanes<T>(); half += 32) {
    for (let row = 0; row < rows; row++) {
      let p = dy + half + <usize>row * dyRow, q = x + half + <usize>row * xRow;
      for (let left = columns; left > 0; left--) {
        const g0 = v128.load(p), g1 = v128.load(p, 16);
        s00 = fused<T>(g0, v128.load(q), s00);
        s01 = fused<T>(g1, v128.load(q, 16), s01);
        if (count === 3) {
          const q1 = q + xTap, q2 = q1 + xTap;
          s10 = fused<T>(g0, v128.load(q1), s10);
          s11 = fused<T>(g1, v128.load(q1, 16), s11);
          s20 = fused<T>(g0, v128.load(q2), s20);
          s21 = fused<T>(g1, v128.load(q2, 16), s21);
        }
        p += dyStep;
        q += xStep;
      }
    }
  }
  store<T>(dw, load<T>(dw) + laneSum<T>(v128.add<T>(s00, s01)));
  if (count === 3) {
    store<T>(dw, load<T>(dw, sizeof<T>()) + laneSum<T>(v128.add<T>(s10, s11)), sizeof<T>());
    store<T>(dw, load<T>(dw, 2 * sizeof<T>()) + laneSum<T>(v128.add<T>(s20, s21)), 2 * sizeof<T>());
  }
}

/**
 * The weight gradient where each channel is a group of its own, from output rows [row, rowEnd) of one block. Three taps of a row pass
 * together over the columns that all of them see.
 */
function depthwiseGradient<T>(
  x: usize, dy: usize, dw: usize, from: i32, to: i32, row: i32, rowEnd: i32, height: i32, width: i32, channels: i32, outHeight: i32,
  outWidth: i32, kernel: i32, stride: i32, padding: i32, dilation: i32,
): void {
  const pixel = <usize>channels * lanes<T>(), dyRow = <usize>outWidth * pixel, xRow = <usize>width * pixel;
  const xStep = <usize>stride * pixel, xTap = <usize>dilation * pixel, xRowStep = <usize>stride * xRow;
  for (let ky = 0; ky < kernel; ky++) {
    const down = ky * dilation - padding;
    const oy0 = max(row, firstOutput(down, stride)), oy1 = min(rowEnd, endOutput(down, height, outHeight, stride));
    if (oy0 >= oy1) continue;
    const gradients = dy + <usize>oy0 * dyRow, inputs = x + <usize>(oy0 * stride + down) * xRow, rows = oy1 - oy0;
    for (let kx = 0; kx < kernel;) {
      const count = kx + 3 <= kernel ? 3 : 1, right = kx * dilation - padding, last = right + (count - 1) * dilation;
      const ox0 = firstOutput(right, stride), ox1 = max(ox0, endOutput(last, width, outWidth, stride));
      for (let c = from; c < to; c++) {
        const target = dw + <usize>((c * kernel + ky) * kernel + kx) * sizeof<T>();
        const g = gradients + <usize>c * lanes<T>(), at = inputs + <usize>c * lanes<T>();
        const p = g + <usize>ox0 * pixel, q = at + <usize>(ox0 * stride + right) * pixel;
        if (count === 1) {
          addTaps<T>(1, target, p, q, rows, dyRow, xRowStep, ox1 - ox0, pixel, xStep, 0);
          continue;
        }
        addTaps<T>(3, target, p, q, rows, dyRow, xRowStep, ox1 - ox0, pixel, xStep, xTap);
        for (let i = 0; i < 3; i++) {
          // Columns that not all of the three see.
          const offset = right + i * dilation, tap = target + <usize>i * sizeof<T>();
          const before = firstOutput(offset, stride), after = endOutput(offset, width, outWidth, stride);
          if (before < min(ox0, after)) {
            addTaps<T>(
              1, tap, g + <usize>before * pixel, at + <usize>(before * stride + offset) * pixel, rows, dyRow, xRowStep,
              min(ox0, after) - before, pixel, xStep, 0,
            );
          }
          const next = max(ox1, before);
          if (next < after) {
            addTaps<T>(
              1, tap, g + <usize>next * pixel, at + <usize>(next * stride + offset) * pixel, rows, dyRow, xRowStep, after - next, pixel, xStep, 0,
            );
          }
        }
      }
      kx += count;
    }
  }
}

/** Of panels from..to. */
function groupedGradientOfPanels<T>(
  x: usize, dy: usize, dw: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, kernel: i32, stride: i32, padding: i32, dilation: i32, groups: i32, panels: i32, from: i32, to: i32,
): void {
  const ins = channels / groups, outs = outChannels / groups, depth = kernel * kernel * ins;
  const start = panelStart(from, outChannels, panels), end = panelStart(to, outChannels, panels);
  memory.fill(dw + <usize>(start * depth) * sizeof<T>(), 0, <usize>((end - start) * depth) * sizeof<T>());
  const xPixel = <usize>channels * lanes<T>(), xRow = <usize>width * xPixel;
  const dyPixel = <usize>outChannels * lanes<T>(), dyRow = <usize>outWidth * dyPixel;
  const chunk = max(1, (CHUNK_PIXELS + outWidth - 1) / outWidth);
  for (let block = 0; block < blocks; block++) {
    for (let row = 0; row < outHeight; row += chunk) {
      if (ins === 1 && outs === 1) {
        depthwiseGradient<T>(
          x + <usize>(block * height) * xRow, dy + <usize>(block * outHeight) * dyRow, dw, start, end, row, min(outHeight, row + chunk), height,
          width, channels, outHeight, outWidth, kernel, stride, padding, dilation,
        );
        continue;
      }
      for (let panel = from; panel < to; panel++) {
        const c0 = panelStart(panel, outChannels, panels), r = panelStart(panel + 1, outChannels, panels) - c0;
        let target = dw + <usize>(c0 * depth) * sizeof<T>();
        for (let ky = 0; ky < kernel; ky++) {
          const down = ky * dilation - padding;
          const oy0 = max(row, firstOutput(down, stride)), oy1 = min(row + chunk, endOutput(down, height, outHeight, stride));
          for (let kx = 0; kx < kernel; kx++, target += <usize>(ins * r) * sizeof<T>()) {
            const right = kx * dilation - padding;
            const ox0 = firstOutput(right, stride), ox1 = endOutput(right, width, outWidth, stride);
            if (oy0 >= oy1 || ox0 >= ox1) continue;
            gradient<T>(
              r, ins, dy + <usize>(block * outHeight + oy0) * dyRow + <usize>ox0 * dyPixel + <usize>c0 * lanes<T>(),
              x + <usize>(block * height + oy0 * stride + down) * xRow + <usize>(ox0 * stride + right) * xPixel
                + <usize>(c0 / outs * ins) * lanes<T>(),
              target, oy1 - oy0, dyRow, <usize>stride * xRow, ox1 - ox0, dyPixel, <usize>stride * xPixel, true,
            );
          }
        }
      }
    }
  }
}

/** dw [slice][weights] of slices of the blocks. */
export function groupedConvWeightGradient<T>(
  x: usize, dy: usize, dw: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, kernel: i32, stride: i32, padding: i32, dilation: i32, groups: i32, panels: i32, slices: i32, thread: i32, threads: i32,
): void {
  const image = <usize>(height * width * channels) * lanes<T>(), dyImage = <usize>(outHeight * outWidth * outChannels) * lanes<T>();
  const weights = <usize>(kernel * kernel * (channels / groups) * outChannels) * sizeof<T>();
  const from = share(slices * panels, thread, threads), to = share(slices * panels, thread + 1, threads);
  for (let slice = from / panels; slice * panels < to; slice++) {
    const first = share(blocks, slice, slices);
    groupedGradientOfPanels<T>(
      x + <usize>first * image, dy + <usize>first * dyImage, dw + <usize>slice * weights, share(blocks, slice + 1, slices) - first, height,
      width, channels, outHeight, outWidth, outChannels, kernel, stride, padding, dilation, groups, panels, max(0, from - slice * panels),
      min(panels, to - slice * panels),
    );
  }
}
