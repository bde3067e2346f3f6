/**
 * Convolutions of stride 1 by Winograd's F(4 x 4, 3 x 3) and F(4 x 4, 5 x 5): 36 products for the 144, or 64 for the 400, of sixteen
 * output pixels. The gradients are the exact adjoint of the forward pass, so all three share transformed weights, inputs and output
 * gradients, and all three are matrix products at each of the places of a tile. Scheme 2, F(2 x 2, 3 x 3) for the forward pass alone, has
 * 16 products for 36, and rounds like a direct convolution.
 *
 * Tiles are numbered through the batch and pass in groups of `group`: transformed values lie as [group][place][tile][channel][8].
 * src/engine/wasm/winogradPlan.ts chooses the group; where transformed values are kept it divides the tiles of a block of images or is a
 * multiple of them. In float64 the plain convolutions of conv.ts are used.
 *
 * A tile adds and subtracts its pixels, so that one that is infinite makes NaN of all of its outputs. Images and weights that are not
 * finite are therefore summed directly, a block of eight images at a time.
 */
import { convInputGradient, convRow, convWeightGradient } from './conv';
import { anyFound, isFinite } from './finite';
import { gradient, RELU, shortProduct } from './build/tiles';
import { lanes, panelStart, readAhead, share, worker } from './simd';
import { clearOutputs, hasZeros, lacksBias, spreadSupport } from './support';
import { addInputTile, clearZeros, gradientTile, inputTile, outputSide, outputTile, supportAt, tileBytes, tileScratch, tileSide } from './winogradTiles';

/** `count` tiles times the weights at every place. */
function multiplyGroup(
  places: i32, u: usize, v: usize, m: usize, group: i32, count: i32, channels: i32, outChannels: i32, panels: i32,
): void {
  const tile = tileBytes(channels), outTile = tileBytes(outChannels);
  const weights = <usize>(channels * outChannels) * 4;
  for (let at: usize = 0; at < <usize>places; at++) {
    const b = v + at * <usize>group * tile, out = m + at * <usize>group * outTile;
    for (let panel = 0; panel < panels; panel++) {
      const c0 = panelStart(panel, outChannels, panels);
      shortProduct(
        panelStart(panel + 1, outChannels, panels) - c0, u + at * weights + <usize>(c0 * channels) * 4, b, out + <usize>(c0 * 32),
        count, tile, outTile, channels,
      );
    }
  }
}

/** As convForward. `v` is 0, or keeps the transformed input for winogradWeightGradient. */
export function winogradForward<T>(
  x: usize, w: usize, u: usize, bias: usize, y: usize, v: usize, scratch: usize, scratchBytes: usize, blocks: i32, height: i32,
  width: i32, channels: i32, outHeight: i32, outWidth: i32, outChannels: i32, scheme: i32, padding: i32, panels: i32, relu: i32,
  group: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const side = outputSide(scheme);
  const across = (outWidth + side - 1) / side, tiles = across * ((outHeight + side - 1) / side), total = blocks * tiles;
  const groups = (total + group - 1) / group;
  const from = share(groups, thread, threads), to = share(groups, thread + 1, threads);
  const places = tileSide(scheme) * tileSide(scheme);
  const size = <usize>channels * 32, outSize = <usize>outChannels * 32;
  const tile = tileBytes(channels), outTile = tileBytes(outChannels);
  const place = tile * <usize>group, outPlace = outTile * <usize>group;
  const own = scratch + <usize>worker * scratchBytes;
  const m = own + tileScratch(scheme), ownV = m + <usize>places * outPlace, support = supportAt(scheme, own);
  const n = tileSide(scheme), kernel = n - side + 1, isUnbiased = lacksBias(bias, outChannels);
  const image = <usize>(height * width) * size;
  const hasFiniteWeights = to > from && isFinite(w, <usize>(channels * outChannels * kernel * kernel) * 4);
  let seen = -1, isTiled = hasFiniteWeights;
  clearZeros(scheme, own);
  for (let g = from; g < to; g++) {
    const first = g * group, count = min(group, total - first);
    const target = v ? v + <usize>(g * places) * place : ownV;
    for (let i = 0; i < count; i++) {
      const block = (first + i) / tiles, t = first + i - block * tiles;
      inputTile(
        scheme, x + <usize>block * image, t / across * side - padding, t % across * side - padding, height, width, size,
        target + <usize>i * tile, place, own,
      );
    }
    if (hasFiniteWeights) multiplyGroup(places, u, target, m, group, count, channels, outChannels, panels);
    for (let i = 0; i < count; i++) {
      const block = (first + i) / tiles, t = first + i - block * tiles;
      const oy = t / across * side, ox = t % across * side, rows = min(side, outHeight - oy), columns = min(side, outWidth - ox);
      const row = <usize>outWidth * outSize, rowOfOutputs = y + <usize>(block * outHeight + oy) * row;
      const images = x + <usize>block * image;
      if (block !== seen) {
        seen = block;
        isTiled = hasFiniteWeights && isFinite(images, image);
      }
      if (!isTiled) {
        for (let r = 0; r < rows; r++) {
          convRow<f32>(
            images, w, bias, rowOfOutputs + <usize>r * row, oy + r, ox, ox + columns, height, width, channels, outWidth, outChannels, kernel,
            1, padding, panels, 0, panels, relu ? RELU : 0,
          );
        }
        continue;
      }
      const out = rowOfOutputs + <usize>ox * outSize;
      outputTile(scheme, m + <usize>i * outTile, outPlace, bias, relu, out, row, outSize, rows, columns, own);
      if (!isUnbiased || !hasZeros(images, oy - padding, ox - padding, height, width, size, n, n, support)) continue;
      clearOutputs(support, n, kernel, bias, relu, out, row, outSize, outSize, rows, columns);
    }
  }
}

