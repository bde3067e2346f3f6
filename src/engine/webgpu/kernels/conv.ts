/** Convolutions: forward, gradient of the input, gradient of the weights. Layouts: kernel.ts. */
import { fpropDgradKernel } from '@/engine/webgpu/kernels/fpropDgrad';
import type { FpropDgradParams, ImageStack } from '@/engine/webgpu/kernels/fpropDgradPlan';
import { wgradKernels } from '@/engine/webgpu/kernels/wgrad';
import { mayPatch, wgradRows } from '@/engine/webgpu/kernels/wgradPlan';
import {
  convOutputSize,
  describeConv,
  type ConvShape,
  type KernelSequence,
  type KernelTarget,
  type PartialsOption,
} from '@/engine/webgpu/kernels/convShape';
import { patchesRows, wgradTile } from '@/engine/webgpu/kernels/tuning';

export interface ConvForwardParams extends ConvShape {
  readonly bias: boolean;
  /**
   * Max pool of `pool` x `pool` windows, stride `pool`, no padding, fused behind the convolution: y is the pooled output and
   * `argmax` its winners (offset in one image of the convolution's output). ReLU and Dropout2d commute with it. Windows above
   * 3 x 3 are better pooled by a kernel of their own: a lane holds a whole window.
   */
  readonly pool?: number;
  /** Multiplies channel c of image n by `scale`[n][c] (Dropout2d: 0 or 1 / (1 - p)), after the pool, before ReLU. */
  readonly channelScale?: boolean;
  readonly relu?: boolean;
}

const noEpilogue = {
  bias: false,
  channelScale: false,
  mask: false,
  relu: false,
  accumulate: false,
  reluMask: false,
  scale: null,
};

function inputStack(name: string, { height, width, inChannels }: ConvShape): ImageStack {
  return { name, height, width, channels: inChannels, imageStride: height * width * inChannels, offset: 0 };
}

function outputStack(name: string, shape: ConvShape): ImageStack {
  const { outHeight: height, outWidth: width } = convOutputSize(shape);
  const channels = shape.outChannels;
  return { name, height, width, channels, imageStride: height * width * channels, offset: 0 };
}

/** y = relu(scale * maxpool(conv(x, weight) + bias)). Bindings: x, weight, bias?, scale?, y, argmax?. */
export function convForward(params: ConvForwardParams, target: KernelTarget): KernelSequence {
  const { pool = 1 } = params;
  const output = outputStack('y', params);
  const problem: FpropDgradParams = {
    ...noEpilogue,
    label: `conv forward ${describeConv(params)}${pool > 1 ? ` pool ${pool}` : ''}`,
    direction: 'fprop',
    batch: params.batch,
    input: inputStack('x', params),
    output,
    kernelSize: params.kernelSize,
    stride: params.stride,
    padding: params.padding,
    pool,
    bias: params.bias,
    channelScale: params.channelScale ?? false,
    relu: params.relu ?? false,
  };
  return fpropDgradKernel(problem, target);
}

export interface ConvInputGradientParams extends ConvShape {
  /** As in the forward kernel: `dy` is the gradient of the pooled output and `argmax` is read. */
  readonly pool?: number;
  /** Adds to what dx holds. */
  readonly accumulate?: boolean;
  /** Binds `x`, the stored output of a ReLU: where it is 0 the gradient becomes 0 (after accumulating). */
  readonly reluMask?: boolean;
  /** Multiplies the result (a dropout before this layer, whose zeros reluMask finds). */
  readonly scale?: number;
}

/** dx = mask(scale * (dx? + dy * weight^T)). Bindings: dy, argmax?, weight, x?, dx. */
export function convInputGradient(params: ConvInputGradientParams, target: KernelTarget): KernelSequence {
  const { batch, stride, pool = 1 } = params;
  const problem: FpropDgradParams = {
    ...noEpilogue,
    label: `conv input gradient ${describeConv(params)}${pool > 1 ? ` pool ${pool}` : ''}`,
    direction: 'dgrad',
    batch,
    input: outputStack('dy', params),
    output: inputStack('dx', params),
    kernelSize: params.kernelSize,
    stride,
    padding: params.padding,
    pool,
    accumulate: params.accumulate ?? false,
    reluMask: params.reluMask ?? false,
    scale: params.scale ?? null,
  };
  return fpropDgradKernel(problem, target);
}

export interface ConvWeightGradientParams extends ConvShape, PartialsOption {
  readonly bias: boolean;
  /** As in the forward kernel: `dy` is the gradient of the pooled output and `argmax` is read. */
  readonly pool?: number;
}

/**
 * dw = x^T dy over all pixels of the batch, db = the sum of dy. Bindings: x, dy, argmax?, dw, db? and, between the kernels of a
 * sequence that splits the batch, `partials` [splits][weights, biases], added in a fixed order.
 */
export function convWeightGradient(params: ConvWeightGradientParams, target: KernelTarget): KernelSequence {
  const { height, width, inChannels, outChannels, pool = 1 } = params;
  const { outHeight, outWidth } = convOutputSize(params);
  const problem = {
    ...params,
    label: `conv weight gradient ${describeConv(params)}${pool > 1 ? ` pool ${pool}` : ''}`,
    imageStride: height * width * inChannels,
    offset: 0,
    pool,
  };
  const pixels = params.batch * outHeight * outWidth;
  const patches = mayPatch(problem) && patchesRows(target);
  const size = { rows: wgradRows(problem, patches), pixels, channels: outChannels, patches };
  return wgradKernels(problem, wgradTile(size, target));
}
