/** What the sources of fprop and dgrad kernels (fpropDgrad.ts) are made from: parameters, and what follows from them and the tile. */
import type { KernelBinding } from '@/engine/webgpu/kernel';
import { countTaps, liveTaps } from '@/engine/webgpu/kernels/convShape';
import { longestPatchedRun, type FpropDgradSize } from '@/engine/webgpu/kernels/tuning';
import { tapsInside } from '@/model/window';
import { ceilDiv, tileSize, u, widthOf, type Tile } from '@/engine/webgpu/kernels/gemmTile';
import { floats, words, type Width } from '@/engine/webgpu/kernels/source';

/** A stack of images [batch][height][width][channels] inside a buffer. */
export interface ImageStack {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Floats from one image to the next, and before the first; height * width * channels and 0 where there is nothing between. */
  readonly imageStride: number;
  readonly offset: number;
}

export interface FpropDgradParams {
  readonly label: string;
  /**
   * fprop: `input` is x, `output` is the convolution's output before pooling.
   * dgrad: `input` is the gradient of the output (not pooled), `output` is dx; weights are read transposed and mirrored.
   */
  readonly direction: 'fprop' | 'dgrad';
  readonly batch: number;
  readonly input: ImageStack;
  readonly output: ImageStack;
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
  /** Side of the max pool behind the convolution; 1 for none. Backward, `input` is bound pooled, with its argmax. */
  readonly pool: number;
  readonly bias: boolean;
  readonly channelScale: boolean;
  readonly mask: boolean;
  readonly relu: boolean;
  readonly accumulate: boolean;
  readonly reluMask: boolean;
  readonly scale: number | null;
}

export const isPlain = (stack: ImageStack): boolean =>
  stack.offset === 0 && stack.imageStride === stack.height * stack.width * stack.channels;

const stackWidth = ({ channels, imageStride, offset }: ImageStack): Width =>
  widthOf(channels, imageStride, offset);

/** Products that one turn of the tap loops adds up: a row of the window, or one pixel's channels. */
const runOf = ({ direction, input, kernelSize }: FpropDgradParams): number =>
  direction === 'fprop' ? kernelSize * input.channels : input.channels;

/** What the choice of a tile depends on. */
export function fpropDgradSize(params: FpropDgradParams): FpropDgradSize {
  const { direction, batch, output, kernelSize, stride, pool } = params;
  const isFprop = direction === 'fprop';
  const high = isFprop ? Math.floor(output.height / pool) : ceilDiv(output.height, stride);
  const wide = isFprop ? Math.floor(output.width / pool) : ceilDiv(output.width, stride);
  const { from, to, y, x } = tapsOf(params);
  const inside = tapsInside(from.height, to.height, params) * tapsInside(from.width, to.width, params);
  const passed = output.height * output.width * countTaps(y, x);
  return {
    rows: batch * high * wide,
    phases: isFprop ? 1 : Math.min(stride, kernelSize) ** 2,
    window: isFprop ? pool ** 2 : 1,
    channels: output.channels,
    run: runOf(params),
    direction,
    inside: inside / Math.max(1, passed),
    width: wide,
  };
}

/** What the parts of the source share. */
export interface Plan {
  readonly params: FpropDgradParams;
  readonly tile: Tile;
  /** Consecutive floats of `input` that one turn of the tap loops sums over: a row of the window, or one pixel's channels. */
  readonly run: number;
  /** Widths of loads and stores. */
  readonly inputWidth: Width;
  readonly weightWidth: Width;
  readonly outputWidth: Width;
  /** Rows of the product per image: output pixels, or pixels of one phase of a strided gradient. */
  readonly rowsHigh: number;
  readonly rowsWide: number;
  readonly phases: number;
  /**
   * Products along the sum that a lane loads at once: 4, or 1 where nothing is shared and channels fill no vector (each load site
   * is a loop in lavapipe's code, and 32 of them compile for half a minute).
   */
  readonly width: 4 | 1;
  /** Groups of `width` products that a step of the inner loop takes. */
  readonly blocks: number;
  /**
   * Forward, where a run is short (one channel): a lane's windows lie side by side, and it loads the row of input under all of them
   * once for all their pixels. 0 where windows are apart by the number of lanes, so that neighbouring lanes read neighbouring memory.
   */
  readonly sideBySide: number;
}

export function planOf(params: FpropDgradParams, tile: Tile): Plan {
  const { direction, input, output, kernelSize, stride, pool } = params;
  const isFprop = direction === 'fprop';
  const weightWidth = widthOf((isFprop ? output : input).channels);
  const window = isFprop ? pool ** 2 : 1;
  const isPatched = isFprop && kernelSize * input.channels <= longestPatchedRun;
  const width =
    tile.subgroupBroadcast || tile.unrolls || isPatched || (stackWidth(input) === 4 && weightWidth === 4)
      ? 4
      : 1;
  return {
    params,
    tile,
    inputWidth: width === 4 ? stackWidth(input) : 1,
    weightWidth: isFprop || width === 4 ? weightWidth : 1,
    width,
    run: runOf(params),
    outputWidth: stackWidth(output),
    rowsHigh: isFprop ? Math.floor(output.height / pool) * pool : ceilDiv(output.height, stride),
    rowsWide: isFprop ? Math.floor(output.width / pool) * pool : ceilDiv(output.width, stride),
    phases: isFprop ? 1 : stride ** 2,
    sideBySide: isPatched ? tile.rows / window : 0,
    // A power of 2, so that steps end where the parts of a long sum do.
    blocks: tile.subgroupBroadcast ? 2 ** Math.max(0, Math.floor(Math.log2(tile.lanes / tile.columns))) : 1,
  };
}

