/** Conv2d, with what its kernels do on the way: pooling, ReLU and dropout behind it, and in front on the way back. */
import type { Fusion } from '@/engine/compiling/fusion';
import { convForward, convInputGradient, convWeightGradient } from '@/engine/webgpu/kernels/conv';
import type { ConvShape } from '@/engine/webgpu/kernels/convShape';
import {
  biasOf,
  emitWeightGradient,
  gateOf,
  inputGate,
  maskOf,
  onlyPiece,
  optional,
  weightOf,
} from '@/engine/webgpu/layers/weighted';
import {
  dispatchSequence,
  gated,
  mayAccumulate,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import { pieceTensor } from '@/engine/webgpu/runMemory';
import type { Conv2d } from '@/model/layers';
import { convWindow } from '@/model/layers/conv2d';
import { windowOutputSize } from '@/model/window';

export function lowerConv(lowering: Lowering, layer: Conv2d, x: Value, epilogue: Fusion): Lowered {
  const { program, target, images } = lowering;
  const { inChannels, outChannels, kernelSize, stride, name } = layer;
  const { padding } = convWindow(layer);
  const shape: ConvShape = {
    batch: images,
    height: x.height,
    width: x.width,
    inChannels,
    outChannels,
    kernelSize,
    stride,
    padding,
  };
  const stored = weightOf(lowering, layer, x);
  const w = onlyPiece(stored);
  const bias = biasOf(lowering, layer, outChannels);
  const { relu } = epilogue;
  const pool = epilogue.pool?.kernelSize ?? 1;
  const size = (length: number): number =>
    Math.floor(windowOutputSize(length, kernelSize, stride, padding) / pool);
  const outputShape = {
    channels: outChannels,
    height: size(x.height),
    width: size(x.width),
    isFlat: false,
    needsGradient: true,
    gate: gateOf(epilogue),
  };
  const outputs = valueCount(lowering, outputShape);
  const output: Value = { ...outputShape, tensor: program.tensor(name, outputs) };
  const weight = pieceTensor(`${name}.weight`, w);
  const pooled = pool > 1 ? { pool } : {};
  const argmax = pool > 1 ? program.tensor(`${name} argmax`, outputs) : null;
  const scale = maskOf(lowering, epilogue.dropout, { ...outputShape, gate: null });
  dispatchSequence(
    lowering,
    convForward(
      { ...shape, bias: layer.bias, ...pooled, ...(scale === null ? {} : { channelScale: true }), relu },
      target,
    ),
    {
      x: x.tensor,
      weight,
      y: output.tensor,
      ...optional('bias', bias && pieceTensor(`${name}.bias`, bias)),
      ...optional('argmax', argmax),
      ...optional('scale', scale),
    },
  );
  lowering.onWeighted(name, x, stored);
  const backward = (gradient: Gradient, sum?: Gradient): Gradient | null => {
    const { tensor: dy } = gated(lowering, output, gradient);
    emitWeightGradient(
      lowering,
      (params) => convWeightGradient({ ...shape, bias: layer.bias, ...pooled, ...params }, target),
      { name, weight: w, bias, operands: { x: x.tensor, dy, ...optional('argmax', argmax) } },
    );
    if (!x.needsGradient) return null;
    const accumulates = mayAccumulate(sum, dy);
    const dx = accumulates ? sum.tensor : program.tensor(`${name} input gradient`, valueCount(lowering, x));
    const isGated = sum === undefined || accumulates;
    dispatchSequence(
      lowering,
      convInputGradient({ ...shape, ...pooled, ...(isGated ? inputGate(x, accumulates) : {}) }, target),
      {
        dy,
        weight,
        dx,
        ...(x.gate !== null && isGated ? { x: x.tensor } : {}),
        ...optional('argmax', argmax),
      },
    );
    return { tensor: dx, isOwned: true, isGated, isSummed: accumulates };
  };
  return { output, backward };
}
