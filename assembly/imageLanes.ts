/** How kernels of a few images come to a vector of one image's channels, and back: in memory eight images lie between them. */
import { fewImages, lanes, pairMask } from './simd';

/** Four channels of the image at `at`. */
// @ts-ignore: decorator
@inline
export function gather(at: usize): v128 {
  return v128.load32_lane(at, v128.load32_lane(at, v128.load32_lane(at, v128.load32_zero(at), 1, 32), 2, 64), 3, 96);
}

/** The same of `count` channels; the others are 0. */
// @ts-ignore: decorator
@inline
export function loadLanes(at: usize, count: i32): v128 {
  let x = v128.load32_zero(at);
  if (count > 1) x = v128.load32_lane(at, x, 1, 32);
  if (count > 2) x = v128.load32_lane(at, x, 2, 64);
  if (count > 3) x = v128.load32_lane(at, x, 3, 96);
  return x;
}

// @ts-ignore: decorator
@inline
export function storeLanes(at: usize, x: v128, count: i32): void {
  v128.store32_lane(at, x, 0);
  if (count > 1) v128.store32_lane(at, x, 1, 32);
  if (count > 2) v128.store32_lane(at, x, 2, 64);
  if (count > 3) v128.store32_lane(at, x, 3, 96);
}

/** A value of the first image of eight, of which the others are 0. */
// @ts-ignore: decorator
@inline
function storeEight(at: usize, first: v128): void {
  v128.store(at, first);
  v128.store(at, f32x4.splat(0), 16);
}

/** As storeLanes, for the first image of the eight: the others become 0. */
// @ts-ignore: decorator
@inline
export function storeFirst(at: usize, x: v128, count: i32): void {
  const zero = f32x4.splat(0);
  storeEight(at, v128.shuffle<i32>(x, zero, 0, 4, 4, 4));
  if (count > 1) storeEight(at + 32, v128.shuffle<i32>(x, zero, 1, 4, 4, 4));
  if (count > 2) storeEight(at + 64, v128.shuffle<i32>(x, zero, 2, 4, 4, 4));
  if (count > 3) storeEight(at + 96, v128.shuffle<i32>(x, zero, 3, 4, 4, 4));
}

/** Stores `count` weights, one after the other, or adds them to those that are there. */
// @ts-ignore: decorator
@inline
export function storeWeights(at: usize, x: v128, count: i32, accumulate: bool): void {
  if (count > 3) {
    v128.store(at, accumulate ? f32x4.add(x, v128.load(at)) : x);
    return;
  }
  store<f32>(at, f32x4.extract_lane(x, 0) + (accumulate ? load<f32>(at) : 0));
  if (count > 1) store<f32>(at, f32x4.extract_lane(x, 1) + (accumulate ? load<f32>(at, 4) : 0), 4);
  if (count > 2) store<f32>(at, f32x4.extract_lane(x, 2) + (accumulate ? load<f32>(at, 8) : 0), 8);
}

/** Two channels of the image at `at`, the second one `next` bytes after the first, in the kernel's own precision. */
// @ts-ignore: decorator
@inline
export function channelPair<T>(at: usize, next: usize): v128 {
  if (sizeof<T>() === 4) return v128.load32_lane(at + next, v128.load32_zero(at), 1);
  return v128.load64_lane(at + next, v128.load64_zero(at), 1);
}

/** The same in double precision. */
// @ts-ignore: decorator
@inline
export function loadChannels<T>(at: usize, next: usize): v128 {
  const pair = channelPair<T>(at, next);
  return sizeof<T>() === 4 ? f64x2.promote_low_f32x4(pair) : pair;
}

/** All bits of the first `size` lanes. */
// @ts-ignore: decorator
@inline
export function lanesBelow(size: i32): v128 {
  return i32x4.gt_s(i32x4.splat(size), i32x4(0, 1, 2, 3));
}

/** 0 in those of eight images that the batch does not have, where it has more than one: see storeChannels. */
// @ts-ignore: decorator
@inline
export function clearAbsent<T>(at: usize): void {
  if (fewImages === 1) return;
  if (sizeof<T>() === 4) {
    v128.store(at, v128.and(v128.load(at), lanesBelow(fewImages)));
    v128.store(at, f32x4.splat(0), 16);
    return;
  }
  for (let pair = 0; pair < 4; pair++) {
    const p = at + <usize>pair * 16;
    v128.store(p, v128.and(v128.load(p), pairMask(fewImages, 0, pair)));
  }
}

/** Stores two channels of the image at `at`, which may be read in the same place; a batch's only image leaves 0 in the seven others. */
// @ts-ignore: decorator
@inline
export function storeChannels<T>(at: usize, next: usize, values: v128): void {
  const isAlone = fewImages === 1;
  if (isAlone) {
    for (let i: usize = 16; i < lanes<T>(); i += 16) {
      v128.store(at + i, f32x4.splat(0));
      v128.store(at + next + i, f32x4.splat(0));
    }
  }
  if (sizeof<T>() === 4) {
    // Lanes 2 and 3 are 0.
    const pair = f32x4.demote_f64x2_zero(values);
    if (isAlone) {
      v128.store(at, v128.shuffle<i32>(pair, pair, 0, 2, 2, 2));
      v128.store(at + next, v128.shuffle<i32>(pair, pair, 1, 2, 2, 2));
    } else {
      v128.store32_lane(at, pair, 0);
      v128.store32_lane(at + next, pair, 1);
    }
  } else if (isAlone) {
    v128.store(at, v128.shuffle<i64>(values, f64x2.splat(0), 0, 2));
    v128.store(at + next, v128.shuffle<i64>(values, f64x2.splat(0), 1, 2));
  } else {
    v128.store64_lane(at, values, 0);
    v128.store64_lane(at + next, values, 1);
  }
}
