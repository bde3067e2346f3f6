/** Direct convolutions: the kernels that take eight images at once, or for a few images those that pack each (assembly/imageConv.ts). */
import { hasFewImages, type Lowering } from '@/engine/wasm/lowering';
import { emitWeightSums } from '@/engine/wasm/lowerWeightSums';
import { convPoolScratchBytes } from '@/engine/wasm/lowerWinograd';
import type { OperationArguments, OperationName } from '@/engine/wasm/operations';
import type { Argument, WasmBuffer } from '@/engine/wasm/program';
import type { ConvGeometry } from '@/engine/wasm/winogradPlan';

type Operands<N extends OperationName> = {
  readonly [A in keyof OperationArguments<N>]: Argument;
} & ConvGeometry;

interface OwnMemory {
  readonly scratch: WasmBuffer;
  readonly scratchSize: number;
}

/** Memory of `values` values for each thread. */
function ownMemory({ program, threads }: Lowering, name: string, values: number): OwnMemory {
  const scratchSize = Math.ceil(values / 16) * 16;
  return { scratch: program.buffer(`${name} packed images`, threads * scratchSize * 4), scratchSize };
}

/** Values of the packed images that windows of `kernel` at these outputs read. */
function packedValues(
  { images }: Lowering,
  { outHeight, outWidth, channels, kernel, stride }: Omit<ConvGeometry, 'blocks'>,
): number {
  return images * ((outHeight - 1) * stride + kernel) * ((outWidth - 1) * stride + kernel) * channels;
}

/** The windows of an image may begin before it, but not behind its first pixel. */
const isPackable = (lowering: Lowering, padding: number): boolean => hasFewImages(lowering) && padding >= 0;

export function emitDirectForward(lowering: Lowering, name: string, forward: Operands<'convForward'>): void {
  if (!isPackable(lowering, forward.padding)) lowering.program.emit('convForward', forward);
  else {
    const own = ownMemory(lowering, name, packedValues(lowering, forward));
    lowering.program.emit('imageConvForward', { ...forward, ...own });
  }
}

export function emitDirectPool(
  lowering: Lowering,
  name: string,
  forward: Omit<Operands<'convPool'>, 'scratch'>,
): void {
  const { program, threads } = lowering;
  const rowBytes = convPoolScratchBytes(forward.outWidth, forward.outChannels);
  if (!isPackable(lowering, forward.padding)) {
    program.emit('convPool', { ...forward, scratch: program.buffer(`${name} rows`, threads * rowBytes) });
    return;
  }
  const own = ownMemory(lowering, name, rowBytes / 4 + packedValues(lowering, forward));
  program.emit('imageConvPool', { ...forward, ...own });
}

export function emitDirectInputGradient(
  lowering: Lowering,
  name: string,
  backward: Operands<'convInputGradient'>,
): void {
  const { height, width, outChannels, kernel, stride, padding } = backward;
  if (stride > 1 || !isPackable(lowering, kernel - 1 - padding)) {
    lowering.program.emit('convInputGradient', backward);
    return;
  }
  // The convolution of dy that gives dx.
  const convolution = { ...backward, outHeight: height, outWidth: width, channels: outChannels };
  const own = ownMemory(lowering, `${name} gradient`, packedValues(lowering, convolution));
  lowering.program.emit('imageConvInputGradient', { ...backward, ...own });
}

export function emitDirectWeightGradient(
  lowering: Lowering,
  name: string,
  backward: Omit<Operands<'convWeightGradient'>, 'slices' | 'dw'> & { readonly dw: WasmBuffer },
): void {
  const { outHeight, outWidth, padding } = backward;
  if (!isPackable(lowering, padding)) {
    const { height, width, channels, outChannels, kernel } = backward;
    const values = {
      name,
      dw: backward.dw,
      weights: kernel ** 2 * channels * outChannels,
      input: { channels, height, width },
      output: { channels: outChannels, height: outHeight, width: outWidth },
    };
    emitWeightSums(lowering, values, (dw, slices) =>
      lowering.program.emit('convWeightGradient', { ...backward, dw, slices }),
    );
    return;
  }
  // Besides the images two vectors of output gradients a pixel.
  const gradients = lowering.images * outHeight * outWidth * 8;
  const own = ownMemory(lowering, `${name} weight`, packedValues(lowering, backward) + gradients);
  lowering.program.emit('imageConvWeightGradient', { ...backward, ...own });
}
