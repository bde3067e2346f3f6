/** Convolutions by Winograd's tiles (assembly/winograd.ts): where they pay, and how their memory is laid out. */
import { isTraining } from '@/engine/mode';
import type { Lowering } from '@/engine/wasm/lowering';
import { fewImages, gradientSlices } from '@/engine/wasm/operations';
import { partBytes } from '@/engine/wasm/winogradOperations';
import type { Conv2d } from '@/model/layers';
import { convWindow } from '@/model/layers/conv2d';
import { tapsInside } from '@/model/window';

export interface ConvGeometry {
  readonly blocks: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

export interface WinogradPlan {
  /** Number in scripts/wasm/winogradTransforms.ts: 2 is F(2 x 2, 3 x 3), 3 is F(4 x 4, 3 x 3), 5 is F(4 x 4, 5 x 5). */
  readonly scheme: 2 | 3 | 5;
  /** Places of a tile: products for each pair of channels. */
  readonly places: number;
  /** Tiles in one block of images. */
  readonly tiles: number;
  /** Tiles that pass through the products together; where what they make is kept, it divides `tiles` or is a multiple of it. */
  readonly group: number;
  /** Bytes of working memory of each thread. */
  readonly scratchBytes: number;
}

/** Tiles along the rows alone (assembly/winogradRows.ts). */
export interface WinogradRowsPlan {
  readonly scheme: 'rows';
  /** Products of an output row's tile for each pair of channels and kernel row. */
  readonly places: number;
  /** Output rows that pass together, so that what they read stays in the level-2 cache. */
  readonly most: number;
  /** Bytes of working memory of each thread. */
  readonly scratchBytes: number;
}

/** A kernel in blocks of 4 x 4 taps (assembly/winogradBlocks.ts). */
export interface WinogradBlocksPlan {
  readonly scheme: 'blocks';
  readonly places: number;
  /** Blocks of taps. */
  readonly parts: number;
  /** Tiles of inputs and of outputs in one block of images. */
  readonly inTiles: number;
  readonly outTiles: number;
  /** Rows of tiles that pass together. */
  readonly most: number;
  /** Bytes of working memory of each thread, beside the transformed values of one block of images where they are not kept. */
  readonly scratchBytes: number;
}

/** What of a convolution goes by tiles; null goes directly. An input gradient of scheme 2 is a forward pass: transposedGeometry. */
export interface WinogradPlans {
  readonly forward: WinogradPlan | WinogradRowsPlan | WinogradBlocksPlan | null;
  readonly inputGradient: WinogradPlan | WinogradBlocksPlan | null;
  readonly weightGradient: WinogradPlan | WinogradBlocksPlan | null;
}

/**
 * Fewest channels on either side: with fewer, the transforms' rounding is not outweighed by that of the sums over channels. With
 * padding, an output at a corner sums few products and its tile still rounds like one that sums all.
 */
const leastChannels = { plain: 6, padded: 12 } as const;
/**
 * Most outputs of an image for tiles of 4 x 4 forward. They round some five times as much as direct sums, and every output is a
 * chance that a ReLU or a maximum after it falls to the other side; the gradients decide nothing.
 */
const mostOutputs = 8192;
/**
 * Fewest images, in blocks of eight, for outputs and input gradients that round more than direct sums. In a small batch one ReLU or
 * maximum that rounding turns to the other side is a large part of a gradient: with 8 images, tiles of 4 x 4 put one run of VGG-2 six
 * times out of its tolerance that direct sums follow to a hundredth of it. Their input gradients alone put 1 of 24 runs of VGG-2 under
 * Adam out, which divides a bias's small gradient by its own size.
 */
export const leastBlocks = 4;
/** Time of a vector in the transforms at one place, in multiply-adds of a product. */
const transformCost = 7;
/** Part of the direct convolution's work at which Winograd's is worth its memory. */
const worthwhile = 0.8;
/** Bytes of transformed values of a group, inputs and outputs, that pass through the level-2 cache well. */
const groupBytes = 800_000;
const mostTiles = 9;
/** Bytes of transformed values that are kept from the forward for the backward pass; larger ones are made again in parts. */
const keptBytes = 48 * 2 ** 20;
/** Bytes of them at one place that pass in one piece then. */
const recomputedBytes = 128 * 2 ** 10;

/** tileBytes of assembly/winograd.ts. */
function tileBytes(channels: number): number {
  const lines = Math.ceil(channels / 2);
  return (lines % 2 === 0 ? lines + 1 : lines) * 64;
}

/** Bytes of a tile's transformed inputs and outputs at all places. */
function bytesOfTile(places: number, channels: number, outChannels: number): number {
  return places * (tileBytes(channels) + tileBytes(outChannels));
}

/** The largest number of tiles up to `most` that divides `tiles`, or is a multiple of it. */
function groupSize(tiles: number, most: number): number {
  if (tiles <= most) return tiles * Math.floor(most / tiles);
  for (let size = most; size > 1; size -= 1) if (tiles % size === 0) return size;
  return 1;
}

function plan(scheme: WinogradPlan['scheme'], geometry: ConvGeometry): WinogradPlan | null {
  const { height, width, channels, outHeight, outWidth, outChannels, kernel, padding } = geometry;
  const side = scheme === 2 ? 2 : 4;
  const tiles = Math.ceil(outHeight / side) * Math.ceil(outWidth / side);
  const n = side + kernel - 1;
  const places = n ** 2;
  const window = { kernelSize: kernel, stride: 1, padding };
  const direct =
    tapsInside(height, outHeight, window) * tapsInside(width, outWidth, window) * channels * outChannels;
  const tiled = tiles * places * (channels * outChannels + transformCost * (channels + outChannels));
  if (tiled > worthwhile * direct) return null;
  const perTile = bytesOfTile(places, channels, outChannels);
  // A group is one thread's work.
  const spread = Math.ceil((geometry.blocks * tiles) / gradientSlices);
  const most = Math.max(1, Math.min(mostTiles, Math.floor(groupBytes / perTile), spread));
  // What is kept lies in groups of the whole batch, which a thread that begins in its middle must meet.
  const isKept = scheme !== 2 && geometry.blocks * tiles * perTile <= keptBytes;
  const group = isKept ? groupSize(tiles, most) : most;
  const part = partBytes(scheme);
  // tileScratch of assembly/winogradTiles.ts, then a group's inputs and outputs.
  const scratchBytes = (1 + places + n) * part + 128 + group * perTile;
  return { scheme, places, tiles, group, scratchBytes };
}

/** Bytes of transformed input rows that pass together. */
const rowsBytes = 256 * 2 ** 10;
/** Time of a vector in the transforms along a row at one place, in multiply-adds of a product: half of that of both axes. */
const rowTransformCost = transformCost / 2;

function rowsPlan(geometry: ConvGeometry): WinogradRowsPlan | null {
  const { height, width, channels, outHeight, outWidth, outChannels, kernel, padding } = geometry;
  if (kernel === 7) return null;
  const across = Math.ceil(outWidth / 4);
  const places = 3 + kernel;
  const window = { kernelSize: kernel, stride: 1, padding };
  const direct = kernel * tapsInside(width, outWidth, window) * channels * outChannels;
  const tiled =
    across * places * (kernel * channels * outChannels + rowTransformCost * (channels + outChannels));
  if (tiled > worthwhile * direct) return null;
  const rowBytes = across * places * tileBytes(channels);
  const rows = Math.max(1, Math.min(outHeight, height, Math.floor(rowsBytes / rowBytes) - kernel + 1));
  const scratchBytes =
    channels * 32 + 64 + (rows + kernel - 1) * rowBytes + across * places * tileBytes(outChannels);
  return { scheme: 'rows', places, most: rows, scratchBytes };
}

/** Outputs along a side of a tile of blocks of taps, and taps along a side of a block. */
const blockSide = 4;

/** Bytes of the transformed values of `tiles` tiles of `blocks` blocks of images, at all places. */
export function blocksBytes(
  plan: WinogradBlocksPlan,
  tiles: number,
  channels: number,
  blocks: number,
): number {
  return plan.places * tileBytes(blocks * tiles * channels);
}

function blocksPlan(geometry: ConvGeometry): WinogradBlocksPlan | null {
  const { height, width, channels, outHeight, outWidth, outChannels, kernel, padding } = geometry;
  const along = Math.ceil(kernel / blockSide);
  const [down, across] = [Math.ceil(outHeight / blockSide), Math.ceil(outWidth / blockSide)];
  const [rows, columns] = [down + along - 1, across + along - 1];
  const n = 2 * blockSide - 1;
  const places = n ** 2;
  const parts = along ** 2;
  const inTiles = rows * columns;
  const outTiles = down * across;
  const window = { kernelSize: kernel, stride: 1, padding };
  const direct =
    tapsInside(height, outHeight, window) * tapsInside(width, outWidth, window) * channels * outChannels;
  const tiled =
    places *
    (outTiles * parts * channels * outChannels +
      transformCost * (inTiles * channels + outTiles * outChannels));
  if (tiled > worthwhile * direct) return null;
  const rowBytes = bytesOfTile(places, columns * channels, across * outChannels);
  const most = Math.max(1, Math.min(rows, Math.floor(groupBytes / rowBytes)));
  const part = partBytes(blockSide);
  const border = kernel - 1 - padding;
  const support = Math.max(
    (height + 2 * padding) * (width + 2 * padding),
    (outHeight + 2 * border) * (outWidth + 2 * border),
  );
  // tileScratch of assembly/winogradTiles.ts, the support of an image, and the products of the rows that pass together.
  const scratchBytes =
    (1 + places + n) * part +
    128 +
    Math.ceil(support / 64) * 64 +
    places * tileBytes(most * columns * Math.max(channels, outChannels));
  return { scheme: 'blocks', places, parts, inTiles, outTiles, most, scratchBytes };
}

/** Blocks of images whose transformed values a weight gradient that keeps nothing makes again at a time. */
export function recomputedBlocks(
  plan: WinogradBlocksPlan,
  { channels, outChannels, blocks }: Pick<ConvGeometry, 'channels' | 'outChannels' | 'blocks'>,
): number {
  const perBlock = bytesOfTile(plan.places, plan.inTiles * channels, plan.outTiles * outChannels);
  const most = Math.max(1, Math.floor(keptBytes / perBlock));
  return Math.ceil(blocks / Math.ceil(blocks / most));
}

/** The convolution of stride 1 that gives the input gradient from the output's, with the taps flipped. */
export function transposedGeometry({
  height,
  width,
  channels,
  outHeight,
  outWidth,
  outChannels,
  ...same
}: ConvGeometry): ConvGeometry {
  return {
    ...same,
    height: outHeight,
    width: outWidth,
    channels: outChannels,
    outHeight: height,
    outWidth: width,
    outChannels: channels,
    padding: same.kernel - 1 - same.padding,
  };
}

/** Where tiles are faster than direct sums and exact enough. */
export function winogradPlans(lowering: Lowering, layer: Conv2d, geometry: ConvGeometry): WinogradPlans {
  const { channels, outChannels, outHeight, outWidth, kernel, stride } = geometry;
  const none = { forward: null, inputGradient: null, weightGradient: null };
  if (lowering.program.precision === 'float64') return none;
  if (lowering.images <= fewImages || stride !== 1 || (kernel !== 3 && kernel !== 5 && kernel !== 7))
    return none;
  const { padding } = convWindow(layer);
  const least = padding > 0 ? leastChannels.padded : leastChannels.plain;
  if (Math.min(channels, outChannels) < least || padding > (kernel - 1) / 2) return none;
  const large = kernel === 7 ? blocksPlan(geometry) : plan(kernel, geometry);
  const small = kernel === 3 ? plan(2, geometry) : null;
  const isMany = outChannels * outHeight * outWidth > mostOutputs;
  if (geometry.blocks < leastBlocks) {
    const inputGradient = kernel === 3 ? plan(2, transposedGeometry(geometry)) : null;
    return { forward: small, inputGradient, weightGradient: large };
  }
  const forward = isMany ? (small ?? rowsPlan(geometry)) : large;
  return { forward, inputGradient: large, weightGradient: large };
}

/** Bytes of the transformed values of so many channels and blocks of images. */
export function transformedBytes(plan: WinogradPlan, channels: number, blocks: number): number {
  const groups = Math.ceil((blocks * plan.tiles) / plan.group);
  return groups * plan.group * plan.places * tileBytes(channels);
}

/** Whether what the forward pass and the input gradient transform is kept for the weight gradient. */
export function keepsTransformed(
  lowering: Lowering,
  { forward, inputGradient, weightGradient }: WinogradPlans,
  { channels, outChannels, blocks }: ConvGeometry,
): boolean {
  if (!isTraining(lowering.mode) || weightGradient === null) return false;
  if (forward?.scheme !== weightGradient.scheme || inputGradient === null) return false;
  if (weightGradient.scheme === 'blocks') {
    const { inTiles, outTiles } = weightGradient;
    const bytes = (tiles: number, count: number): number => blocksBytes(weightGradient, tiles, count, blocks);
    return bytes(inTiles, channels) + bytes(outTiles, outChannels) <= keptBytes;
  }
  const bytes = (count: number): number => transformedBytes(weightGradient, count, blocks);
  return bytes(channels) + bytes(outChannels) <= keptBytes;
}

/** How a weight gradient that keeps nothing makes its transformed values again: `step` blocks of images at a time. */
export function recomputedParts(
  plan: WinogradPlan,
  { channels, outChannels, blocks }: ConvGeometry,
): { readonly step: number; readonly recomputed: WinogradPlan } {
  const perBlock = plan.tiles * bytesOfTile(plan.places, channels, outChannels);
  const mostBlocks = Math.max(1, Math.floor(keptBytes / perBlock));
  // Parts of equal size, none of more than keptBytes.
  const step = Math.ceil(blocks / Math.ceil(blocks / mostBlocks));
  // No product waits here for the transforms of its group, so that a group is what passes through the cache in one piece.
  const most = Math.ceil(recomputedBytes / tileBytes(Math.max(channels, outChannels)));
  const groups = Math.ceil((step * plan.tiles) / most);
  return { step, recomputed: { ...plan, group: Math.ceil((step * plan.tiles) / groups) } };
}
