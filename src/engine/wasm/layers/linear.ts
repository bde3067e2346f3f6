/** Linear, which may take over the ReLU that follows it. */
import { isTraining } from '@/engine/mode';
import {
  hasFewImages,
  newBuffer,
  panelCount,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import { lowerReluGradient } from '@/engine/wasm/layers/relu';
import { biasOf, emitBiasGradient } from '@/engine/wasm/lowerBias';
import type { WasmBuffer } from '@/engine/wasm/program';
import { tensorBytes } from '@/engine/wasm/runMemory';
import type { Linear } from '@/model/layers';

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
    bias: biasOf(lowering, layer, outFeatures),
    y: output.buffer,
    ...sizes,
    relu: hasRelu ? 1 : 0,
  });
  const backward = (gradient: Gradient): Gradient | null => {
    const { buffer: dy } = hasRelu ? lowerReluGradient(lowering, output, gradient) : gradient;
    let dx: WasmBuffer | null = null;
    if (x.needsGradient) {
      dx = newBuffer(lowering, `${name} input gradient`, valueCount(lowering, x));
      // A transposed panel, or of a few images four sums of every input.
      const values = hasFewImages(lowering) ? lowering.images * inFeatures * 4 : outFeatures * 8;
      const scratch = newBuffer(lowering, `${name} working memory`, lowering.threads * values);
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
    const result = dx === null ? null : { buffer: dx, isOwned: true };
    if (!isTraining(lowering.mode)) return result;
    const dw = program.buffer(`${name}.weight gradient`, tensorBytes(weightCount));
    const packed = newBuffer(
      lowering,
      `${name} packed gradient`,
      lowering.threads * blocks * lowering.maxPanel * 8,
    );
    program.emit('linearWeightGradient', { x: x.buffer, dy, dw, ...sizes, scratch: packed });
    program.watch({ kind: 'gradient', layer: name, input: x, gradient: dw });
    emitBiasGradient(lowering, layer, dy, 1, outFeatures);
    lowering.onGradient(`${name}.weight`, dw);
    return result;
  };
  return { output, backward };
}
