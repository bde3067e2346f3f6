/** Kernels that treat values one by one, or image blocks channel by channel. */
import { hash32x4, high, lanes, low, share } from './simd';

export function relu<T>(x: usize, y: usize, count: i32, thread: i32, threads: i32): void {
  const zero = v128.splat<T>(0);
  const from = <usize>share(count / 8, thread, threads) * lanes<T>(), to = <usize>share(count / 8, thread + 1, threads) * lanes<T>();
  for (let i = from; i < to; i += 32) {
    v128.store(y + i, v128.pmax<T>(v128.load(x + i), zero));
    v128.store(y + i, v128.pmax<T>(v128.load(x + i, 16), zero), 16);
  }
}

export function reluGradient<T>(dy: usize, y: usize, dx: usize, count: i32, thread: i32, threads: i32): void {
  const zero = v128.splat<T>(0);
  const from = <usize>share(count / 8, thread, threads) * lanes<T>(), to = <usize>share(count / 8, thread + 1, threads) * lanes<T>();
  for (let i = from; i < to; i += 32) {
    v128.store(dx + i, v128.andnot(v128.load(dy + i), v128.le<T>(v128.load(y + i), zero)));
    v128.store(dx + i, v128.andnot(v128.load(dy + i, 16), v128.le<T>(v128.load(y + i, 16), zero)), 16);
  }
}

export function add<T>(a: usize, b: usize, y: usize, count: i32, thread: i32, threads: i32): void {
  const from = <usize>share(count / 8, thread, threads) * lanes<T>(), to = <usize>share(count / 8, thread + 1, threads) * lanes<T>();
  for (let i = from; i < to; i += 32) {
    v128.store(y + i, v128.add<T>(v128.load(a + i), v128.load(b + i)));
    v128.store(y + i, v128.add<T>(v128.load(a + i, 16), v128.load(b + i, 16)), 16);
  }
}

export function copy<T>(x: usize, y: usize, count: i32, thread: i32, threads: i32): void {
  const from = <usize>share(count / 8, thread, threads) * lanes<T>(), to = <usize>share(count / 8, thread + 1, threads) * lanes<T>();
  memory.copy(y + from, x + from, to - from);
}

/** Zeros in the places of the last block that hold no image, of `values` each: sums over the batch take them in. */
export function clearPadding<T>(x: usize, images: i32, blocks: i32, values: i32, thread: i32, threads: i32): void {
  if (share(blocks, thread + 1, threads) < blocks || share(blocks, thread, threads) === blocks) return;
  const last = blocks - 1;
  const end = x + <usize>(blocks * values) * lanes<T>(), missing = <usize>(images - last * 8) * sizeof<T>();
  for (let p = x + <usize>(last * values) * lanes<T>(); p < end; p += lanes<T>()) {
    for (let lane = missing; lane < lanes<T>(); lane += sizeof<T>()) store<T>(p + lane, 0);
  }
}

/** x[0] += x[1] + ... of slices `between` bytes apart, `bytes` of each; a last odd value passes alone. */
export function addSlices<T>(x: usize, between: usize, slices: i32, bytes: usize): void {
  for (let slice = 1; slice < slices; slice++) {
    const other = x + <usize>slice * between;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) v128.store(x + i, v128.add<T>(v128.load(x + i), v128.load(other + i)));
    for (; i < bytes; i += sizeof<T>()) store<T>(x + i, load<T>(x + i) + load<T>(other + i));
  }
}

/** y [count] = the sum of x [slice][count] over slices. */
export function sumSlices<T>(x: usize, y: usize, count: i32, slices: i32, thread: i32, threads: i32): void {
  const from = <usize>share(count, thread, threads) * sizeof<T>(), to = <usize>share(count, thread + 1, threads) * sizeof<T>();
  addSlices<T>(x + from, <usize>count * sizeof<T>(), slices, to - from);
  memory.copy(y + from, x + from, to - from);
}

export function transpose<T>(x: usize, y: usize, blocks: i32, rows: i32, columns: i32, thread: i32, threads: i32): void {
  const from = share(blocks, thread, threads), to = share(blocks, thread + 1, threads);
  for (let block = from; block < to; block++) {
    const base = <usize>(block * rows * columns) * lanes<T>();
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const s = x + base + <usize>(row * columns + column) * lanes<T>();
        const d = y + base + <usize>(column * rows + row) * lanes<T>();
        memory.copy(d, s, lanes<T>());
      }
    }
  }
}

export function dropoutMask<T>(
  mask: usize, key: usize, threshold: i32, scale: f32, blocks: i32, pixels: i32, channels: i32, thread: i32, threads: i32,
): void {
  const keyBits = i32x4.splat(load<i32>(key));
  const limit = i32x4.splat(threshold);
  const kept = f32x4.splat(scale);
  const image = channels * pixels;
  const lane = i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(image));
  const units = blocks * pixels;
  const from = share(units, thread, threads), to = share(units, thread + 1, threads);
  for (let unit = from; unit < to; unit++) {
    const block = unit / pixels, pixel = unit - block * pixels;
    let target = mask + <usize>(unit * channels) * lanes<T>();
    for (let c = 0; c < channels; c++) {
      const index = block * 8 * image + c * pixels + pixel;
      for (let half = 0; half < 2; half++) {
        const at = i32x4.add(lane, i32x4.splat(index + half * 4 * image));
        const bits = hash32x4(i32x4.add(hash32x4(at), keyBits));
        // uniform >= p, with uniform = (bits >>> 8) * 2^-24, compared as whole numbers.
        const values = v128.and(i32x4.ge_s(i32x4.shr_u(bits, 8), limit), kept);
        if (sizeof<T>() === 4) v128.store(target, values);
        else {
          v128.store(target, low(values));
          v128.store(target, high(values), 16);
        }
        target += 4 * sizeof<T>();
      }
    }
  }
}

export function multiply<T>(
  x: usize, mask: usize, y: usize, blocks: i32, pixels: i32, channels: i32, maskPixels: i32, thread: i32, threads: i32,
): void {
  const units = blocks * pixels;
  const from = share(units, thread, threads), to = share(units, thread + 1, threads);
  const size = <usize>channels * lanes<T>();
  for (let unit = from; unit < to; unit++) {
    const m = mask + <usize>(maskPixels === 1 ? unit / pixels : unit) * size;
    const a = x + <usize>unit * size, b = y + <usize>unit * size;
    for (let i: usize = 0; i < size; i += 16) {
      v128.store(b + i, v128.mul<T>(v128.load(a + i), v128.load(m + i)));
    }
  }
}
