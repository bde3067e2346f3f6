/** Conv2d, which may take over the ReLU that follows it, and the pooling after that. */
import { hasBackward, isTraining } from '@/engine/mode';
import { biasOf, emitBiasGradient } from '@/engine/wasm/lowerBias';
import { lowerReluGradient } from '@/engine/wasm/layers/relu';
import {
  emitDirectForward,
  emitDirectInputGradient,
  emitDirectPool,
  emitDirectWeightGradient,
} from '@/engine/wasm/lowerImageConv';
import {
  newBuffer,
  panelCount,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import {
  emitWinogradConvPool,
  emitWinogradForward,
  emitWinogradInputGradient,
  emitWinogradWeightGradient,
} from '@/engine/wasm/lowerWinograd';
import { winogradPlans, type ConvGeometry, type WinogradPlans } from '@/engine/wasm/winogradPlan';
import { gradientSlices } from '@/engine/wasm/operations';
import type { WasmBuffer } from '@/engine/wasm/program';
import { tensorBytes } from '@/engine/wasm/runMemory';
import { activationKinds, type Activation, type Conv2d, type MaxPool2d } from '@/model/layers';
import { convWindow, isPlainConv } from '@/model/layers/conv2d';
import { isPlainPool } from '@/model/layers/maxPool2d';
import { windowOutputSize } from '@/model/window';

interface ConvParts {
  readonly geometry: ConvGeometry;
  readonly w: WasmBuffer;
  readonly bias: WasmBuffer | 0;
  readonly panels: number;
  readonly tiles: WinogradPlans;
}

function convParts(lowering: Lowering, layer: Conv2d, x: Value): ConvParts {
  const { inChannels, outChannels, kernelSize, stride, name } = layer;
  const { padding } = convWindow(layer);
  const panels = panelCount(lowering, outChannels);
  const layout = { kind: 'conv', outChannels, inChannels, kernelSize, panels } as const;
  const { buffer: w } = lowering.memory.tensor(`${name}.weight`, weightCount(layer), layout);
  const geometry: ConvGeometry = {
    blocks: lowering.blocks,
    height: x.height + 2 * x.border,
    width: x.width + 2 * x.border,
    channels: inChannels,
    outHeight: windowOutputSize(x.height, kernelSize, stride, padding),
    outWidth: windowOutputSize(x.width, kernelSize, stride, padding),
    outChannels,
    kernel: kernelSize,
    stride,
    padding: padding - x.border,
  };
  const bias = biasOf(lowering, layer, outChannels);
  return { geometry, w, bias, panels, tiles: winogradPlans(lowering, layer, geometry) };
}

function weightCount({ inChannels, outChannels, kernelSize }: Conv2d): number {
  return outChannels * inChannels * kernelSize ** 2;
}

export function outputValue(
  lowering: Lowering,
  layer: Conv2d,
  height: number,
  width: number,
  hasRelu: boolean,
): Value {
  const channels = layer.outChannels;
  return {
    buffer: newBuffer(lowering, layer.name, valueCount(lowering, { channels, height, width })),
    channels,
    height,
    width,
    border: 0,
    isFlat: false,
    isOwned: true,
    isSignRead: hasRelu,
    needsGradient: true,
  };
}

/** The gradient of a convolution's input; gives the transformed output gradient where it is kept, else 0. */
function emitInputGradient(
  lowering: Lowering,
  name: string,
  tiles: WinogradPlans,
  values: ConvGeometry & {
    readonly x: WasmBuffer;
    readonly w: WasmBuffer;
    readonly dy: WasmBuffer;
    readonly dx: WasmBuffer;
    readonly panels: number;
  },
): WasmBuffer | 0 {
  const { program } = lowering;
  const { x: _, w, panels, ...rest } = values;
  const { channels, outChannels, kernel } = values;
  const packed = program.buffer(`${name} transposed`, channels * outChannels * kernel ** 2 * 4);
  const inPanels = panelCount(lowering, channels);
  program.emit('packTransposed', { w, packed, channels, outChannels, kernel, panels, inPanels });
  if (tiles.inputGradient === null) {
    emitDirectInputGradient(lowering, name, { ...rest, packed, inPanels, accumulate: 0 });
    return 0;
  }
  const plans = { ...tiles, inputGradient: tiles.inputGradient };
  return emitWinogradInputGradient(lowering, name, plans, { ...values, packed, inPanels });
}

/** Gradients of the input and of the weights from that of the output. */
function lowerConvGradients(
  lowering: Lowering,
  layer: Conv2d,
  x: Value,
  dy: WasmBuffer,
  { geometry, w, panels, tiles }: ConvParts,
  keptInput: WasmBuffer | 0,
): Gradient | null {
  const { program } = lowering;
  const { name } = layer;
  const values = { x: x.buffer, dy, ...geometry, panels };
  const dx = x.needsGradient ? newBuffer(lowering, `${name} input gradient`, valueCount(lowering, x)) : null;
  const keptGradient = dx === null ? 0 : emitInputGradient(lowering, name, tiles, { ...values, w, dx });
  const result = dx === null ? null : { buffer: dx, isOwned: true };
  if (!isTraining(lowering.mode)) return result;
  const dw = program.buffer(`${name}.weight gradient`, tensorBytes(weightCount(layer)));
  if (tiles.weightGradient === null) emitDirectWeightGradient(lowering, name, { ...values, dw });
  else {
    const kept = { input: keptInput, gradient: keptGradient };
    emitWinogradWeightGradient(lowering, name, tiles.weightGradient, { ...values, dw }, kept);
  }
  program.watch({ kind: 'gradient', layer: name, input: x, gradient: dw });
  lowering.onGradient(`${name}.weight`, dw);
  return result;
}

export function lowerConv(lowering: Lowering, layer: Conv2d, x: Value, hasRelu: boolean): Lowered {
  const parts = convParts(lowering, layer, x);
  const { geometry, w, bias, panels, tiles } = parts;
  const { outHeight, outWidth } = geometry;
  const output = outputValue(lowering, layer, outHeight, outWidth, hasRelu);
  const forward = { x: x.buffer, w, bias, y: output.buffer, ...geometry, panels, relu: hasRelu ? 1 : 0 };
  let keptInput: WasmBuffer | 0 = 0;
  if (tiles.forward === null) emitDirectForward(lowering, layer.name, forward);
  else keptInput = emitWinogradForward(lowering, layer.name, { ...tiles, forward: tiles.forward }, forward);
  const backward = (gradient: Gradient): Gradient | null => {
    const { buffer: dy } = hasRelu ? lowerReluGradient(lowering, output, gradient) : gradient;
    emitBiasGradient(lowering, layer, dy, outHeight * outWidth, layer.outChannels);
    return lowerConvGradients(lowering, layer, x, dy, parts, keptInput);
  };
  return { output, backward };
}

/** Bytes of weights that stay in the level-1 cache beside two rows of an image. */
const smallWeights = 16_384;

/** Whether the pooling can follow each two rows of the convolution while they are in the cache. */
export function takesPool(layer: Conv2d, pool: MaxPool2d): boolean {
  return (
    isPlainConv(layer) && isPlainPool(pool) && pool.kernelSize === 2 && weightCount(layer) * 4 <= smallWeights
  );
}

/** Values that convPoolWeightGradient keeps for a thread: sums, images, columns, gradients and windows (convPoolSlice of assembly/). */
function windowScratchSize(conv: ConvGeometry): number {
  const { height, width, channels, outHeight, outWidth, outChannels, kernel, padding } = conv;
  const [fullHeight, fullWidth] = [height + 2 * padding, width + 2 * padding];
  const sums = outChannels * Math.ceil((kernel ** 2 * channels) / 4) * 4;
  const images = 8 * fullHeight * fullWidth * channels;
  const columns = (fullWidth - kernel + 1) * fullHeight * kernel * channels + 4;
  const lists = 2 * 8 * outChannels * Math.floor(outHeight / 2) * Math.floor(outWidth / 2);
  return Math.ceil((sums + images + columns + lists) / 16) * 16;
}

/**
 * A convolution, a ReLU and a pooling that takesPool, in one: only the maxima are written. The ReLU of a maximum is the maximum of
 * the ReLUs, and where it is 0 no gradient passes either way; so it is applied after the pooling, forward and backward. With `valley`
 * the pooling is by the values of that activation, and gives what they are computed from.
 */
export function lowerConvPool(
  lowering: Lowering,
  layer: Conv2d,
  x: Value,
  hasRelu: boolean,
  pool: MaxPool2d,
  valley: Activation | null = null,
): Lowered | null {
  const { program, blocks, threads } = lowering;
  const parts = convParts(lowering, layer, x);
  const { geometry, w, bias, panels, tiles } = parts;
  const { outHeight, outWidth, outChannels } = geometry;
  if (tiles.forward !== null) return null;
  const height = windowOutputSize(outHeight, 2, 2, 0);
  const width = windowOutputSize(outWidth, 2, 2, 0);
  const output = outputValue(lowering, layer, height, width, hasRelu);
  const index: WasmBuffer | 0 = hasBackward(lowering.mode)
    ? newBuffer(lowering, `${pool.name} index`, valueCount(lowering, output))
    : 0;
  const relu = hasRelu ? 1 : 0;
  const forward = {
    x: x.buffer,
    w,
    bias,
    y: output.buffer,
    index,
    ...geometry,
    panels,
    relu,
    valley: valley === null ? 0 : activationKinds.indexOf(valley.kind) + 1,
  };
  if (!emitWinogradConvPool(lowering, layer.name, forward)) emitDirectPool(lowering, layer.name, forward);
  const backward = (gradient: Gradient): Gradient | null => {
    const { buffer: pooled } = hasRelu ? lowerReluGradient(lowering, output, gradient) : gradient;
    // Every pooled gradient goes to one pixel, so the sum is the same.
    emitBiasGradient(lowering, layer, pooled, height * width, outChannels);
    if (!x.needsGradient && tiles.weightGradient === null) {
      const count = weightCount(layer);
      const dw = program.buffer(`${layer.name}.weight gradient`, tensorBytes(count));
      const slices = Math.min(gradientSlices, blocks);
      const sums = program.buffer(`${layer.name}.weight gradient of slices`, slices * count * 4);
      const scratchSize = windowScratchSize(geometry);
      const values = {
        x: x.buffer,
        dy: pooled,
        index,
        dw: sums,
        scratch: newBuffer(lowering, `${layer.name} windows`, threads * scratchSize),
        scratchSize,
        ...geometry,
        panels,
        slices,
      };
      program.emit('convPoolWeightGradient', values);
      program.emit('sumSlices', { x: sums, y: dw, count, slices });
      program.watch({ kind: 'gradient', layer: layer.name, input: x, gradient: dw });
      lowering.onGradient(`${layer.name}.weight`, dw);
      return null;
    }
    const dy = newBuffer(lowering, `${layer.name} gradient`, blocks * outHeight * outWidth * outChannels * 8);
    program.emit('maxPoolGradient', {
      dy: pooled,
      index,
      dx: dy,
      blocks,
      height: outHeight,
      width: outWidth,
      channels: outChannels,
      outHeight: height,
      outWidth: width,
      kernel: 2,
      stride: 2,
      padding: 0,
      dilation: 1,
    });
    return lowerConvGradients(lowering, layer, x, dy, parts, 0);
  };
  return { output, backward };
}
