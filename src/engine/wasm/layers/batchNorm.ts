/** BatchNorm1d and BatchNorm2d, which may take over the ReLU that follows it. */
import { hasBackward, isTraining } from '@/engine/mode';
import { lowerPlainOrder } from '@/engine/wasm/layers/flatten';
import {
  newBuffer,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import { gradientSlices } from '@/engine/wasm/operations';
import type { WasmBuffer } from '@/engine/wasm/program';
import { tensorBytes } from '@/engine/wasm/runMemory';
import type { BatchNorm1d, BatchNorm2d } from '@/model/layers';

/** Running statistics that this program moves: the stored ones in training, copies that are read afterwards in an inspection. */
function movedStatistics(lowering: Lowering, key: string, stored: WasmBuffer, channels: number): WasmBuffer {
  if (lowering.mode !== 'inspect') return stored;
  const moved = lowering.program.buffer(key, tensorBytes(channels));
  lowering.program.keep(moved, key);
  lowering.program.emit('copy', { x: stored, y: moved, count: tensorBytes(channels) / 4 });
  return moved;
}

export function lowerBatchNorm(
  lowering: Lowering,
  layer: BatchNorm1d | BatchNorm2d,
  x: Value,
  hasRelu: boolean,
): Lowered {
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
  const slices = Math.min(gradientSlices, blocks);
  // SUM_BYTES of assembly/batchNorm.ts.
  const sums = (what: string): WasmBuffer =>
    program.buffer(`${name} ${what}`, slices * Math.ceil(channels / 2) * 64);
  const isRunning = !isTraining(lowering.mode);
  if (isRunning) {
    program.emit('batchNormRunning', { weight, bias: shift, runningMean, runningVar, saved, channels, eps });
  } else {
    const ofSlices = sums('sums');
    program.emit('batchNormSums', { x: x.buffer, sums: ofSlices, ...sizes, images, slices });
    program.emit('batchNormStatistics', {
      sums: ofSlices,
      weight,
      bias: shift,
      runningMean: movedStatistics(lowering, `${name}.running_mean`, runningMean, channels),
      runningVar: movedStatistics(lowering, `${name}.running_var`, runningVar, channels),
      saved,
      pixels,
      channels,
      images,
      slices,
      eps,
      momentum,
    });
  }
  // The backward pass reads x again, so the output needs a place of its own.
  const inPlace = !hasBackward(lowering.mode) && x.isOwned;
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
    const inputGradient = (factors: WasmBuffer | 0): Gradient => {
      const dx = isOwned ? dy : newBuffer(lowering, `${name} input gradient`, valueCount(lowering, x));
      program.emit('batchNormGradient', { dy, x: x.buffer, y, saved, factors, dx, ...sizes, images });
      return { buffer: dx, isOwned: true };
    };
    if (isRunning) return x.needsGradient ? inputGradient(0) : null;
    const factors = newBuffer(lowering, `${name} gradient factors`, channels * 4);
    const dWeight = program.buffer(`${name}.weight gradient`, tensorBytes(channels));
    const dBias = program.buffer(`${name}.bias gradient`, tensorBytes(channels));
    const ofSlices = sums('gradient sums');
    program.emit('batchNormGradientSums', { dy, x: x.buffer, y, sums: ofSlices, ...sizes, slices });
    program.emit('batchNormFactors', {
      sums: ofSlices,
      saved,
      factors,
      dWeight,
      dBias,
      pixels,
      channels,
      images,
      slices,
    });
    const result = x.needsGradient ? inputGradient(factors) : null;
    lowering.onGradient(`${name}.weight`, dWeight);
    lowering.onGradient(`${name}.bias`, dBias);
    return result;
  };
  return { output, backward };
}

/** The same on a row of values, each a channel of its own: an image that was flattened is put into PyTorch's order first. */
export function lowerBatchNorm1d(
  lowering: Lowering,
  layer: BatchNorm1d,
  x: Value,
  hasRelu: boolean,
): Lowered {
  const plain = lowerPlainOrder(lowering, x);
  const { output, backward } = lowerBatchNorm(lowering, layer, plain.output, hasRelu);
  return {
    output,
    backward: (dy) => {
      const gradient = backward(dy);
      return gradient === null ? null : plain.backward(gradient);
    },
  };
}
