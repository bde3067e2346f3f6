/** What the sources of weight gradients (wgrad.ts) are made from: parameters, and what follows from them and the tile. */
import type { Declaration, KernelBinding, WorkgroupArray } from '@/engine/webgpu/kernel';
import { convOutputSize } from '@/engine/webgpu/kernels/convShape';
import { partialLayout, roundUp, type WgradParams } from '@/engine/webgpu/kernels/splitK';
import {
  ceilDiv,
  every,
  singleLoads,
  store4,
  tileSize,
  u,
  widthOf,
  type Tile,
} from '@/engine/webgpu/kernels/gemmTile';
import { floats, words, type Width } from '@/engine/webgpu/kernels/source';
import { longestPatchedRun } from '@/engine/webgpu/kernels/tuning';

export interface WgradTile extends Tile {
  /** Pixels that one step of the inner loop takes. */
  readonly pixels: number;
  /** Ranges that the pixels are split into. */
  readonly splits: number;
  /** Whether a lane takes a whole row of the window (wgradPatch.ts). */
  readonly patches: boolean;
}

export interface Plan {
  readonly params: WgradParams;
  readonly tile: WgradTile;
  /** Weights of one row of the window for one output channel, and groups of 4 of them. */
  readonly run: number;
  readonly groups: number;
  /** Widths of loads and stores. */
  readonly inputWidth: Width;
  readonly outputWidth: Width;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly total: number;
  readonly perSplit: number;
  /** Whether the sums go to `partials`. */
  readonly isPartial: boolean;
  /** Whether the last step of a range can pass its end. */
  readonly mayEnd: boolean;
}

export function planOf(params: WgradParams, tile: WgradTile): Plan {
  const { inChannels, outChannels, kernelSize, imageStride, offset, batch } = params;
  const { outHeight, outWidth } = convOutputSize(params);
  const total = batch * outHeight * outWidth;
  return {
    params,
    tile,
    run: kernelSize * inChannels,
    groups: ceilDiv(kernelSize * inChannels, 4),
    inputWidth: widthOf(inChannels, imageStride, offset),
    outputWidth: widthOf(outChannels),
    outHeight,
    outWidth,
    total,
    perSplit: roundUp(ceilDiv(total, tile.splits), tile.pixels),
    isPartial: tile.splits > 1 || params.partialsOffset !== undefined,
    mayEnd: total % tile.pixels !== 0,
  };
}

/**
 * Whether a lane may take a whole row of the window, from a patch of the image that it loads for several pixels at once: for channels
 * that fill no vector.
 */
export const mayPatch = ({ kernelSize, inChannels }: WgradParams): boolean =>
  kernelSize > 1 && inChannels % 2 === 1 && kernelSize * inChannels <= longestPatchedRun;

/** Rows of the product: groups of 4 weights, or (`patches`) rows of the window, and one for the bias, whose input is 1. */
export function wgradRows({ kernelSize, inChannels, bias }: WgradParams, patches: boolean): number {
  const perRow = patches ? 1 : ceilDiv(kernelSize * inChannels, 4);
  return kernelSize * perRow + (bias ? 1 : 0);
}

export function bindingsOf({ params, inputWidth, outputWidth, isPartial }: Plan): KernelBinding[] {
  const operands = [
    floats('x', 'read', inputWidth),
    floats('dy', 'read', outputWidth),
    ...(params.pool > 1 ? [words('argmax', 'read', outputWidth)] : []),
  ];
  if (isPartial) return [...operands, floats('partials', 'read_write', outputWidth)];
  return [
    ...operands,
    floats('dw', 'read_write', outputWidth),
    ...(params.bias ? [floats('db', 'read_write', outputWidth)] : []),
  ];
}

/** Terms of whether value `i` of x from `edge` on, in row `row`, lies in the image. */
export const insideTerms = ({ height, width, inChannels, padding }: WgradParams, i: string): string[] =>
  padding > 0 ? [`row < ${u(height)}`, `edge + ${i} < ${u(width * inChannels)}`] : [];

/** WGSL of the end of a function that loads 4 single values of x from `at` on, 0 for `i` where not all of `terms(i)` hold. */
export const singleInputs = (terms: (i: string) => readonly string[]): string =>
  singleLoads(
    (i) => `let inside = ${every(terms(i))};
    v[${i}] = select(0.0, x[select(0u, at + ${i}, inside)], inside);`,
  );

/** WGSL that stores 4 sums `v` of weights (`dw`) at `at`, or of biases (`db`) at a column: as they are, or as a split's part. */
export function storeSum(
  { params, tile, outputWidth, isPartial }: Plan,
  name: 'dw' | 'db',
  at: string,
): string {
  const { outChannels, partialsOffset = 0 } = params;
  const columns = { channels: outChannels, wide: tileSize(tile).wide };
  if (!isPartial) return store4(name, at, 'v', columns, outputWidth);
  const { biasStart, stride } = partialLayout(params);
  const start = name === 'db' ? `${u(biasStart)} + ` : '';
  return store4(
    'partials',
    `${u(partialsOffset)} + split * ${u(stride)} + ${start}${at}`,
    'v',
    columns,
    outputWidth,
  );
}

/** What a kernel of weight gradients is put together from. */
export interface WgradSource {
  readonly declarations: readonly Declaration[];
  readonly workgroupArrays: readonly WorkgroupArray[];
  readonly body: string;
}
