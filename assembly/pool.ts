/** Pooling; max pooling keeps which tap of the window won (the first on ties, NaN wins, as in PyTorch). */
import { lanes, share } from './simd';

/** Where a later value of a window takes over: where it is larger, or NaN. */
// @ts-ignore: decorator
@inline
export function wins<T>(v: v128, best: v128): v128 {
  return v128.or(v128.gt<T>(v, best), v128.ne<T>(v, v));
}

/** A tap of a window in every lane, as an integer: it is read as a number where a gradient goes to the tap alone. */
// @ts-ignore: decorator
@inline
export function tapMark<T>(tap: i32): v128 {
  return sizeof<T>() === 4 ? i32x4.splat(tap) : i64x2.splat(tap);
}

// @ts-ignore: decorator
@inline
function isTap<T>(which: v128, tap: v128): v128 {
  return sizeof<T>() === 4 ? i32x4.eq(which, tap) : i64x2.eq(which, tap);
}

// @ts-ignore: decorator
@inline
export function minus<T>(a: v128, b: v128): v128 {
  return sizeof<T>() === 4 ? i32x4.sub(a, b) : i64x2.sub(a, b);
}

/** The bias of the channel whose eight images lie at byte `c` of a pixel. */
// @ts-ignore: decorator
@inline
export function biasAt<T>(bias: usize, c: usize): v128 {
  return v128.splat<T>(load<T>(bias + c / lanes<T>() * sizeof<T>()));
}

/**
 * Maxima of the 2 x 2 windows of two rows, and which value of the window each is. `size` bytes of channels are taken, of pixels that
 * are `from` bytes apart to ones `to` apart. `bias`, which may be 0, is added to the maxima; then follows the ReLU.
 */
export function maximaOfRows<T>(
  upper: usize, lower: usize, y: usize, index: usize, count: i32, size: usize, from: usize, to: usize, bias: usize, relu: i32,
): void {
  const zero = v128.splat<T>(0), least = relu ? zero : v128.splat<T>(-Infinity);
  // NaN where any value is: the comparisons below overlook it, and are made again with care.
  let all = zero;
  for (let i: usize = 0; i < <usize>count; i++) {
    const at = 2 * i * from, out = i * to;
    for (let c: usize = 0; c < size; c += 16) {
      const a = v128.load(upper + at + c), b = v128.load(upper + at + from + c);
      const d = v128.load(lower + at + c), e = v128.load(lower + at + from + c);
      const best = v128.pmax<T>(v128.pmax<T>(a, b), v128.pmax<T>(d, e));
      const shifted = bias ? v128.add<T>(best, biasAt<T>(bias, c)) : best;
      v128.store(y + out + c, v128.pmax<T>(shifted, least));
      all = v128.add<T>(all, v128.add<T>(v128.add<T>(a, b), v128.add<T>(d, e)));
      if (index) {
        // All bits, which is -1, for every value before the first that is the largest.
        const w = v128.ne<T>(a, best), v = v128.and(w, v128.ne<T>(b, best)), u = v128.and(v, v128.ne<T>(d, best));
        v128.store(index + out + c, minus<T>(minus<T>(minus<T>(zero, w), v), u));
      }
    }
  }
  if (v128.any_true(v128.ne<T>(all, all))) maximaWithNaN<T>(upper, lower, y, index, count, size, from, to, bias, least);
}

/** As maximaOfRows, for rows with NaN in them. */
function maximaWithNaN<T>(
  upper: usize, lower: usize, y: usize, index: usize, count: i32, size: usize, from: usize, to: usize, bias: usize, least: v128,
): void {
  const one = tapMark<T>(1), two = tapMark<T>(2), three = tapMark<T>(3);
  for (let i = 0; i < count; i++) {
    for (let c: usize = 0; c < size; c += 16) {
      const a = v128.load(upper + c), b = v128.load(upper + from + c);
      let w = wins<T>(b, a);
      let best = v128.bitselect(b, a, w), which = v128.and(w, one);
      const d = v128.load(lower + c), e = v128.load(lower + from + c);
      w = wins<T>(d, best);
      best = v128.bitselect(d, best, w); which = v128.bitselect(two, which, w);
      w = wins<T>(e, best);
      best = v128.bitselect(e, best, w); which = v128.bitselect(three, which, w);
      const shifted = bias ? v128.add<T>(best, biasAt<T>(bias, c)) : best;
      v128.store(y + c, v128.pmax<T>(shifted, least));
      if (index) v128.store(index + c, which);
    }
    upper += 2 * from; lower += 2 * from; y += to;
    if (index) index += to;
  }
}

/** Whether the windows are 2 x 2, lie side by side and in the image. */
function isHalving(
  height: i32, width: i32, outHeight: i32, outWidth: i32, kernel: i32, stride: i32, padding: i32, dilation: i32,
): bool {
  return (
    kernel === 2 && stride === 2 && padding === 0 && dilation === 1 && outHeight * 2 <= height && outWidth * 2 <= width
  );
}

