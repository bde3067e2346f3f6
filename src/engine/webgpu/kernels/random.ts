/** model/random.ts in WGSL, bit for bit, for kernels that draw random numbers. */
import type { Declaration } from '@/engine/webgpu/kernel';
import { constant, fn } from '@/engine/webgpu/wgsl';
import { streams } from '@/model/random';

/**
 * hash32, streamKey, randomBits, unit (random.ts's uniform, which is a word of WGSL) and shuffledIndex, with the streams as
 * constants.
 */
export const randomFunctions: readonly Declaration[] = [
  constant('shuffleStream', `${streams.shuffle}u`),
  constant('dropoutStream', `${streams.dropout}u`),
  constant('augmentStream', `${streams.augment}u`),
  fn(
    'hash32',
    '(value: u32) -> u32',
    `  var x = value;
  x ^= x >> 16u; x *= 0x7feb352du;
  x ^= x >> 15u; x *= 0x846ca68bu;
  return x ^ (x >> 16u);`,
  ),
  fn(
    'streamKey',
    '(seed: u32, stream: u32, counter: u32, sub: u32) -> u32',
    `  let base = hash32(seed) + stream * 0x9e3779b9u + sub * 0x85ebca6bu;
  return hash32(hash32(base) + counter);`,
  ),
  fn('randomBits', '(key: u32, index: u32) -> u32', '  return hash32(hash32(index) + key);'),
  fn('unit', '(key: u32, index: u32) -> f32', '  return f32(randomBits(key, index) >> 8u) * 0x1p-24f;'),
  fn(
    'shuffledIndex',
    '(index: u32, count: u32, seed: u32, epoch: u32) -> u32',
    `  var half = 1u;
  while (half < 16u && (1u << (2u * half)) < count) { half++; }
  let mask = (1u << half) - 1u;
  let key = streamKey(seed, shuffleStream, epoch, 0u);
  var x = index;
  loop {
    var left = x >> half;
    var right = x & mask;
    for (var round = 0u; round < 8u; round++) {
      let mixed = left ^ (hash32(hash32(right) + key + round * 0x9e3779b9u) & mask);
      left = right;
      right = mixed;
    }
    x = (left << half) | right;
    if (x < count) { break; }
  }
  return x;`,
  ),
];

/** keep iff (bits >> 8) >= threshold, which is uniform >= p in integers. */
export function keepThreshold(p: number): number {
  return Math.ceil(p * 2 ** 24);
}
