/**
 * 3 x 3 convolutions with stride 1 by Winograd's F(2 x 2, 3 x 3): 16 products for the 36 of four output pixels (Lavin and Gray 2016,
 * "Fast algorithms for convolutional neural networks"). Its transforms are sums and halves only, and each sum of products is a
 * ninth as long as a direct one, so it rounds no worse.
 */
import { product } from './build/tiles';
import { lanes, panelStart, share } from './simd';

/** Tiles that pass through the products together: their transformed values stay in the level-2 cache. */
const GROUP: i32 = 4;

/** Weights [panel][tap][in][R] -> G g G^T as [16][panel][in][R]. */
export function winogradWeights<T>(
  w: usize, u: usize, channels: i32, outChannels: i32, panels: i32, thread: i32, threads: i32,
): void {
  const from = share(panels, thread, threads), to = share(panels, thread + 1, threads);
  const place = <usize>(channels * outChannels) * sizeof<T>();
  for (let panel = from; panel < to; panel++) {
    const c0 = panelStart(panel, outChannels, panels);
    const r = panelStart(panel + 1, outChannels, panels) - c0;
    const tap = <usize>(channels * r) * sizeof<T>();
    const source = w + <usize>(c0 * channels * 9) * sizeof<T>();
    const target = u + <usize>(c0 * channels) * sizeof<T>();
    for (let i: usize = 0; i < tap; i += sizeof<T>()) {
      for (let row = 0; row < 4; row++) {
        const g0 = leftOf<T>(source + i, row, tap * 3);
        const g1 = leftOf<T>(source + i + tap, row, tap * 3);
        const g2 = leftOf<T>(source + i + 2 * tap, row, tap * 3);
        const t = target + <usize>(row * 4) * place + i;
        store<T>(t, g0);
        store<T>(t + place, (g0 + g1 + g2) * <T>0.5);
        store<T>(t + 2 * place, (g0 - g1 + g2) * <T>0.5);
        store<T>(t + 3 * place, g2);
      }
    }
  }
}

/** Row `row` of G times a column of three taps. */
// @ts-ignore: decorator
@inline
function leftOf<T>(at: usize, row: i32, step: usize): T {
  const a = load<T>(at), b = load<T>(at + step), c = load<T>(at + 2 * step);
  if (row === 0) return a;
  if (row === 3) return c;
  return (row === 1 ? a + b + c : a - b + c) * <T>0.5;
}

/** B^T d B of one 4 x 4 patch, `size` bytes a pixel, its 16 results `place` bytes apart. */
function transformPatch<T>(patch: usize, row: usize, size: usize, target: usize, place: usize): void {
  for (let i = 0; i < 4; i++) {
    // Row i of B^T adds or subtracts two rows of the patch.
    const first = patch + (i === 0 ? 0 : i === 2 ? 2 : 1) * row;
    const second = patch + (i === 2 ? 1 : i === 3 ? 3 : 2) * row;
    const isSum = i === 1;
    const out = target + <usize>(i * 4) * place;
    for (let c: usize = 0; c < size; c += 16) {
      const a = first + c, b = second + c;
      let t0: v128, t1: v128, t2: v128, t3: v128;
      if (isSum) {
        t0 = v128.add<T>(v128.load(a), v128.load(b));
        t1 = v128.add<T>(v128.load(a + size), v128.load(b + size));
        t2 = v128.add<T>(v128.load(a + 2 * size), v128.load(b + 2 * size));
        t3 = v128.add<T>(v128.load(a + 3 * size), v128.load(b + 3 * size));
      } else {
        t0 = v128.sub<T>(v128.load(a), v128.load(b));
        t1 = v128.sub<T>(v128.load(a + size), v128.load(b + size));
        t2 = v128.sub<T>(v128.load(a + 2 * size), v128.load(b + 2 * size));
        t3 = v128.sub<T>(v128.load(a + 3 * size), v128.load(b + 3 * size));
      }
      const o = out + c;
      v128.store(o, v128.sub<T>(t0, t2));
      v128.store(o + place, v128.add<T>(t1, t2));
      v128.store(o + 2 * place, v128.sub<T>(t2, t1));
      v128.store(o + 3 * place, v128.sub<T>(t1, t3));
    }
  }
}

/** The patch at (top, left), with zeros where it leaves the image, as an image of its own. */
function copyPatch(image: usize, patch: usize, top: i32, left: i32, height: i32, width: i32, size: usize): void {
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 4; x++) {
      const to = patch + <usize>(y * 4 + x) * size;
      const isInside = top + y >= 0 && top + y < height && left + x >= 0 && left + x < width;
      if (isInside) memory.copy(to, image + <usize>((top + y) * width + left + x) * size, size);
      else memory.fill(to, 0, size);
    }
  }
}

