/** Conv2d with what its fast kernels leave out: groups, taps that lie apart, and more padding at the end than at the start. */
import { isTraining } from '@/engine/mode';
import { biasOf, emitBiasGradient } from '@/engine/wasm/lowerBias';
import { outputValue } from '@/engine/wasm/layers/conv2d';
import { emitWeightSums } from '@/engine/wasm/lowerWeightSums';
import { lowerReluGradient } from '@/engine/wasm/layers/relu';
import { newBuffer, panelCount, valueCount } from '@/engine/wasm/lowering';
import type { Gradient, Lowered, Lowering, Value } from '@/engine/wasm/lowering';
import { tensorBytes } from '@/engine/wasm/runMemory';
import type { Conv2d } from '@/model/layers';
import { convWindow } from '@/model/layers/conv2d';
import { convOutputSize } from '@/model/window';

/** Panels of all groups: each group has as many, of one size. */
function panelsOfGroups(lowering: Lowering, channels: number, groups: number): number {
  const inGroup = channels / groups;
  let panels = panelCount(lowering, inGroup);
  while (inGroup % panels !== 0) panels += 1;
  return groups * panels;
}

export function lowerGroupedConv(lowering: Lowering, layer: Conv2d, x: Value, hasRelu: boolean): Lowered {
  const { program, memory, blocks } = lowering;
  const { name, inChannels: channels, outChannels, kernelSize: kernel, groups = 1 } = layer;
  const window = convWindow(layer);
  const { stride, padding, dilation } = window;
  const [outHeight, outWidth] = [convOutputSize(x.height, window), convOutputSize(x.width, window)];
  const size = { blocks, height: x.height, width: x.width, channels, outHeight, outWidth, outChannels };
  const geometry = { ...size, kernel, stride, padding, dilation, groups };
  const panels = panelsOfGroups(lowering, outChannels, groups);
  const count = (outChannels * channels * kernel ** 2) / groups;
  const w = memory.tensor(`${name}.weight`, count, {
    kind: 'conv',
    outChannels,
    inChannels: channels / groups,
    kernelSize: kernel,
    panels,
  }).buffer;
  const bias = biasOf(lowering, layer, outChannels);
  const output = outputValue(lowering, layer, outHeight, outWidth, hasRelu);
  const relu = hasRelu ? 1 : 0;
  program.emit('groupedConvForward', { x: x.buffer, w, bias, y: output.buffer, ...geometry, panels, relu });
  const inputGradient = (dy: Gradient['buffer']): Gradient => {
    const packed = program.buffer(`${name} transposed`, count * 4);
    const inPanels = panelsOfGroups(lowering, channels, groups);
    program.emit('packGroups', { w, packed, channels, outChannels, kernel, panels, inPanels, groups });
    const dx = newBuffer(lowering, `${name} input gradient`, valueCount(lowering, x));
    program.emit('groupedConvInputGradient', { dy, packed, dx, ...geometry, inPanels });
    return { buffer: dx, isOwned: true };
  };
  const backward = (gradient: Gradient): Gradient | null => {
    const { buffer: dy } = hasRelu ? lowerReluGradient(lowering, output, gradient) : gradient;
    emitBiasGradient(lowering, layer, dy, outHeight * outWidth, outChannels);
    const dx = x.needsGradient ? inputGradient(dy) : null;
    if (!isTraining(lowering.mode)) return dx;
    const dw = program.buffer(`${name}.weight gradient`, tensorBytes(count));
    emitWeightSums(lowering, { name, dw, weights: count, input: x, output }, (target, slices) =>
      program.emit('groupedConvWeightGradient', { x: x.buffer, dy, dw: target, ...geometry, panels, slices }),
    );
    program.watch({ kind: 'gradient', layer: name, input: x, gradient: dw });
    lowering.onGradient(`${name}.weight`, dw);
    return dx;
  };
  return { output, backward };
}