/** The first tap of a window from `start` on that is not before the image. */
// @ts-ignore: decorator
@inline
function firstTap(start: i32, dilation: i32): i32 {
  return start < 0 ? (dilation - 1 - start) / dilation : 0;
}

/** The tap after the last that is not behind it. */
// @ts-ignore: decorator
@inline
function endTap(start: i32, dilation: i32, kernel: i32, size: i32): i32 {
  return min(kernel, (size - start + dilation - 1) / dilation);
}

export function maxPool<T>(
  x: usize, y: usize, index: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  kernel: i32, stride: i32, padding: i32, dilation: i32, thread: i32, threads: i32,
): void {
  const units = blocks * outHeight;
  const from = share(units, thread, threads), to = share(units, thread + 1, threads);
  const pixel = <usize>channels * lanes<T>();
  const row = <usize>width * pixel;
  const down = <usize>dilation * row, across = <usize>dilation * pixel;
  if (isHalving(height, width, outHeight, outWidth, kernel, stride, padding, dilation)) {
    for (let unit = from; unit < to; unit++) {
      const block = unit / outHeight;
      const upper = x + <usize>(block * height + (unit - block * outHeight) * 2) * row;
      const out = <usize>(unit * outWidth) * pixel;
      maximaOfRows<T>(upper, upper + row, y + out, index ? index + out : 0, outWidth, pixel, pixel, pixel, 0, 0);
    }
    return;
  }
  for (let unit = from; unit < to; unit++) {
    const block = unit / outHeight, oy = unit - block * outHeight;
    const top = oy * stride - padding;
    const ky0 = firstTap(top, dilation), ky1 = endTap(top, dilation, kernel, height);
    const base = x + <usize>(block * height + top) * row;
    for (let ox = 0; ox < outWidth; ox++) {
      const left = ox * stride - padding;
      const kx0 = firstTap(left, dilation), kx1 = endTap(left, dilation, kernel, width);
      const out = <usize>(unit * outWidth + ox) * pixel;
      const source = base + <usize>left * pixel;
      for (let c: usize = 0; c < pixel; c += 16) {
        let best = v128.load(source + <usize>ky0 * down + <usize>kx0 * across + c);
        let which = tapMark<T>(ky0 * kernel + kx0);
        for (let ky = ky0; ky < ky1; ky++) {
          for (let kx = kx0; kx < kx1; kx++) {
            const v = v128.load(source + <usize>ky * down + <usize>kx * across + c);
            const w = wins<T>(v, best);
            best = v128.bitselect(v, best, w);
            which = v128.bitselect(tapMark<T>(ky * kernel + kx), which, w);
          }
        }
        v128.store(y + out + c, best);
        if (index) v128.store(index + out + c, which);
      }
    }
  }
}

/** The usual 2 x 2 windows without overlap: every input belongs to one window, so each is written once. */
function separateWindows<T>(
  dy: usize, index: usize, dx: usize, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32, from: i32, to: i32,
): void {
  const pixel = <usize>channels * lanes<T>();
  const row = <usize>width * pixel;
  for (let unit = from; unit < to; unit++) {
    const block = unit / outHeight, oy = unit - block * outHeight;
    const base = dx + <usize>(block * height + oy * 2) * row;
    let source = <usize>(unit * outWidth) * pixel;
    for (let ox = 0; ox < outWidth; ox++) {
      const target = base + <usize>(ox * 2) * pixel;
      for (let c: usize = 0; c < pixel; c += 16) {
        const g = v128.load(dy + source + c), which = v128.load(index + source + c);
        const t = target + c;
        v128.store(t, v128.and(g, isTap<T>(which, tapMark<T>(0))));
        v128.store(t + pixel, v128.and(g, isTap<T>(which, tapMark<T>(1))));
        v128.store(t + row, v128.and(g, isTap<T>(which, tapMark<T>(2))));
        v128.store(t + row + pixel, v128.and(g, isTap<T>(which, tapMark<T>(3))));
      }
      source += pixel;
    }
    if (width > outWidth * 2) {
      memory.fill(base + <usize>(outWidth * 2) * pixel, 0, pixel);
      memory.fill(base + <usize>(outWidth * 2) * pixel + row, 0, pixel);
    }
    if (oy === outHeight - 1 && height > outHeight * 2) memory.fill(base + 2 * row, 0, row);
  }
}

