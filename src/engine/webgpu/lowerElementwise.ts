/** Layers without parameters, where no weighted layer has taken them over. */
import { dropoutBackward, dropoutForward, type DropoutParams } from '@/engine/webgpu/kernels/dropout';
import { reluForward, transpose } from '@/engine/webgpu/kernels/elementwise';
import {
  averagePoolBackward,
  averagePoolForward,
  maxPoolBackward,
  maxPoolForward,
} from '@/engine/webgpu/kernels/pool';
import {
  gated,
  imageShape,
  mayAccumulate,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import type { AdaptiveAvgPool2d, Dropout, Dropout2d, MaxPool2d, ReLU } from '@/model/layers';
import { windowOutputSize } from '@/model/window';

export function lowerRelu(lowering: Lowering, layer: ReLU, x: Value): Lowered {
  const count = valueCount(lowering, x);
  const output: Value = { ...x, tensor: lowering.program.tensor(layer.name, count), gate: { p: 0 } };
  lowering.program.dispatch(reluForward({ count }), { x: x.tensor, y: output.tensor });
  const backward = (dy: Gradient): Gradient | null =>
    x.needsGradient ? { ...gated(lowering, output, dy), isGated: false } : null;
  return { output, backward };
}

/** Which mask a layer has on activations shaped like `x`. */
function dropoutParams(lowering: Lowering, layer: Dropout | Dropout2d, x: Value): DropoutParams {
  return {
    ...imageShape(lowering, x),
    p: layer.p,
    layer: lowering.dropoutOrdinals.get(layer.name) ?? 0,
    perChannel: layer.kind === 'Dropout2d',
  };
}

export function lowerDropout(lowering: Lowering, layer: Dropout | Dropout2d, x: Value): Lowered {
  if (lowering.mode === 'eval' || layer.p === 0) return { output: x, backward: (dy) => dy };
  const { program, clock } = lowering;
  const count = valueCount(lowering, x);
  const params = dropoutParams(lowering, layer, x);
  const output: Value = { ...x, tensor: program.tensor(layer.name, count), gate: null };
  program.dispatch(dropoutForward(params), { clock, x: x.tensor, y: output.tensor });
  const backward = ({ tensor: dy }: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const dx = program.tensor(`${layer.name} input gradient`, count);
    program.dispatch(dropoutBackward(params), { clock, dy, dx });
    return { tensor: dx, isOwned: true, isGated: false };
  };
  return { output, backward };
}

export function lowerMaxPool(lowering: Lowering, layer: MaxPool2d, x: Value, relu: boolean): Lowered {
  const { program } = lowering;
  const { kernelSize, stride, padding, name } = layer;
  const size = (length: number): number => windowOutputSize(length, kernelSize, stride, padding);
  const outputShape = { ...x, height: size(x.height), width: size(x.width) };
  const count = valueCount(lowering, outputShape);
  const output: Value = {
    ...outputShape,
    tensor: program.tensor(name, count),
    gate: relu ? { p: 0 } : null,
  };
  const argmax = program.tensor(`${name} argmax`, count);
  const params = { ...imageShape(lowering, x), kernelSize, stride, padding };
  program.dispatch(maxPoolForward({ ...params, relu }), { x: x.tensor, y: output.tensor, argmax });
  const backward = (gradient: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const masked = relu && !gradient.isGated;
    const dx = program.tensor(`${name} input gradient`, valueCount(lowering, x));
    program.dispatch(maxPoolBackward({ ...params, relu: masked }), {
      dy: gradient.tensor,
      argmax,
      dx,
      ...(masked ? { y: output.tensor } : {}),
    });
    return { tensor: dx, isOwned: true, isGated: false };
  };
  return { output, backward };
}

export function lowerAveragePool(lowering: Lowering, layer: AdaptiveAvgPool2d, x: Value): Lowered {
  const { program } = lowering;
  const { outputSize, name } = layer;
  const outputShape = { ...x, height: outputSize, width: outputSize };
  const y = program.tensor(name, valueCount(lowering, outputShape));
  const params = { ...imageShape(lowering, x), outputSize };
  // A window of one pixel is that pixel.
  if (x.height === outputSize && x.width === outputSize) return { output: x, backward: (dy) => dy };
  program.dispatch(averagePoolForward(params), { x: x.tensor, y });
  const backward = ({ tensor: dy }: Gradient, sum?: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const accumulate = mayAccumulate(sum, dy);
    const dx = accumulate ? sum.tensor : program.tensor(`${name} input gradient`, valueCount(lowering, x));
    program.dispatch(averagePoolBackward({ ...params, accumulate }), { dy, dx });
    return { tensor: dx, isOwned: true, isGated: false, isSummed: accumulate };
  };
  return { output: { ...outputShape, tensor: y, gate: null }, backward };
}

/** A flattened image put into PyTorch's order [C][H][W]; what is in that order already stays as it is. */
export function lowerPlainOrder(lowering: Lowering, x: Value): Lowered {
  const { channels, height, width } = x;
  const pixels = height * width;
  if (pixels === 1 || channels === 1) {
    return { output: { ...x, channels: channels * pixels, height: 1, width: 1 }, backward: (dy) => dy };
  }
  const { program, images } = lowering;
  const count = valueCount(lowering, x);
  const tensor = program.tensor('flattened', count);
  program.dispatch(transpose({ batch: images, rows: pixels, columns: channels }), { x: x.tensor, y: tensor });
  const backward = ({ tensor: dy }: Gradient): Gradient => {
    const dx = program.tensor('flattened input gradient', count);
    program.dispatch(transpose({ batch: images, rows: channels, columns: pixels }), { x: dy, y: dx });
    return { tensor: dx, isOwned: true, isGated: false };
  };
  const output: Value = { ...x, tensor, channels: channels * pixels, height: 1, width: 1, gate: null };
  return { output, backward };
}

/** Both ends of a Residual in one order of values; they differ only where a flattened image meets another vector. */
export function sameOrder(lowering: Lowering, lowered: Lowered, other: Value): Lowered {
  const { output } = lowered;
  if (!output.isFlat || (output.channels === other.channels && output.height === other.height))
    return lowered;
  const plain = lowerPlainOrder(lowering, output);
  const backward = (dy: Gradient, sum?: Gradient): Gradient | null =>
    lowered.backward(plain.backward(dy) ?? dy, sum);
  return { output: plain.output, backward };
}
