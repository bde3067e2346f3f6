/** Convolutions by Winograd's tiles (assembly/winograd.ts): where they pay, how their memory is laid out, and their kernel calls. */
import type { Lowering } from '@/engine/wasm/lowering';
import { gradientSlices } from '@/engine/wasm/operations';
import type { WasmBuffer } from '@/engine/wasm/program';
import { partBytes } from '@/engine/wasm/winogradOperations';
import type { Conv2d } from '@/model/layers';
import { tapsInside } from '@/model/shapes';

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
  /** Tiles that pass through the products together; it divides `tiles` or is a multiple of it. */
  readonly group: number;
  /** Bytes of working memory of each thread. */
  readonly scratchBytes: number;
}

/** What of a convolution goes by tiles; null goes directly. */
export interface WinogradPlans {
  readonly forward: WinogradPlan | null;
  readonly inputGradient: WinogradPlan | null;
  readonly weightGradient: WinogradPlan | null;
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
 * Fewest images, in blocks of eight. In a small batch one ReLU or maximum that rounding turns to the other side is a large part of
 * a gradient: with 8 images, tiles put one run of VGG-2 six times out of its tolerance that direct sums follow to a hundredth of it.
 */
const leastBlocks = 4;
/** Time of a vector in the transforms at one place, in multiply-adds of a product. */
const transformCost = 7;
/** Part of the direct convolution's work at which Winograd's is worth its memory. */
const worthwhile = 0.8;
/** Bytes of transformed values of a group, inputs and outputs, that pass through the level-2 cache well. */
const groupBytes = 600_000;
const mostTiles = 9;
/** Bytes of transformed values that are kept from the forward for the backward pass; larger ones are made again in parts. */
const keptBytes = 48 * 2 ** 20;
/** Bytes of transformed weights up to which their gradient is worth a sum for each slice of the batch. */
const slicedBytes = 256 * 2 ** 10;

/** tileBytes of assembly/winograd.ts. */
function tileBytes(channels: number): number {
  const lines = Math.ceil(channels / 2);
  return (lines % 2 === 0 ? lines + 1 : lines) * 64;
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
  const perTile = places * (tileBytes(channels) + tileBytes(outChannels));
  // A group is one thread's work.
  const spread = Math.ceil((geometry.blocks * tiles) / gradientSlices);
  const most = Math.max(1, Math.min(mostTiles, Math.floor(groupBytes / perTile), spread));
  const group = groupSize(tiles, most);
  const part = partBytes(scheme);
  // tileScratch of assembly/winogradTiles.ts, then a group's inputs and outputs.
  const scratchBytes = (1 + places + n) * part + group * perTile;
  return { scheme, places, tiles, group, scratchBytes };
}

/** Where tiles are faster than direct sums and exact enough. */
export function winogradPlans(lowering: Lowering, layer: Conv2d, geometry: ConvGeometry): WinogradPlans {
  const { channels, outChannels, outHeight, outWidth, kernel, stride } = geometry;
  const none = { forward: null, inputGradient: null, weightGradient: null };
  // Adam and its kin divide by the gradient: what rounding makes of a weight's that is as good as 0 moves it by the whole rate.
  if (lowering.program.precision === 'float64' || lowering.dividesByGradient) return none;
  if (geometry.blocks < leastBlocks || stride !== 1 || (kernel !== 3 && kernel !== 5)) return none;
  const least = layer.padding > 0 ? leastChannels.padded : leastChannels.plain;
  if (Math.min(channels, outChannels) < least || layer.padding > (kernel - 1) / 2) return none;
  const large = plan(kernel, geometry);
  const isMany = outChannels * outHeight * outWidth > mostOutputs;
  return {
    forward: isMany ? (kernel === 3 ? plan(2, geometry) : null) : large,
    inputGradient: large,
    weightGradient: large,
  };
}

function transformedBytes(plan: WinogradPlan, channels: number, blocks: number): number {
  const groups = Math.ceil((blocks * plan.tiles) / plan.group);
  return groups * plan.group * plan.places * tileBytes(channels);
}

/** Whether what the forward pass and the input gradient transform is kept for the weight gradient. */
function keepsTransformed(
  lowering: Lowering,
  { forward, inputGradient, weightGradient }: WinogradPlans,
  { channels, outChannels, blocks }: ConvGeometry,
): boolean {
  if (lowering.mode === 'eval' || weightGradient === null) return false;
  if (forward?.scheme !== weightGradient.scheme || inputGradient === null) return false;
  const bytes = (count: number): number => transformedBytes(weightGradient, count, blocks);
  return bytes(channels) + bytes(outChannels) <= keptBytes;
}

/** Working memory of the transforms of weights: PART of assembly/winogradWeights.ts for every place and thread. */
function weightScratch(lowering: Lowering, name: string, { places }: WinogradPlan): WasmBuffer {
  return lowering.program.buffer(`${name} weights in work`, lowering.threads * places * 512);
}

function tileWork(lowering: Lowering, name: string, { scheme, group, scratchBytes }: WinogradPlan) {
  const scratch = lowering.program.buffer(`${name} tiles in work`, lowering.threads * scratchBytes);
  return { scratch, scratchBytes, scheme, group };
}

/** The forward pass; gives the transformed input where it is kept, else 0. */
export function emitWinogradForward(
  lowering: Lowering,
  name: string,
  plans: WinogradPlans & { readonly forward: WinogradPlan },
  forward: ConvGeometry & {
    readonly x: WasmBuffer;
    readonly w: WasmBuffer;
    readonly bias: WasmBuffer | 0;
    readonly y: WasmBuffer;
    readonly panels: number;
    readonly relu: number;
  },
): WasmBuffer | 0 {
  const { program } = lowering;
  const { w, stride: _, kernel: __, ...rest } = forward;
  const { channels, outChannels, panels, blocks } = forward;
  const { scheme, places } = plans.forward;
  const u = program.buffer(`${name} transformed weights`, places * channels * outChannels * 4);
  const scratch = weightScratch(lowering, name, plans.forward);
  program.emit('winogradWeights', { w, u, scratch, channels, outChannels, scheme, panels, turned: 0 });
  const v = keepsTransformed(lowering, plans, forward)
    ? program.buffer(`${name} transformed input`, transformedBytes(plans.forward, channels, blocks))
    : 0;
  program.emit('winogradForward', { ...rest, u, v, ...tileWork(lowering, name, plans.forward) });
  return v;
}

/** Rows of an image whose transforms lie side by side in assembly/winogradPool.ts. */
const mostRows = 80;

/**
 * A first convolution and its pooling by tiles of a row; false where they do not apply. They round 2.5 times as much as direct sums,
 * half of what tiles in two dimensions do, so the number of outputs does not count here.
 */
export function emitWinogradConvPool(
  lowering: Lowering,
  name: string,
  forward: ConvGeometry & {
    readonly x: WasmBuffer;
    readonly w: WasmBuffer;
    readonly bias: WasmBuffer | 0;
    readonly y: WasmBuffer;
    readonly index: WasmBuffer | 0;
    readonly panels: number;
    readonly relu: number;
  },
): boolean {
  const { program, threads } = lowering;
  const { stride, kernel, padding, ...rest } = forward;
  const { blocks, height, channels, outWidth, outChannels } = forward;
  if (program.precision === 'float64' || lowering.dividesByGradient || blocks < leastBlocks) return false;
  if (kernel !== 5 || stride !== 1 || padding !== 0 || channels !== 1) return false;
  if (outWidth % 4 !== 0 || height > mostRows) return false;
  const places = 8;
  // Inputs and two rows of outputs at every place, two rows of pixels, and the weights.
  const scratchBytes = ((places + 2) * places + 2 * 4) * partBytes(5) + places * 5 * outChannels * 4;
  const scratch = program.buffer(`${name} tiles in work`, threads * scratchBytes);
  program.emit('winogradConvPool', { ...rest, scratch, scratchBytes });
  return true;
}

interface Backward extends ConvGeometry {
  readonly x: WasmBuffer;
  readonly dy: WasmBuffer;
  readonly panels: number;
}

/** The input gradient from the weights of packTransposed; gives the transformed output gradient where it is kept, else 0. */
export function emitWinogradInputGradient(
  lowering: Lowering,
  name: string,
  plans: WinogradPlans & { readonly inputGradient: WinogradPlan },
  backward: Backward & {
    readonly dx: WasmBuffer;
    readonly packed: WasmBuffer;
    readonly inPanels: number;
  },
): WasmBuffer | 0 {
  const { program } = lowering;
  const { packed, x: _, stride: __, kernel: ___, panels: ____, ...rest } = backward;
  const { channels, outChannels, inPanels, blocks } = backward;
  const { scheme, places } = plans.inputGradient;
  const u = program.buffer(`${name} transformed turned weights`, places * channels * outChannels * 4);
  program.emit('winogradWeights', {
    w: packed,
    u,
    scratch: weightScratch(lowering, name, plans.inputGradient),
    channels: outChannels,
    outChannels: channels,
    scheme,
    panels: inPanels,
    turned: 1,
  });
  const d = keepsTransformed(lowering, plans, backward)
    ? program.buffer(
        `${name} transformed gradient`,
        transformedBytes(plans.inputGradient, outChannels, blocks),
      )
    : 0;
  program.emit('winogradInputGradient', { ...rest, u, d, ...tileWork(lowering, name, plans.inputGradient) });
  return d;
}

/** The weight gradient, from transformed values where both are kept; else some blocks of images at a time, to save memory. */
export function emitWinogradWeightGradient(
  lowering: Lowering,
  name: string,
  plan: WinogradPlan,
  backward: Backward & { readonly dw: WasmBuffer },
  kept: { readonly input: WasmBuffer | 0; readonly gradient: WasmBuffer | 0 },
): void {
  const { program } = lowering;
  const { x, dy, dw, blocks, height, width, channels, outHeight, outWidth, outChannels, padding, panels } =
    backward;
  const { scheme, places, tiles, group } = plan;
  const sizes = { channels, outChannels, scheme, panels };
  const duBytes = places * channels * outChannels * 4;
  const isKept = kept.input !== 0 && kept.gradient !== 0;
  const isSliced = isKept && duBytes <= slicedBytes && blocks * tiles >= gradientSlices * group;
  const slices = isSliced ? gradientSlices : 1;
  const du = program.buffer(`${name} transformed weight gradient`, slices * duBytes);
  const multiply = (v: WasmBuffer, d: WasmBuffer, count: number, accumulate: number): void =>
    program.emit('winogradWeightGradient', {
      v,
      d,
      du,
      tiles: count * tiles,
      ...sizes,
      group,
      accumulate,
      slices,
    });
  if (isKept) multiply(kept.input, kept.gradient, blocks, 0);
  else {
    const work = tileWork(lowering, name, plan);
    const bytes = (count: number, some: number): number => transformedBytes(plan, count, some);
    const perBlock = (bytes(channels, blocks) + bytes(outChannels, blocks)) / blocks;
    const step = Math.min(blocks, Math.max(1, Math.floor(keptBytes / perBlock)));
    const v = program.buffer(`${name} transformed input`, bytes(channels, step));
    const d = program.buffer(`${name} transformed gradient`, bytes(outChannels, step));
    for (let firstBlock = 0; firstBlock < blocks; firstBlock += step) {
      const part = { firstBlock, blocks: Math.min(step, blocks - firstBlock), outHeight, outWidth };
      program.emit('winogradInput', { x, v, ...work, ...part, height, width, channels, padding });
      program.emit('winogradOutputGradient', { dy, d, ...work, ...part, outChannels });
      multiply(v, d, part.blocks, firstBlock > 0 ? 1 : 0);
    }
  }
  const scratch = weightScratch(lowering, name, plan);
  program.emit('winogradWeightOutput', { du, dw, scratch, ...sizes, slices });
}