export function maxPoolGradient<T>(
  dy: usize, index: usize, dx: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  kernel: i32, stride: i32, padding: i32, dilation: i32, thread: i32, threads: i32,
): void {
  if (isHalving(height, width, outHeight, outWidth, kernel, stride, padding, dilation)) {
    const units = blocks * outHeight;
    separateWindows<T>(
      dy, index, dx, height, width, channels, outHeight, outWidth, share(units, thread, threads), share(units, thread + 1, threads),
    );
    return;
  }
  const from = share(blocks, thread, threads), to = share(blocks, thread + 1, threads);
  const pixel = <usize>channels * lanes<T>();
  const row = <usize>width * pixel;
  const down = <usize>dilation * row, across = <usize>dilation * pixel;
  for (let block = from; block < to; block++) {
    memory.fill(dx + <usize>(block * height) * row, 0, <usize>height * row);
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * stride - padding;
      const ky0 = firstTap(top, dilation), ky1 = endTap(top, dilation, kernel, height);
      for (let ox = 0; ox < outWidth; ox++) {
        const left = ox * stride - padding;
        const kx0 = firstTap(left, dilation), kx1 = endTap(left, dilation, kernel, width);
        const source = <usize>((block * outHeight + oy) * outWidth + ox) * pixel;
        const target = dx + <usize>(block * height + top) * row + <usize>left * pixel;
        for (let ky = ky0; ky < ky1; ky++) {
          for (let kx = kx0; kx < kx1; kx++) {
            const tap = tapMark<T>(ky * kernel + kx);
            const t = target + <usize>ky * down + <usize>kx * across;
            for (let c: usize = 0; c < pixel; c += 16) {
              const g = v128.and(v128.load(dy + source + c), isTap<T>(v128.load(index + source + c), tap));
              v128.store(t + c, v128.add<T>(v128.load(t + c), g));
            }
          }
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function windowStart(i: i32, step: i32, from: i32, over: i32): i32 {
  return max(0, (i * step + from) / over);
}

// @ts-ignore: decorator
@inline
function windowEnd(i: i32, step: i32, to: i32, over: i32, size: i32): i32 {
  return min(size, (i * step + to) / over);
}

/** Means over windows, by the rule of src/model/averageWindows.ts; sums are divided by `area`, or where it is 0 by their places. */
export function averagePool<T>(
  x: usize, y: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32, rowStep: i32,
  rowFrom: i32, rowTo: i32, rowOver: i32, columnStep: i32, columnFrom: i32, columnTo: i32, columnOver: i32, area: i32,
  thread: i32, threads: i32,
): void {
  const from = share(blocks, thread, threads), to = share(blocks, thread + 1, threads);
  const pixel = <usize>channels * lanes<T>();
  for (let block = from; block < to; block++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const y0 = windowStart(oy, rowStep, rowFrom, rowOver), y1 = windowEnd(oy, rowStep, rowTo, rowOver, height);
      for (let ox = 0; ox < outWidth; ox++) {
        const x0 = windowStart(ox, columnStep, columnFrom, columnOver);
        const x1 = windowEnd(ox, columnStep, columnTo, columnOver, width);
        const scale = v128.splat<T>(<T>1 / <T>(area > 0 ? area : (y1 - y0) * (x1 - x0)));
        const out = y + <usize>((block * outHeight + oy) * outWidth + ox) * pixel;
        for (let c: usize = 0; c < pixel; c += 16) {
          let sum = v128.splat<T>(0);
          for (let iy = y0; iy < y1; iy++) {
            let row = v128.splat<T>(0);
            for (let ix = x0; ix < x1; ix++) row = v128.add<T>(row, v128.load(x + <usize>((block * height + iy) * width + ix) * pixel + c));
            sum = v128.add<T>(sum, row);
          }
          v128.store(out + c, v128.mul<T>(sum, scale));
        }
      }
    }
  }
}

export function averagePoolGradient<T>(
  dy: usize, dx: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32, rowStep: i32,
  rowFrom: i32, rowTo: i32, rowOver: i32, columnStep: i32, columnFrom: i32, columnTo: i32, columnOver: i32, area: i32,
  thread: i32, threads: i32,
): void {
  const from = share(blocks, thread, threads), to = share(blocks, thread + 1, threads);
  const pixel = <usize>channels * lanes<T>();
  for (let block = from; block < to; block++) {
    memory.fill(dx + <usize>(block * height * width) * pixel, 0, <usize>(height * width) * pixel);
    for (let oy = 0; oy < outHeight; oy++) {
      const y0 = windowStart(oy, rowStep, rowFrom, rowOver), y1 = windowEnd(oy, rowStep, rowTo, rowOver, height);
      for (let ox = 0; ox < outWidth; ox++) {
        const x0 = windowStart(ox, columnStep, columnFrom, columnOver);
        const x1 = windowEnd(ox, columnStep, columnTo, columnOver, width);
        const scale = v128.splat<T>(<T>1 / <T>(area > 0 ? area : (y1 - y0) * (x1 - x0)));
        const source = dy + <usize>((block * outHeight + oy) * outWidth + ox) * pixel;
        for (let iy = y0; iy < y1; iy++) {
          for (let ix = x0; ix < x1; ix++) {
            const target = dx + <usize>((block * height + iy) * width + ix) * pixel;
            for (let c: usize = 0; c < pixel; c += 16) {
              v128.store(target + c, v128.add<T>(v128.load(target + c), v128.mul<T>(v128.load(source + c), scale)));
            }
          }
        }
      }
    }
  }
}
