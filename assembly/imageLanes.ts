/** How the tiles of scripts/wasm/imageTiles.ts come to a vector of one image's channels, and back: in memory eight images lie between them. */

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
