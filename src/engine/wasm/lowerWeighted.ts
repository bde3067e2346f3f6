/** Layers with parameters. Each may take over the ReLU that follows it. */
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
  emitWinogradForward,
  emitWinogradInputGradient,
  emitWinogradWeightGradient,
  winogradPlans,
  type ConvGeometry,
  type WinogradPlans,
} from '@/engine/wasm/lowerWinograd';
import type { WasmBuffer } from '@/engine/wasm/program';
import { tensorBytes } from '@/engine/wasm/runMemory';
import { lowerReluGradient } from '@/engine/wasm/lowerElementwise';
import type { BatchNorm2d, Conv2d, Linear } from '@/model/layers';
import { windowOutputSize } from '@/model/shapes';

function bias(lowering: Lowering, layer: Conv2d | Linear, outputs: number): WasmBuffer | 0 {
  return layer.bias ? lowering.memory.tensor(`${layer.name}.bias`, outputs, { kind: 'plain' }).buffer : 0;
}

function emitBiasGradient(
  lowering: Lowering,
  layer: Conv2d | Linear,
  dy: WasmBuffer,
  pixels: number,
  channels: number,
): void {
  if (!layer.bias) return;
  const db = lowering.program.buffer(`${layer.name}.bias gradient`, tensorBytes(channels));
  lowering.program.emit('biasGradient', { dy, db, blocks: lowering.blocks, pixels, channels });
  lowering.onGradient(`${layer.name}.bias`, db);
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
    program.emit('convInputGradient', { ...rest, packed, inPanels, accumulate: 0 });
    return 0;
  }
  const plans = { ...tiles, inputGradient: tiles.inputGradient };
  return emitWinogradInputGradient(lowering, name, plans, { ...values, packed, inPanels });
}

export function lowerConv(lowering: Lowering, layer: Conv2d, x: Value, hasRelu: boolean): Lowered {
  const { program, memory, blocks } = lowering;
  const { inChannels, outChannels, kernelSize, stride, name } = layer;
  const panels = panelCount(lowering, outChannels);
  const weightCount = outChannels * inChannels * kernelSize ** 2;
  const w = memory.tensor(`${name}.weight`, weightCount, {
    kind: 'conv',
    outChannels,
    inChannels,
    kernelSize,
    panels,
  }).buffer;
  const outHeight = windowOutputSize(x.height, kernelSize, stride, layer.padding);
  const outWidth = windowOutputSize(x.width, kernelSize, stride, layer.padding);
  const geometry = {
    blocks,
    height: x.height + 2 * x.border,
    width: x.width + 2 * x.border,
    channels: inChannels,
    outHeight,
    outWidth,
    outChannels,
    kernel: kernelSize,
    stride,
    padding: layer.padding - x.border,
  };
  const output: Value = {
    buffer: newBuffer(lowering, name, blocks * outHeight * outWidth * outChannels * 8),
    channels: outChannels,
    height: outHeight,
    width: outWidth,
    border: 0,
    isFlat: false,
    isOwned: true,
    isSignRead: hasRelu,
    needsGradient: true,
  };
  const forward = {
    x: x.buffer,
    bias: bias(lowering, layer, outChannels),
    y: output.buffer,
    ...geometry,
    panels,
    relu: hasRelu ? 1 : 0,
  };
  const tiles = winogradPlans(lowering, layer, geometry);
  let keptInput: WasmBuffer | 0 = 0;
  if (tiles.forward === null) program.emit('convForward', { ...forward, w });
  else
    keptInput = emitWinogradForward(lowering, name, { ...tiles, forward: tiles.forward }, { ...forward, w });
  const backward = (gradient: Gradient): Gradient | null => {
    const { buffer: dy } = hasRelu ? lowerReluGradient(lowering, output, gradient) : gradient;
    const values = { x: x.buffer, dy, ...geometry, panels };
    const dx = x.needsGradient
      ? newBuffer(lowering, `${name} input gradient`, valueCount(lowering, x))
      : null;
    const keptGradient = dx === null ? 0 : emitInputGradient(lowering, name, tiles, { ...values, w, dx });
    const dw = program.buffer(`${name}.weight gradient`, tensorBytes(weightCount));
    if (tiles.weightGradient === null) program.emit('convWeightGradient', { ...values, dw });
    else {
      const kept = { input: keptInput, gradient: keptGradient };
      emitWinogradWeightGradient(lowering, name, tiles.weightGradient, { ...values, dw }, kept);
    }
    program.watch({ kind: 'gradient', layer: name, input: x, gradient: dw });
    emitBiasGradient(lowering, layer, dy, outHeight * outWidth, outChannels);
    lowering.onGradient(`${name}.weight`, dw);
    return dx === null ? null : { buffer: dx, isOwned: true };
  };
  return { output, backward };
}

