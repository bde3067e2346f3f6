/**
 * A first convolution, 5 x 5 taps of one channel, with its pooling: Winograd's F(4, 5) along the rows, so that four output pixels take
 * 8 products for each of the five kernel rows instead of 20. In two dimensions there would be no sum left over which the
 * transforms of the outputs, one for each output channel, could spread.
 */
import { inputColumns5, outputRows5, partBytes, weight5 } from './build/winogradTransforms';
import { convPool } from './conv';
import { isFinite } from './finite';
import { maximaOfRows } from './pool';
import { clearOutputs, hasZeros, lacksBias } from './support';
import { valleyMaximaOfRows } from './valleyPool';
import { madd, panelStart, share, worker } from './simd';

/** Places of a tile, and kernel rows. */
const PLACES: i32 = 8;
const TAPS: i32 = 5;

/** Bytes between two places of transformed inputs: what inputColumns5 writes. */
// @ts-ignore: decorator
@inline
function placeBytes(): usize {
  return <usize>PLACES * partBytes(5);
}

/** Weights [panel][ky][kx][R] -> G g of every kernel row, as [place][out][ky]. */
function transformWeights(w: usize, u: usize, outChannels: i32, panels: i32): void {
  const row = <usize>TAPS * 4, place = <usize>outChannels * row;
  for (let panel = 0; panel < panels; panel++) {
    const c0 = panelStart(panel, outChannels, panels), size = <usize>(panelStart(panel + 1, outChannels, panels) - c0) * 4;
    for (let c: usize = 0; c < size; c += 4) {
      for (let ky: usize = 0; ky < <usize>TAPS; ky++) {
        const g = w + <usize>(c0 * TAPS * TAPS) * 4 + ky * <usize>TAPS * size + c;
        weight5(g, g + size, g + 2 * size, g + 3 * size, g + 4 * size, u + (<usize>c0 + c / 4) * row + ky * 4, place, 4);
      }
    }
  }
}

/** An output channel of two rows, from six transformed inputs and five weights: all stay in registers. */
// @ts-ignore: decorator
@inline
function multiplyChannel(u: usize, m: usize, v0: v128, v1: v128, v2: v128, v3: v128, v4: v128, v5: v128): void {
  const u0 = v128.load32_splat(u), u1 = v128.load32_splat(u, 4), u2 = v128.load32_splat(u, 8), u3 = v128.load32_splat(u, 12);
  const u4 = v128.load32_splat(u, 16);
  v128.store(m, madd(u4, v4, madd(u3, v3, madd(u2, v2, madd(u1, v1, f32x4.mul(u0, v0))))));
  v128.store(m + placeBytes(), madd(u4, v5, madd(u3, v4, madd(u2, v3, madd(u1, v2, f32x4.mul(u0, v1))))));
}

/** Transformed outputs [row][place][channel][8] of two rows of a tile, from six transformed input rows [place][row][8]. */
function multiplyRows(v: usize, u: usize, m: usize, channels: i32, nextPlace: usize): void {
  for (let place = 0; place < PLACES; place++) {
    for (let half: usize = 0; half < 32; half += 16) {
      const at = v + half;
      const v0 = v128.load(at), v1 = v128.load(at, 32), v2 = v128.load(at, 64), v3 = v128.load(at, 96), v4 = v128.load(at, 128);
      const v5 = v128.load(at, 160);
      let pu = u, out = m + half, c = channels;
      for (; c >= 2; c -= 2) {
        multiplyChannel(pu, out, v0, v1, v2, v3, v4, v5);
        multiplyChannel(pu + 20, out + 32, v0, v1, v2, v3, v4, v5);
        pu += 40; out += 64;
      }
      if (c > 0) multiplyChannel(pu, out, v0, v1, v2, v3, v4, v5);
    }
    v += placeBytes(); u += nextPlace; m += partBytes(5);
  }
}

/**
 * As convPool, for 5 x 5 taps of one channel, stride 1 and rows of whole tiles; `scratchBytes` are each thread's. Weights that are not
 * finite go by convPool itself, since tiles would make NaN of their infinities; pixels always are.
 */
export function winogradConvPool<T>(
  x: usize, w: usize, bias: usize, y: usize, index: usize, scratch: usize, scratchBytes: usize, blocks: i32, height: i32, width: i32,
  channels: i32, outHeight: i32, outWidth: i32, outChannels: i32, panels: i32, relu: i32, valley: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  if (!isFinite(w, <usize>(TAPS * TAPS * outChannels) * 4)) {
    return convPool<f32>(
      x, w, bias, y, index, scratch, blocks, height, width, channels, outHeight, outWidth, outChannels, TAPS, 1, 0, panels, relu, valley,
      thread, threads,
    );
  }
  const pixel = <usize>outChannels * 32, part = partBytes(5);
  const v = scratch + <usize>worker * scratchBytes, m = v + <usize>PLACES * placeBytes();
  const upper = m + 2 * placeBytes(), lower = upper + 4 * part, u = lower + 4 * part;
  const support = u + <usize>(PLACES * TAPS * outChannels) * 4, isUnbiased = lacksBias(bias, outChannels);
  transformWeights(w, u, outChannels, panels);
  const parts = (<i32>pixel + <i32>part - 1) / <i32>part;
  const across = outWidth / 4, pairs = outHeight / 2, row = <usize>width * 32;
  const to = share(blocks * across, thread + 1, threads);
  for (let unit = share(blocks * across, thread, threads); unit < to; unit++) {
    const block = unit / across, left = unit - block * across;
    let at = x + <usize>(block * height) * row + <usize>left * 128;
    for (let i = 0; i < height; i++) {
      inputColumns5(at, at + 32, at + 64, at + 96, at + 128, at + 160, at + 192, at + 224, v + <usize>i * 32, 32);
      at += row;
    }
    const image = x + <usize>(block * height) * row;
    const isPartial = isUnbiased && hasZeros(image, 0, left * 4, height, width, 32, height, PLACES, support);
    for (let pair = 0; pair < pairs; pair++) {
      const out = <usize>((block * pairs + pair) * across + left) * 2 * pixel;
      for (let p = 0; p < parts; p++) {
        const first = panelStart(p, outChannels, parts), c = <usize>first * 32;
        const size = <usize>(panelStart(p + 1, outChannels, parts) - first) * 32;
        multiplyRows(v + <usize>pair * 64, u + c / 8 * <usize>TAPS, m, <i32>(size / 32), <usize>(outChannels * TAPS) * 4);
        outputRows5(m, upper, size);
        outputRows5(m + placeBytes(), lower, size);
        if (isPartial) clearOutputs(support + <usize>(pair * 2 * PLACES), PLACES, TAPS, 0, 0, upper, 4 * part, part, size, 2, 4);
        const target = y + out + c, which = index ? index + out + c : 0, shift = bias ? bias + c / 8 : 0;
        if (valley) valleyMaximaOfRows<T>(upper, lower, target, which, 2, size, part, pixel, shift, valley - 1);
        else maximaOfRows<T>(upper, lower, target, which, 2, size, part, pixel, shift, relu);
      }
    }
  }
}