/**
 * Input gradient; `u` are the flipped weights, `d` is 0 or keeps the transformed gradients for winogradWeightGradient. `exact`: 0 where
 * no output gradient reaches.
 */
export function winogradInputGradient<T>(
  dy: usize, packed: usize, u: usize, dx: usize, d: usize, scratch: usize, scratchBytes: usize, blocks: i32, height: i32, width: i32,
  channels: i32, outHeight: i32, outWidth: i32, outChannels: i32, scheme: i32, padding: i32, inPanels: i32, group: i32, exact: i32,
  thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const across = (outWidth + 3) / 4, tiles = across * ((outHeight + 3) / 4);
  // Neighbouring tiles add to the same pixels, so that an image stays with one thread.
  const span = max(1, group / tiles);
  const units = (blocks + span - 1) / span;
  const from = share(units, thread, threads) * span, to = min(blocks, share(units, thread + 1, threads) * span);
  const places = tileSide(scheme) * tileSide(scheme);
  const size = <usize>channels * 32, outSize = <usize>outChannels * 32;
  const tile = tileBytes(channels), outTile = tileBytes(outChannels);
  const place = tile * <usize>group, outPlace = outTile * <usize>group;
  const own = scratch + <usize>worker * scratchBytes;
  const e = own + tileScratch(scheme), ownD = e + <usize>places * place;
  const support = supportAt(scheme, own), reached = support + 16;
  clearZeros(scheme, own);
  const image = <usize>(height * width) * size, outImage = <usize>(outHeight * outWidth) * outSize;
  const hasFiniteWeights = to > from && isFinite(packed, <usize>(channels * outChannels * scheme * scheme) * 4);
  if (to > from) memory.fill(dx + <usize>from * image, 0, <usize>(to - from) * image);
  for (let first = from * tiles; first < to * tiles; first += group) {
    const count = min(group, to * tiles - first);
    const target = d ? d + <usize>(first / group * places) * outPlace : ownD;
    for (let i = 0; i < count; i++) {
      const block = (first + i) / tiles, t = first + i - block * tiles;
      gradientTile(
        scheme, dy + <usize>block * outImage, t / across * 4, t % across * 4, outHeight, outWidth, outSize, target + <usize>i * outTile,
        outPlace, own,
      );
    }
    if (!hasFiniteWeights) continue;
    multiplyGroup(places, u, target, e, group, count, outChannels, channels, inPanels);
    for (let i = 0; i < count; i++) {
      const block = (first + i) / tiles, t = first + i - block * tiles;
      const top = t / across * 4, left = t % across * 4;
      const gradients = dy + <usize>block * outImage;
      const isPartial = exact !== 0 && hasZeros(gradients, top, left, outHeight, outWidth, outSize, 4, 4, support);
      if (isPartial) spreadSupport(support, scheme, reached);
      addInputTile(
        scheme, e + <usize>i * tile, place, dx + <usize>block * image, top - padding, left - padding, height, width, size,
        isPartial ? reached : 0, own,
      );
    }
  }
  for (let block = from; block < to; block++) {
    const gradients = dy + <usize>block * outImage;
    if (hasFiniteWeights && isFinite(gradients, outImage)) continue;
    convInputGradient<f32>(
      gradients, packed, dx + <usize>block * image, 1, height, width, channels, outHeight, outWidth, outChannels, scheme, 1, padding,
      inPanels, 0, 0, 1,
    );
  }
}

/** The transformed input of `blocks` blocks from `firstBlock` on, where the forward pass did not keep it. */
export function winogradInput<T>(
  x: usize, v: usize, scratch: usize, scratchBytes: usize, firstBlock: i32, blocks: i32, height: i32, width: i32, channels: i32,
  outHeight: i32, outWidth: i32, scheme: i32, padding: i32, group: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const across = (outWidth + 3) / 4, tiles = across * ((outHeight + 3) / 4), total = blocks * tiles;
  const from = share(total, thread, threads), to = share(total, thread + 1, threads);
  const size = <usize>channels * 32, tile = tileBytes(channels), place = tile * <usize>group;
  const own = scratch + <usize>worker * scratchBytes;
  clearZeros(scheme, own);
  for (let i = from; i < to; i++) {
    const block = i / tiles, t = i - block * tiles, g = i / group;
    inputTile(
      scheme, x + <usize>((firstBlock + block) * height * width) * size, t / across * 4 - padding, t % across * 4 - padding, height,
      width, size, v + <usize>(g * tileSide(scheme) * tileSide(scheme)) * place + <usize>(i - g * group) * tile, place, own,
    );
  }
}

