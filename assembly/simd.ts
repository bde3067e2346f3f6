/** Small building blocks that every kernel inlines. */

/** a * b + c; fused (one rounding) in the relaxed-SIMD build. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Number of this thread's part of a kernel's scratch memory; `thread` of a kernel is its part of the work. */
export let worker: i32 = 0;

export function becomeWorker(thread: i32): void {
  worker = thread;
}

/** Images of the program's batch, where they are so few that kernels take one after the other; else 0. */
export let fewImages: i32 = 0;

export function takeImages(few: i32): void {
  fewImages = few;
}

/** First unit of thread `thread` when `total` units are split evenly over `threads`. */
// @ts-ignore: decorator
@inline
export function share(total: i32, thread: i32, threads: i32): i32 {
  return <i32>((<i64>total * <i64>thread) / <i64>threads);
}

/** First channel of panel `index`: `channels` are split into `panels` parts that differ by at most one, the larger first. */
// @ts-ignore: decorator
@inline
export function panelStart(index: i32, channels: i32, panels: i32): i32 {
  return index * (channels / panels) + min(index, channels % panels);
}

/** Bytes of one value of eight images. */
// @ts-ignore: decorator
@inline
export function lanes<T>(): usize {
  return 8 * sizeof<T>();
}

/** Lanes 0 and 1 as doubles. */
// @ts-ignore: decorator
@inline
export function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** Lanes 2 and 3 as doubles. */
// @ts-ignore: decorator
@inline
export function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 2, 3));
}

/** Images 2 * pair and 2 * pair + 1 of the eight at `at`, in double precision. */
// @ts-ignore: decorator
@inline
export function loadPair<T>(at: usize, pair: usize): v128 {
  if (sizeof<T>() === 4) return f64x2.promote_low_f32x4(v128.load64_zero(at + pair * 8));
  return v128.load(at + pair * 16);
}

// @ts-ignore: decorator
@inline
export function storePair<T>(at: usize, pair: usize, values: v128): void {
  if (sizeof<T>() === 4) v128.store64_lane(at + pair * 8, f32x4.demote_f64x2_zero(values), 0);
  else v128.store(at + pair * 16, values);
}

// @ts-ignore: decorator
@inline
export function total(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

/** Of what readAhead read, so that the loads are not left out. */
let readSum: f32 = 0;

/**
 * Reads every cache line of `rows` rows in order, which the processor's prefetching follows: lines that a kernel takes from far apart
 * are then in the level-2 cache already.
 */
export function readAhead(from: usize, bytes: usize, rows: i32, step: usize): void {
  let sum: f32 = 0;
  for (; rows > 0; rows--) {
    for (let p = from; p < from + bytes; p += 64) sum += load<f32>(p);
    from += step;
  }
  readSum = sum;
}

/** The columns of four rows, one after the other, `pitch` bytes apart. */
// @ts-ignore: decorator
@inline
export function storeTransposed(out: usize, pitch: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const a = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5), b = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
  const c = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7), d = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<i32>(a, b, 0, 1, 4, 5));
  v128.store(out + pitch, v128.shuffle<i32>(a, b, 2, 3, 6, 7));
  v128.store(out + 2 * pitch, v128.shuffle<i32>(c, d, 0, 1, 4, 5));
  v128.store(out + 3 * pitch, v128.shuffle<i32>(c, d, 2, 3, 6, 7));
}

/** [rows][columns] at `source` to [columns][rows] at `target`. */
export function transpose<T>(source: usize, target: usize, rows: i32, columns: i32): void {
  if (sizeof<T>() === 4 && rows >= 4 && columns >= 4) {
    const across = <usize>columns * 4, along = <usize>rows * 4;
    // Squares of four; the last ones reach back over their neighbours.
    for (let column = 0; column < columns; column += 4) {
      const c = <usize>min(column, columns - 4);
      for (let row = 0; row < rows; row += 4) {
        const r = <usize>min(row, rows - 4);
        const at = source + r * across + c * 4;
        storeTransposed(
          target + c * along + r * 4, along,
          v128.load(at), v128.load(at + across), v128.load(at + 2 * across), v128.load(at + 3 * across),
        );
      }
    }
    return;
  }
  for (let column = 0; column < columns; column++) {
    let at = source + <usize>column * sizeof<T>();
    for (let row = 0; row < rows; row++) {
      store<T>(target, load<T>(at));
      at += <usize>columns * sizeof<T>();
      target += sizeof<T>();
    }
  }
}

/** All bits of the two images of a pair that exist, none of those that fill up a last, incomplete block of 8. */
// @ts-ignore: decorator
@inline
export function pairMask(images: i32, block: i32, pair: i32): v128 {
  const left = images - block * 8 - pair * 2;
  return i64x2(left > 0 ? -1 : 0, left > 1 ? -1 : 0);
}

/** lowbias32 of model/random.ts on four values. */
// @ts-ignore: decorator
@inline
export function hash32x4(x: v128): v128 {
  x = v128.xor(x, i32x4.shr_u(x, 16));
  x = i32x4.mul(x, i32x4.splat(0x7feb352d));
  x = v128.xor(x, i32x4.shr_u(x, 15));
  x = i32x4.mul(x, i32x4.splat(0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}
