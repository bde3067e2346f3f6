/** The kernel calls of convolutions by Winograd's tiles (assembly/winograd.ts). */
import type { Lowering } from '@/engine/wasm/lowering';
import { gradientSlices } from '@/engine/wasm/operations';
import {
  emitBlocksForward,
  emitBlocksInputGradient,
  emitBlocksWeightGradient,
  weightScratch,
} from '@/engine/wasm/lowerWinogradBlocks';
import type { WasmBuffer } from '@/engine/wasm/program';
import { partBytes } from '@/engine/wasm/winogradOperations';
import {
  keepsTransformed,
  leastBlocks,
  recomputedParts,
  transformedBytes,
  transposedGeometry,
  type ConvGeometry,
  type WinogradBlocksPlan,
  type WinogradPlan,
  type WinogradRowsPlan,
  type WinogradPlans,
} from '@/engine/wasm/winogradPlan';

/** Bytes of transformed weights up to which their gradient is worth a sum for each slice of the batch. */
const slicedBytes = 256 * 2 ** 10;
/** Fewest tiles of such a slice: of a shorter sum, adding up its lanes at the end is too large a part. */
const leastSliceTiles = 8;

function tileWork(lowering: Lowering, name: string, { scheme, group, scratchBytes }: WinogradPlan) {
  const scratch = lowering.program.buffer(`${name} tiles in work`, lowering.threads * scratchBytes);
  return { scratch, scratchBytes, scheme, group };
}

interface Forward extends ConvGeometry {
  readonly x: WasmBuffer;
  readonly w: WasmBuffer;
  readonly bias: WasmBuffer | 0;
  readonly y: WasmBuffer;
  readonly panels: number;
  readonly relu: number;
}

function emitRowsForward(
  { program, threads }: Lowering,
  name: string,
  { places, most, scratchBytes }: WinogradRowsPlan,
  given: Forward,
): void {
  const { stride: _, ...forward } = given;
  const { w, channels, outChannels, kernel, panels } = forward;
  const u = program.buffer(`${name} transformed weights`, places * channels * outChannels * kernel * 4);
  program.emit('winogradRowWeights', { w, u, channels, outChannels, kernel, panels });
  const scratch = program.buffer(`${name} rows in work`, threads * scratchBytes);
  program.emit('winogradRowsForward', { ...forward, u, scratch, scratchBytes, most });
}

function emitTilesForward(
  lowering: Lowering,
  name: string,
  plan: WinogradPlan,
  isKept: boolean,
  forward: Forward,
): WasmBuffer | 0 {
  const { program } = lowering;
  const { stride: _, kernel: __, ...rest } = forward;
  const { w, channels, outChannels, panels, blocks } = forward;
  const { scheme, places } = plan;
  const u = program.buffer(`${name} transformed weights`, places * channels * outChannels * 4);
  const scratch = weightScratch(lowering, name, plan);
  program.emit('winogradWeights', { w, u, scratch, channels, outChannels, scheme, panels, flipped: 0 });
  const v = isKept
    ? program.buffer(`${name} transformed input`, transformedBytes(plan, channels, blocks))
    : 0;
  program.emit('winogradForward', { ...rest, u, v, ...tileWork(lowering, name, plan) });
  return v;
}

/** The forward pass; gives the transformed input where it is kept, else 0. */
export function emitWinogradForward(
  lowering: Lowering,
  name: string,
  plans: WinogradPlans & { readonly forward: WinogradPlan | WinogradRowsPlan | WinogradBlocksPlan },
  forward: Forward,
): WasmBuffer | 0 {
  if (plans.forward.scheme === 'rows') {
    emitRowsForward(lowering, name, plans.forward, forward);
    return 0;
  }
  const isKept = keepsTransformed(lowering, plans, forward);
  if (plans.forward.scheme === 'blocks') {
    const { stride: _, ...given } = forward;
    return emitBlocksForward(lowering, name, plans.forward, isKept, given);
  }
  return emitTilesForward(lowering, name, plans.forward, isKept, forward);
}

/** Bytes of working memory that convPool needs of each thread: two rows of outputs. */
export function convPoolScratchBytes(outWidth: number, outChannels: number): number {
  return 2 * outWidth * outChannels * 32;
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
    readonly valley: number;
  },
): boolean {
  const { program, threads } = lowering;
  const { stride, kernel, padding, ...rest } = forward;
  const { blocks, height, channels, outWidth, outChannels } = forward;
  if (program.precision === 'float64' || blocks < leastBlocks) return false;
  if (kernel !== 5 || stride !== 1 || padding !== 0 || channels !== 1) return false;
  if (outWidth % 4 !== 0 || height > mostRows) return false;
  const places = 8;
  // Inputs and two rows of outputs at every place, two rows of pixels, the weights, and the support of the inputs.
  const tileBytes =
    ((places + 2) * places + 2 * 4) * partBytes(5) + places * 5 * outChannels * 4 + mostRows * places;
  // What convPool needs, which takes over where weights are not finite.
  const scratchBytes = Math.max(tileBytes, convPoolScratchBytes(outWidth, outChannels));
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
  plans: WinogradPlans & { readonly inputGradient: WinogradPlan | WinogradBlocksPlan },
  backward: Backward & {
    readonly dx: WasmBuffer;
    readonly packed: WasmBuffer;
    readonly inPanels: number;
  },
): WasmBuffer | 0 {
  const { program } = lowering;
  const { x: _, stride: __, panels: ___, ...given } = backward;
  const isKept = keepsTransformed(lowering, plans, backward);
  if (plans.inputGradient.scheme === 'blocks')
    return emitBlocksInputGradient(lowering, name, plans.inputGradient, isKept, given);
  const { packed, channels, outChannels, inPanels, blocks, dy, dx } = backward;
  if (plans.inputGradient.scheme === 2) {
    // The weights of packTransposed are flipped already.
    const values = { x: dy, w: packed, bias: 0, y: dx, panels: inPanels, relu: 0 } as const;
    const forward = { ...transposedGeometry(backward), ...values };
    return emitTilesForward(lowering, `${name} input gradient`, plans.inputGradient, false, forward);
  }
  const { kernel: ____, ...rest } = given;
  const { scheme, places } = plans.inputGradient;
  const u = program.buffer(`${name} transformed flipped weights`, places * channels * outChannels * 4);
  program.emit('winogradWeights', {
    w: packed,
    u,
    scratch: weightScratch(lowering, name, plans.inputGradient),
    channels: outChannels,
    outChannels: channels,
    scheme,
    panels: inPanels,
    flipped: 1,
  });
  const d = isKept
    ? program.buffer(
        `${name} transformed gradient`,
        transformedBytes(plans.inputGradient, outChannels, blocks),
      )
    : 0;
  const exact = lowering.dividesByGradient ? 1 : 0;
  program.emit('winogradInputGradient', {
    ...rest,
    u,
    d,
    exact,
    ...tileWork(lowering, name, plans.inputGradient),
  });
  return d;
}

