/** The kernel calls of convolutions whose kernel goes in blocks of taps (assembly/winogradBlocks.ts); lowerWinograd.ts calls them. */
import type { Lowering } from '@/engine/wasm/lowering';
import type { WasmBuffer } from '@/engine/wasm/program';
import {
  blocksBytes,
  recomputedBlocks,
  type ConvGeometry,
  type WinogradBlocksPlan,
} from '@/engine/wasm/winogradPlan';

/** Working memory of the transforms of weights: PART of assembly/winogradWeights.ts and winogradBlocks.ts for every place and thread. */
export function weightScratch(
  lowering: Lowering,
  name: string,
  { places }: { readonly places: number },
): WasmBuffer {
  return lowering.program.buffer(`${name} weights in work`, lowering.threads * places * 512);
}

/** Working memory of the transforms of values, `more` bytes of each thread for those that are not kept. */
function tileWork(lowering: Lowering, name: string, plan: WinogradBlocksPlan, more: number) {
  const scratchBytes = plan.scratchBytes + more;
  const scratch = lowering.program.buffer(`${name} tiles in work`, lowering.threads * scratchBytes);
  return { scratch, scratchBytes };
}

type Shape = Omit<ConvGeometry, 'stride'>;

/** The forward pass; gives the transformed input where it is kept, else 0. */
export function emitBlocksForward(
  lowering: Lowering,
  name: string,
  plan: WinogradBlocksPlan,
  isKept: boolean,
  forward: Shape & {
    readonly x: WasmBuffer;
    readonly w: WasmBuffer;
    readonly bias: WasmBuffer | 0;
    readonly y: WasmBuffer;
    readonly panels: number;
    readonly relu: number;
  },
): WasmBuffer | 0 {
  const { program } = lowering;
  const { w, channels, outChannels, kernel, panels, blocks } = forward;
  const { places, parts, inTiles, most } = plan;
  const u = program.buffer(`${name} transformed weights`, places * parts * channels * outChannels * 4);
  const scratch = weightScratch(lowering, name, plan);
  program.emit('winogradBlocksWeights', { w, u, scratch, channels, outChannels, kernel, panels, flipped: 0 });
  const v = isKept
    ? program.buffer(`${name} transformed input`, blocksBytes(plan, inTiles, channels, blocks))
    : 0;
  const work = tileWork(lowering, name, plan, isKept ? 0 : blocksBytes(plan, inTiles, channels, 1));
  program.emit('winogradBlocksForward', { ...forward, u, v, ...work, most });
  return v;
}

/** The input gradient from the weights of packTransposed; gives the transformed output gradient where it is kept, else 0. */
export function emitBlocksInputGradient(
  lowering: Lowering,
  name: string,
  plan: WinogradBlocksPlan,
  isKept: boolean,
  backward: Shape & {
    readonly dy: WasmBuffer;
    readonly dx: WasmBuffer;
    readonly packed: WasmBuffer;
    readonly inPanels: number;
  },
): WasmBuffer | 0 {
  const { program } = lowering;
  const { packed, channels, outChannels, kernel, inPanels, blocks } = backward;
  const { places, parts, outTiles, most } = plan;
  const u = program.buffer(
    `${name} transformed flipped weights`,
    places * parts * channels * outChannels * 4,
  );
  program.emit('winogradBlocksWeights', {
    w: packed,
    u,
    scratch: weightScratch(lowering, name, plan),
    channels: outChannels,
    outChannels: channels,
    kernel,
    panels: inPanels,
    flipped: 1,
  });
  const d = isKept
    ? program.buffer(`${name} transformed gradient`, blocksBytes(plan, outTiles, outChannels, blocks))
    : 0;
  const work = tileWork(lowering, name, plan, isKept ? 0 : blocksBytes(plan, outTiles, outChannels, 1));
  const exact = lowering.dividesByGradient ? 1 : 0;
  program.emit('winogradBlocksInputGradient', { ...backward, u, d, ...work, most, exact });
  return d;
}

/** The weight gradient, from transformed values where both are kept; else some blocks of images at a time, to save memory. */
export function emitBlocksWeightGradient(
  lowering: Lowering,
  name: string,
  plan: WinogradBlocksPlan,
  backward: Shape & {
    readonly x: WasmBuffer;
    readonly dy: WasmBuffer;
    readonly dw: WasmBuffer;
    readonly panels: number;
  },
  kept: { readonly input: WasmBuffer | 0; readonly gradient: WasmBuffer | 0 },
): void {
  const { program } = lowering;
  const { x, dy, dw, panels, ...shape } = backward;
  const { blocks, channels, outChannels, outHeight, outWidth, kernel } = shape;
  const { places, parts, inTiles, outTiles } = plan;
  const { padding: _, ...sizes } = shape;
  const isKept = kept.input !== 0 && kept.gradient !== 0;
  const step = isKept ? blocks : recomputedBlocks(plan, backward);
  const slices = Math.ceil(blocks / step);
  const duBytes = places * parts * channels * outChannels * 4;
  const du = program.buffer(`${name} transformed weight gradient`, slices * duBytes);
  if (isKept) {
    const { input: v, gradient: d } = kept;
    program.emit('winogradBlocksWeightGradient', { v, d, du, ...sizes, panels, slice: 0 });
  } else {
    const work = tileWork(lowering, name, plan, 0);
    const v = program.buffer(`${name} transformed input`, blocksBytes(plan, inTiles, channels, step));
    const d = program.buffer(`${name} transformed gradient`, blocksBytes(plan, outTiles, outChannels, step));
    for (let slice = 0; slice < slices; slice += 1) {
      const firstBlock = slice * step;
      const part = { firstBlock, blocks: Math.min(step, blocks - firstBlock) };
      program.emit('winogradBlocksInput', { x, v, ...work, ...shape, ...part });
      program.emit('winogradBlocksOutputGradient', {
        dy,
        d,
        ...work,
        ...part,
        outHeight,
        outWidth,
        outChannels,
      });
      program.emit('winogradBlocksWeightGradient', {
        v,
        d,
        du,
        ...sizes,
        blocks: part.blocks,
        panels,
        slice,
      });
    }
  }
  const scratch = weightScratch(lowering, name, plan);
  program.emit('winogradBlocksWeightOutput', {
    du,
    dw,
    scratch,
    channels,
    outChannels,
    kernel,
    panels,
    slices,
  });
}
