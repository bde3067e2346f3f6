/** Layers without parameters. */
import {
  newBuffer,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import type { WasmBuffer } from '@/engine/wasm/program';
import type { AdaptiveAvgPool2d, Dropout, Dropout2d, MaxPool2d, ReLU } from '@/model/layers';
import { windowOutputSize } from '@/model/window';

/** Where an elementwise result goes: over the input, or into a buffer of its own where others still read the input. */
function resultBuffer(
  lowering: Lowering,
  name: string,
  from: Pick<Gradient, 'buffer' | 'isOwned'>,
  count: number,
): WasmBuffer {
  return from.isOwned ? from.buffer : newBuffer(lowering, name, count);
}

/** `y` is the ReLU's output, or what a dropout made of it in place: both are positive where the gradient passes. */
export function lowerReluGradient(lowering: Lowering, y: Value, gradient: Gradient): Gradient {
  const count = valueCount(lowering, y);
  const dx = resultBuffer(lowering, 'ReLU input gradient', gradient, count);
  lowering.program.emit('reluGradient', { dy: gradient.buffer, y: y.buffer, dx, count });
  return { buffer: dx, isOwned: true };
}

export function lowerRelu(lowering: Lowering, layer: ReLU, x: Value): Lowered {
  const count = valueCount(lowering, x);
  const output = {
    ...x,
    buffer: resultBuffer(lowering, layer.name, x, count),
    isOwned: true,
    isSignRead: true,
  };
  lowering.program.emit('relu', { x: x.buffer, y: output.buffer, count });
  return { output, backward: (dy) => (x.needsGradient ? lowerReluGradient(lowering, output, dy) : null) };
}

export function lowerDropout(lowering: Lowering, layer: Dropout | Dropout2d, x: Value): Lowered {
  if (lowering.mode === 'eval' || layer.p === 0) return { output: x, backward: (dy) => dy };
  const { program, memory, blocks } = lowering;
  const { channels } = x;
  const pixels = x.height * x.width;
  const maskPixels = layer.kind === 'Dropout2d' ? 1 : pixels;
  const mask = newBuffer(lowering, `${layer.name} mask`, blocks * maskPixels * channels * 8);
  const ordinal = lowering.dropoutOrdinals.get(layer.name) ?? 0;
  const key = memory.area(`dropout key ${ordinal}`, 4);
  const scale = layer.p < 1 ? 1 / (1 - layer.p) : 0;
  program.emit('dropoutMask', {
    mask,
    key,
    threshold: Math.ceil(layer.p * 2 ** 24),
    scale,
    blocks,
    pixels: maskPixels,
    channels,
  });
  const sizes = { blocks, pixels, channels, maskPixels };
  const output = {
    ...x,
    buffer: resultBuffer(lowering, layer.name, x, valueCount(lowering, x)),
    isOwned: true,
  };
  program.emit('multiply', { x: x.buffer, mask, y: output.buffer, ...sizes });
  const backward = (dy: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const dx = resultBuffer(lowering, `${layer.name} input gradient`, dy, valueCount(lowering, x));
    program.emit('multiply', { x: dy.buffer, mask, y: dx, ...sizes });
    return { buffer: dx, isOwned: true };
  };
  return { output, backward };
}

export function lowerMaxPool(lowering: Lowering, layer: MaxPool2d, x: Value): Lowered {
  const { program, blocks } = lowering;
  const { kernelSize: kernel, stride, padding, name } = layer;
  const outHeight = windowOutputSize(x.height, kernel, stride, padding);
  const outWidth = windowOutputSize(x.width, kernel, stride, padding);
  const geometry = {
    blocks,
    height: x.height,
    width: x.width,
    channels: x.channels,
    outHeight,
    outWidth,
    kernel,
    stride,
    padding,
  };
  const count = blocks * outHeight * outWidth * x.channels * 8;
  const output: Value = {
    ...x,
    height: outHeight,
    width: outWidth,
    buffer: newBuffer(lowering, name, count),
    isOwned: true,
    isSignRead: false,
  };
  const needsIndex = lowering.mode !== 'eval' && x.needsGradient;
  const index = needsIndex ? newBuffer(lowering, `${name} index`, count) : 0;
  program.emit('maxPool', { x: x.buffer, y: output.buffer, index, ...geometry });
  const backward = (dy: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const dx = newBuffer(lowering, `${name} input gradient`, valueCount(lowering, x));
    program.emit('maxPoolGradient', { dy: dy.buffer, index, dx, ...geometry });
    return { buffer: dx, isOwned: true };
  };
  return { output, backward };
}

export function lowerAveragePool(lowering: Lowering, layer: AdaptiveAvgPool2d, x: Value): Lowered {
  const { program, blocks } = lowering;
  const size = layer.outputSize;
  const geometry = { blocks, height: x.height, width: x.width, channels: x.channels, size };
  const buffer = newBuffer(lowering, layer.name, blocks * size * size * x.channels * 8);
  const output: Value = { ...x, height: size, width: size, buffer, isOwned: true, isSignRead: false };
  program.emit('averagePool', { x: x.buffer, y: buffer, ...geometry });
  const backward = (dy: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const dx = newBuffer(lowering, `${layer.name} input gradient`, valueCount(lowering, x));
    program.emit('averagePoolGradient', { dy: dy.buffer, dx, ...geometry });
    return { buffer: dx, isOwned: true };
  };
  return { output, backward };
}

/** A flattened image put into PyTorch's order [C][H][W]; what is in that order already stays as it is. */
export function lowerPlainOrder(lowering: Lowering, x: Value): Lowered {
  const { channels, height, width } = x;
  const pixels = height * width;
  if (pixels === 1 || channels === 1) {
    return { output: { ...x, channels: channels * pixels, height: 1, width: 1 }, backward: (dy) => dy };
  }
  const { program, blocks } = lowering;
  const count = valueCount(lowering, x);
  const buffer = newBuffer(lowering, 'flattened', count);
  program.emit('transpose', { x: x.buffer, y: buffer, blocks, rows: pixels, columns: channels });
  const output: Value = {
    ...x,
    buffer,
    channels: channels * pixels,
    height: 1,
    width: 1,
    isOwned: true,
    isSignRead: false,
  };
  const backward = (dy: Gradient): Gradient => {
    const dx = newBuffer(lowering, 'flattened input gradient', count);
    program.emit('transpose', { x: dy.buffer, y: dx, blocks, rows: channels, columns: pixels });
    return { buffer: dx, isOwned: true };
  };
  return { output, backward };
}