/** A^T m A of one tile plus bias: two by two output pixels, of which those outside the image are left out. */
function transformTile<T>(
  m: usize, place: usize, bias: usize, relu: i32, out: usize, row: usize, size: usize, hasRight: bool, hasLower: bool,
): void {
  const least = relu ? v128.splat<T>(0) : v128.splat<T>(-Infinity);
  for (let c: usize = 0; c < size; c += 16) {
    const shift = bias ? v128.splat<T>(load<T>(bias + c / lanes<T>() * sizeof<T>())) : v128.splat<T>(0);
    const p = m + c;
    for (let y = 0; y < 2; y++) {
      if (y === 1 && !hasLower) break;
      const s0 = column<T>(p, y, place), s1 = column<T>(p + place, y, place);
      const s2 = column<T>(p + 2 * place, y, place), s3 = column<T>(p + 3 * place, y, place);
      const to = out + c + <usize>y * row;
      const left = v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, shift));
      v128.store(to, v128.pmax<T>(left, least));
      if (hasRight) {
        const right = v128.add<T>(v128.sub<T>(v128.sub<T>(s1, s2), s3), shift);
        v128.store(to + size, v128.pmax<T>(right, least));
      }
    }
  }
}

/** Row y of A^T times a column of four. */
// @ts-ignore: decorator
@inline
function column<T>(p: usize, y: i32, place: usize): v128 {
  const b = v128.load(p + 4 * place), c = v128.load(p + 8 * place);
  if (y === 0) return v128.add<T>(v128.load(p), v128.add<T>(b, c));
  return v128.sub<T>(v128.sub<T>(b, c), v128.load(p + 12 * place));
}

/** As convForward, with the weights of winogradWeights. `scratch` holds winogradScratch (lowerWeighted.ts) bytes for each thread. */
export function winogradConv<T>(
  x: usize, u: usize, bias: usize, y: usize, scratch: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32,
  outWidth: i32, outChannels: i32, padding: i32, panels: i32, relu: i32, thread: i32, threads: i32,
): void {
  const across = (outWidth + 1) / 2, tiles = across * ((outHeight + 1) / 2);
  const groups = (tiles + GROUP - 1) / GROUP;
  const from = share(blocks * groups, thread, threads), to = share(blocks * groups, thread + 1, threads);
  const size = <usize>channels * lanes<T>(), outSize = <usize>outChannels * lanes<T>();
  const row = <usize>width * size, outRow = <usize>outWidth * outSize;
  const place = size * GROUP, outPlace = outSize * GROUP;
  const v = scratch + <usize>thread * (16 * (place + outPlace) + 16 * size);
  const m = v + 16 * place;
  const patch = m + 16 * outPlace;
  const weights = <usize>(channels * outChannels) * sizeof<T>();
  for (let unit = from; unit < to; unit++) {
    const block = unit / groups;
    const first = (unit - block * groups) * GROUP, count = min(GROUP, tiles - first);
    const image = x + <usize>(block * height) * row;
    for (let i = 0; i < count; i++) {
      const tile = first + i;
      const top = tile / across * 2 - padding, left = tile % across * 2 - padding;
      const target = v + <usize>i * size;
      if (top >= 0 && left >= 0 && top + 4 <= height && left + 4 <= width) {
        transformPatch<T>(image + <usize>top * row + <usize>left * size, row, size, target, place);
      } else {
        copyPatch(image, patch, top, left, height, width, size);
        transformPatch<T>(patch, 4 * size, size, target, place);
      }
    }
    for (let at: usize = 0; at < 16; at++) {
      for (let panel = 0; panel < panels; panel++) {
        const c0 = panelStart(panel, outChannels, panels);
        product<T>(
          panelStart(panel + 1, outChannels, panels) - c0, u + at * weights + <usize>(c0 * channels) * sizeof<T>(), v + at * place,
          m + at * outPlace + <usize>c0 * lanes<T>(), count, size, outSize, 1, 0, 0, 1, 0, 0, channels, 0, 0,
        );
      }
    }
    for (let i = 0; i < count; i++) {
      const tile = first + i;
      const oy = tile / across * 2, ox = tile % across * 2;
      const out = y + <usize>((block * outHeight + oy) * outWidth + ox) * outSize;
      transformTile<T>(m + <usize>i * outSize, outPlace, bias, relu, out, outRow, outSize, ox + 1 < outWidth, oy + 1 < outHeight);
    }
  }
}