export function lowerLinear(lowering: Lowering, layer: Linear, x: Value, hasRelu: boolean): Lowered {
  const { program, memory, blocks } = lowering;
  const { inFeatures, outFeatures, name } = layer;
  const panels = panelCount(lowering, outFeatures);
  const weightCount = inFeatures * outFeatures;
  const layout = {
    kind: 'linear',
    outFeatures,
    channels: x.channels,
    pixels: x.height * x.width,
    panels,
  } as const;
  const w = memory.tensor(`${name}.weight`, weightCount, layout).buffer;
  const sizes = { blocks, inFeatures, outFeatures, panels };
  const output: Value = {
    buffer: newBuffer(lowering, name, blocks * outFeatures * 8),
    channels: outFeatures,
    height: 1,
    width: 1,
    border: 0,
    isFlat: true,
    isOwned: true,
    isSignRead: hasRelu,
    needsGradient: true,
  };
  program.emit('linearForward', {
    x: x.buffer,
    w,
    bias: bias(lowering, layer, outFeatures),
    y: output.buffer,
    ...sizes,
    relu: hasRelu ? 1 : 0,
  });
  const backward = (gradient: Gradient): Gradient | null => {
    const { buffer: dy } = hasRelu ? lowerReluGradient(lowering, output, gradient) : gradient;
    let dx: WasmBuffer | null = null;
    if (x.needsGradient) {
      dx = newBuffer(lowering, `${name} input gradient`, valueCount(lowering, x));
      const scratch = program.buffer(`${name} transposed panel`, lowering.threads * outFeatures * 8 * 4);
      program.emit('linearInputGradient', {
        dy,
        w,
        dx,
        ...sizes,
        inPanels: panelCount(lowering, inFeatures),
        scratch,
        accumulate: 0,
      });
    }
    const dw = program.buffer(`${name}.weight gradient`, tensorBytes(weightCount));
    program.emit('linearWeightGradient', { x: x.buffer, dy, dw, ...sizes });
    program.watch({ kind: 'gradient', layer: name, input: x, gradient: dw });
    emitBiasGradient(lowering, layer, dy, 1, outFeatures);
    lowering.onGradient(`${name}.weight`, dw);
    return dx === null ? null : { buffer: dx, isOwned: true };
  };
  return { output, backward };
}

/** Running statistics that this program moves: the stored ones in training, copies that are read afterwards in an inspection. */
function movedStatistics(lowering: Lowering, key: string, stored: WasmBuffer, channels: number): WasmBuffer {
  if (lowering.mode !== 'inspect') return stored;
  const moved = lowering.program.buffer(key, tensorBytes(channels));
  lowering.program.keep(moved, key);
  lowering.program.emit('copy', { x: stored, y: moved, count: tensorBytes(channels) / 4 });
  return moved;
}

export function lowerBatchNorm(lowering: Lowering, layer: BatchNorm2d, x: Value, hasRelu: boolean): Lowered {
  const { program, memory, blocks, images } = lowering;
  const { numFeatures: channels, eps, momentum, name } = layer;
  const tensor = (suffix: string): WasmBuffer =>
    memory.tensor(`${name}.${suffix}`, channels, { kind: 'plain' }).buffer;
  const weight = tensor('weight');
  const shift = tensor('bias');
  const runningMean = tensor('running_mean');
  const runningVar = tensor('running_var');
  const saved = newBuffer(lowering, `${name} statistics`, channels * 8);
  const pixels = x.height * x.width;
  const sizes = { blocks, pixels, channels };
  if (lowering.mode === 'eval') {
    program.emit('batchNormRunning', { weight, bias: shift, runningMean, runningVar, saved, channels, eps });
  } else {
    program.emit('batchNormStatistics', {
      x: x.buffer,
      weight,
      bias: shift,
      runningMean: movedStatistics(lowering, `${name}.running_mean`, runningMean, channels),
      runningVar: movedStatistics(lowering, `${name}.running_var`, runningVar, channels),
      saved,
      ...sizes,
      images,
      eps,
      momentum,
    });
  }
  // The backward pass reads x again, so the output needs a place of its own.
  const inPlace = lowering.mode === 'eval' && x.isOwned;
  const output: Value = {
    ...x,
    buffer: inPlace ? x.buffer : newBuffer(lowering, name, valueCount(lowering, x)),
    isOwned: true,
    isSignRead: hasRelu,
    needsGradient: true,
  };
  program.emit('batchNormApply', { x: x.buffer, saved, y: output.buffer, ...sizes, relu: hasRelu ? 1 : 0 });
  const backward = ({ buffer: dy, isOwned }: Gradient): Gradient | null => {
    const y = hasRelu ? output.buffer : 0;
    const sums = newBuffer(lowering, `${name} gradient sums`, channels * 4);
    const dWeight = program.buffer(`${name}.weight gradient`, tensorBytes(channels));
    const dBias = program.buffer(`${name}.bias gradient`, tensorBytes(channels));
    program.emit('batchNormGradientSums', {
      dy,
      x: x.buffer,
      y,
      saved,
      sums,
      dWeight,
      dBias,
      ...sizes,
      images,
    });
    let dx: WasmBuffer | null = null;
    if (x.needsGradient) {
      dx = isOwned ? dy : newBuffer(lowering, `${name} input gradient`, valueCount(lowering, x));
      program.emit('batchNormGradient', { dy, x: x.buffer, y, saved, sums, dx, ...sizes, images });
    }
    lowering.onGradient(`${name}.weight`, dWeight);
    lowering.onGradient(`${name}.bias`, dBias);
    return dx === null ? null : { buffer: dx, isOwned: true };
  };
  return { output, backward };
}