/**
 * Whether the rows of the product are in the order of pixels and then images, so that a workgroup holds few pixels and leaves out the
 * taps that all of them have outside the image.
 */
export const isByPixel = (plan: Plan): boolean =>
  (plan.tile.skipsOutside ?? false) &&
  // Of a window's row in fprop each lane keeps its products whichever are left out.
  (plan.tile.sumLanes === 1 ||
    plan.params.direction === 'dgrad' ||
    plan.params.input.channels % stepLength(plan) === 0) &&
  plan.phases === 1 &&
  plan.sideBySide === 0 &&
  windowOf(plan) === 1;

/** Products that one step of the inner loop takes, in all lanes that share a sum. */
export const stepLength = ({ width, blocks, tile }: Plan): number => width * blocks * tile.sumLanes;

/** WGSL of image `n` and window `wy`, `wx` of row `row` of the product. */
export function placeOf(plan: Plan, row: string) {
  const { high, wide } = windowGrid(plan);
  if (!isByPixel(plan))
    return {
      n: `${row} / ${u(high * wide)}`,
      wy: `${row} / ${u(wide)} % ${u(high)}`,
      wx: `${row} % ${u(wide)}`,
    };
  const { batch } = plan.params;
  return {
    n: `${row} % ${u(batch)}`,
    wy: `${row} / ${u(batch * wide)}`,
    wx: `${row} / ${u(batch)} % ${u(wide)}`,
  };
}

/** Taps of the window that any pixel needs, and the convolution's image and output whichever way it goes. */
export function tapsOf(params: FpropDgradParams) {
  const { direction, input, output } = params;
  const [from, to] = direction === 'fprop' ? [input, output] : [output, input];
  const y = liveTaps(from.height, to.height, params);
  return { from, to, y, x: liveTaps(from.width, to.width, params) };
}

/** Pixels that a lane's rows form together: a pool's window, else single pixels. */
export const windowOf = ({ params }: Plan): number => (params.direction === 'fprop' ? params.pool ** 2 : 1);

export function needsEdges({ params }: Plan): boolean {
  const { direction, padding, kernelSize, stride, pool } = params;
  return direction === 'fprop' ? padding > 0 : kernelSize > 1 || stride > 1 || padding > 0 || pool > 1;
}

/** Windows of the whole batch as lanes count them: side by side ones are one, and the last of a row may lack some. */
export function windowGrid({ params, rowsHigh, rowsWide, sideBySide }: Plan): { high: number; wide: number } {
  if (params.direction === 'dgrad') return { high: rowsHigh, wide: rowsWide };
  const { pool } = params;
  return { high: rowsHigh / pool, wide: ceilDiv(rowsWide / pool, Math.max(1, sideBySide)) };
}

/** Windows of a tile, counted as `windowGrid` does. */
export function tileWindows(plan: Plan): number {
  const { high, rowLanes } = tileSize(plan.tile);
  return plan.sideBySide > 0 ? rowLanes : high / windowOf(plan);
}

export function windowCount(plan: Plan): number {
  const { high, wide } = windowGrid(plan);
  return plan.params.batch * high * wide;
}

/** Read-only bindings beside the operands, as wide as the output. */
export function extraNames(params: FpropDgradParams): string[] {
  return [
    ...(params.bias ? ['bias'] : []),
    ...(params.channelScale ? ['scale'] : []),
    ...(params.mask ? ['mask'] : []),
    ...(params.reluMask ? ['x'] : []),
  ];
}

export function bindingsOf({ params, inputWidth, weightWidth, outputWidth }: Plan): KernelBinding[] {
  const isFprop = params.direction === 'fprop';
  const operands = [
    floats(params.input.name, 'read', inputWidth),
    ...(!isFprop && params.pool > 1 ? [words('argmax', 'read', inputWidth)] : []),
    floats('weight', 'read', weightWidth),
  ];
  const extras = extraNames(params).map((name) => floats(name, 'read', outputWidth));
  return [
    ...operands,
    ...extras,
    floats(params.output.name, 'read_write', outputWidth),
    ...(isFprop && params.pool > 1 ? [words('argmax', 'read_write', outputWidth)] : []),
  ];
}

export function lengthsOf({
  direction,
  batch,
  input,
  output,
  kernelSize,
  pool,
}: FpropDgradParams): Record<string, number> {
  const stackLength = ({ height, width, channels, imageStride }: ImageStack, side: number): number =>
    batch * (side > 1 ? Math.floor(height / side) * Math.floor(width / side) * channels : imageStride);
  const isFprop = direction === 'fprop';
  const inputs = stackLength(input, isFprop ? 1 : pool);
  const outputs = stackLength(output, isFprop ? pool : 1);
  return {
    [input.name]: inputs,
    [output.name]: outputs,
    weight: kernelSize ** 2 * input.channels * output.channels,
    argmax: isFprop ? outputs : inputs,
    bias: output.channels,
    scale: batch * output.channels,
    mask: outputs,
    ...(isFprop ? {} : { x: outputs }),
  };
}