/** The transformed output gradients of `blocks` blocks from `firstBlock` on. */
export function winogradOutputGradient<T>(
  dy: usize, d: usize, scratch: usize, scratchBytes: usize, firstBlock: i32, blocks: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, scheme: i32, group: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const across = (outWidth + 3) / 4, tiles = across * ((outHeight + 3) / 4), total = blocks * tiles;
  const from = share(total, thread, threads), to = share(total, thread + 1, threads);
  const size = <usize>outChannels * 32, tile = tileBytes(outChannels), place = tile * <usize>group;
  const own = scratch + <usize>worker * scratchBytes;
  clearZeros(scheme, own);
  for (let i = from; i < to; i++) {
    const block = i / tiles, t = i - block * tiles, g = i / group;
    gradientTile(
      scheme, dy + <usize>((firstBlock + block) * outHeight * outWidth) * size, t / across * 4, t % across * 4, outHeight, outWidth,
      size, d + <usize>(g * tileSide(scheme) * tileSide(scheme)) * place + <usize>(i - g * group) * tile, place, own,
    );
  }
}

/** Bytes of transformed inputs at one place that should stay in the level-2 cache while the panels pass. */
const CHUNK_BYTES: usize = 262144;

/** Bytes of transformed values of a slice that are in the level-2 cache still. */
const NEAR_BYTES: usize = 1048576;

/**
 * du [slice][place][panel][in][R] (+)= the sum over a slice of the `tiles` tiles and 8 images of d * v. Slices, whose number does not
 * depend on that of threads, keep a thread with the tiles that it made itself: another core's are slow to read.
 */
export function winogradWeightGradient<T>(
  v: usize, d: usize, du: usize, tiles: i32, channels: i32, outChannels: i32, scheme: i32, panels: i32, group: i32, accumulate: i32,
  slices: i32, thread: i32, threads: i32,
): void {
  if (sizeof<T>() === 8) unreachable();
  const places = tileSide(scheme) * tileSide(scheme);
  const units = places * panels;
  const from = share(slices * units, thread, threads), to = share(slices * units, thread + 1, threads);
  const tile = tileBytes(channels), outTile = tileBytes(outChannels);
  const place = tile * <usize>group, outPlace = outTile * <usize>group;
  const vGroup = place * <usize>places, dGroup = outPlace * <usize>places;
  const whole = tiles / group, rest = tiles - whole * group, groups = whole + (rest > 0 ? 1 : 0);
  const chunk = max(1, <i32>(CHUNK_BYTES / place));
  for (let unit = from; unit < to;) {
    const slice = unit / units, inSlice = unit - slice * units;
    const at = inSlice / panels;
    const first = inSlice - at * panels, last = min(panels, first + to - unit);
    unit += last - first;
    const target = du + <usize>((slice * places + at) * channels * outChannels) * 4;
    const vPlace = v + <usize>at * place, dPlace = d + <usize>at * outPlace;
    const start = share(groups, slice, slices), end = share(groups, slice + 1, slices);
    const isFar = <usize>(end - start) * (vGroup + dGroup) > NEAR_BYTES;
    for (let g = start; g < end;) {
      // The last group may be incomplete; it passes alone.
      const isWhole = g < whole;
      const rows = isWhole ? min(chunk, min(whole, end) - g) : 1;
      const count = isWhole ? group : rest;
      if (isFar) {
        readAhead(vPlace + <usize>g * vGroup, <usize>count * tile, rows, vGroup);
        readAhead(dPlace + <usize>g * dGroup, <usize>count * outTile, rows, dGroup);
      }
      for (let panel = first; panel < last; panel++) {
        const c0 = panelStart(panel, outChannels, panels);
        gradient<f32>(
          panelStart(panel + 1, outChannels, panels) - c0, channels, dPlace + <usize>g * dGroup + <usize>(c0 * 32),
          vPlace + <usize>g * vGroup, target + <usize>(c0 * channels) * 4, rows, dGroup, vGroup, count, outTile, tile,
          accumulate !== 0 || g > start,
        );
      }
      g += rows;
    }
  }
}

/** `found` [thread] is 1 where the thread's part of the weight gradient is not finite. */
export function winogradWeightCheck<T>(dw: usize, found: usize, count: i32, thread: i32, threads: i32): void {
  const from = <usize>share(count, thread, threads), to = <usize>share(count, thread + 1, threads);
  store<i32>(found + <usize>thread * 4, isFinite(dw + from * 4, (to - from) * 4) ? 0 : 1);
}

/** Sums the weight gradient directly where that by tiles is not finite. */
export function winogradWeightDirect<T>(
  x: usize, dy: usize, dw: usize, found: usize, blocks: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, kernel: i32, padding: i32, panels: i32, thread: i32, threads: i32,
): void {
  if (!anyFound(found, threads)) return;
  convWeightGradient<f32>(
    x, dy, dw, blocks, height, width, channels, outHeight, outWidth, outChannels, kernel, 1, padding, panels, 1, thread, threads,
  );
}