interface WeightGradient extends Backward {
  readonly dw: WasmBuffer;
}

interface KeptValues {
  readonly input: WasmBuffer | 0;
  readonly gradient: WasmBuffer | 0;
}

/** From transformed values where both are kept; else some blocks of images at a time, to save memory. */
function emitTiledWeightGradient(
  lowering: Lowering,
  name: string,
  plan: WinogradPlan,
  backward: WeightGradient,
  kept: KeptValues,
): void {
  const { program } = lowering;
  const { x, dy, dw, blocks, height, width, channels, outHeight, outWidth, outChannels, padding, panels } =
    backward;
  const { scheme, places, tiles, group } = plan;
  const sizes = { channels, outChannels, scheme, panels };
  const duBytes = places * channels * outChannels * 4;
  const isKept = kept.input !== 0 && kept.gradient !== 0;
  const isSliced =
    isKept && duBytes <= slicedBytes && blocks * tiles >= gradientSlices * Math.max(group, leastSliceTiles);
  const slices = isSliced ? gradientSlices : 1;
  const du = program.buffer(`${name} transformed weight gradient`, slices * duBytes);
  const multiply = (
    v: WasmBuffer,
    d: WasmBuffer,
    part: { readonly tiles: number; readonly group: number; readonly accumulate: number },
  ): void => program.emit('winogradWeightGradient', { v, d, du, ...sizes, ...part, slices });
  if (isKept) multiply(kept.input, kept.gradient, { tiles: blocks * tiles, group, accumulate: 0 });
  else {
    const { step, recomputed } = recomputedParts(plan, backward);
    const work = tileWork(lowering, name, recomputed);
    const v = program.buffer(`${name} transformed input`, transformedBytes(recomputed, channels, step));
    const d = program.buffer(`${name} transformed gradient`, transformedBytes(recomputed, outChannels, step));
    for (let firstBlock = 0; firstBlock < blocks; firstBlock += step) {
      const part = { firstBlock, blocks: Math.min(step, blocks - firstBlock), outHeight, outWidth };
      program.emit('winogradInput', { x, v, ...work, ...part, height, width, channels, padding });
      program.emit('winogradOutputGradient', { dy, d, ...work, ...part, outChannels });
      const accumulate = firstBlock > 0 ? 1 : 0;
      multiply(v, d, { tiles: part.blocks * tiles, group: recomputed.group, accumulate });
    }
  }
  const scratch = weightScratch(lowering, name, plan);
  program.emit('winogradWeightOutput', { du, dw, scratch, ...sizes, slices });
}

/** The weight gradient, summed directly where that by tiles is not finite. */
export function emitWinogradWeightGradient(
  lowering: Lowering,
  name: string,
  plan: WinogradPlan | WinogradBlocksPlan,
  backward: WeightGradient,
  kept: KeptValues,
): void {
  const { program } = lowering;
  const { stride: _, ...direct } = backward;
  if (plan.scheme === 'blocks') emitBlocksWeightGradient(lowering, name, plan, direct, kept);
  else emitTiledWeightGradient(lowering, name, plan, backward, kept);
  const { dw, channels, outChannels, kernel } = backward;
  const found = program.buffer(`${name} weight gradient is not finite`, lowering.threads * 4);
  program.emit('winogradWeightCheck', { dw, found, count: channels * outChannels * kernel ** 2 });
  program.emit('winogradWeightDirect', { ...direct, found });
  if (lowering.dividesByGradient) emitWeightZeros(lowering, name, { ...direct, found });
}

/** Adam and its kin divide by the gradient: what rounding makes of one that is 0 moves its weight by the whole rate. */
function emitWeightZeros(
  { program, threads }: Lowering,
  name: string,
  {
    x,
    dy,
    dw,
    found,
    ...sizes
  }: Omit<Backward, 'stride'> & { readonly dw: WasmBuffer; readonly found: WasmBuffer },
): void {
  const { height, width, channels, outChannels, kernel, padding } = sizes;
  const met = program.buffer(`${name} weights that met a product`, channels * outChannels * kernel ** 2);
  // A plane of assembly/support.ts for each channel.
  const plane = Math.ceil(((height + 2 * padding) * (width + 2 * padding) + kernel) / 16) * 16 + 16;
  const scratchBytes = (channels + outChannels) * plane;
  const scratch = program.buffer(`${name} supports in work`, threads * scratchBytes);
  program.emit('winogradWeightZeros', { x, dy, dw, ...sizes, met, found, scratch, scratchBytes });
}
