/** Conv2d with what its fast kernels leave out: groups, taps that lie apart, and more padding at the end than at the start. */
import {
  groupedConvForward,
  groupedConvInputGradient,
  groupedConvWeightGradient,
} from '@/engine/webgpu/kernels/groupedConv';
import {
  biasOf,
  emitWeightGradient,
  gateOf,
  onlyPiece,
  optional,
  weightOf,
} from '@/engine/webgpu/layers/weighted';
import {
  dispatchWith,
  gated,
  imageShape,
  mayAccumulate,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import type { Fusion } from '@/engine/compiling/fusion';
import { pieceTensor } from '@/engine/webgpu/runMemory';
import type { Conv2d } from '@/model/layers';
import { convWindow } from '@/model/layers/conv2d';
import { convOutputSize } from '@/model/window';

/** Of the epilogue it takes the ReLU alone. */
export function lowerGroupedConv(lowering: Lowering, layer: Conv2d, x: Value, epilogue: Fusion): Lowered {
  const { program } = lowering;
  const { name, inChannels, outChannels, groups = 1 } = layer;
  const window = convWindow(layer);
  const outputShape = {
    channels: outChannels,
    height: convOutputSize(x.height, window),
    width: convOutputSize(x.width, window),
    isFlat: false,
    needsGradient: true,
    gate: gateOf(epilogue),
  };
  const { batch, height, width } = imageShape(lowering, x);
  const shape = {
    ...window,
    batch,
    height,
    width,
    inChannels,
    outChannels,
    outHeight: outputShape.height,
    outWidth: outputShape.width,
    groups,
  };
  const stored = weightOf(lowering, layer, x);
  const w = onlyPiece(stored);
  const weight = pieceTensor(`${name}.weight`, w);
  const bias = biasOf(lowering, layer, outChannels);
  const output: Value = { ...outputShape, tensor: program.tensor(name, valueCount(lowering, outputShape)) };
  dispatchWith(program, groupedConvForward({ ...shape, bias: layer.bias, relu: epilogue.relu }), {
    x: x.tensor,
    weight,
    y: output.tensor,
    ...optional('bias', bias && pieceTensor(`${name}.bias`, bias)),
  });
  lowering.onWeighted(name, x, stored);
  const backward = (gradient: Gradient, sum?: Gradient): Gradient | null => {
    const { tensor: dy } = gated(lowering, output, gradient);
    emitWeightGradient(
      lowering,
      (params) => groupedConvWeightGradient({ ...shape, bias: layer.bias, ...params }),
      { name, weight: w, bias, operands: { x: x.tensor, dy } },
    );
    if (!x.needsGradient) return null;
    const accumulate = mayAccumulate(sum, dy);
    const dx = accumulate ? sum.tensor : program.tensor(`${name} input gradient`, valueCount(lowering, x));
    dispatchWith(program, groupedConvInputGradient({ ...shape, accumulate }), { dy, weight, dx });
    return { tensor: dx, isOwned: true, isGated: false, isSummed: accumulate };
  };
  return { output, backward };
}
