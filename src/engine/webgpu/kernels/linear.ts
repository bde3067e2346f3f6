/**
 * Linear layers: forward, gradient of the input, gradient of the weights, over all of `in` or a slice of it. A Linear layer is a
 * 1x1 convolution of images of one pixel, so these are the same generators. Layouts: kernel.ts.
 */
import { fpropDgradKernel } from '@/engine/webgpu/kernels/fpropDgrad';
import type { FpropDgradParams, ImageStack } from '@/engine/webgpu/kernels/fpropDgradPlan';
import { wgradKernels } from '@/engine/webgpu/kernels/wgrad';
import { wgradRows } from '@/engine/webgpu/kernels/wgradPlan';
import type { KernelSequence, KernelTarget, PartialsOption } from '@/engine/webgpu/kernels/convShape';
import { wgradTile } from '@/engine/webgpu/kernels/tuning';

export interface LinearShape {
  readonly batch: number;
  /** Rows of this kernel's weight: the whole layer's or a slice of them, where one buffer cannot hold all. */
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** Features of one image in the buffer `x` (or `dx`), and the first that belongs to this slice; default: all, 0. */
  readonly xStride?: number;
  readonly xOffset?: number;
}

const pixel = { height: 1, width: 1 };
const point = { kernelSize: 1, stride: 1, padding: 0 };

function inputStack(
  name: string,
  { inFeatures, xStride = inFeatures, xOffset = 0 }: LinearShape,
): ImageStack {
  return { ...pixel, name, channels: inFeatures, imageStride: xStride, offset: xOffset };
}

function outputStack(name: string, { outFeatures }: LinearShape): ImageStack {
  return { ...pixel, name, channels: outFeatures, imageStride: outFeatures, offset: 0 };
}

function describeLinear({ batch, inFeatures, outFeatures }: LinearShape): string {
  return `${inFeatures}->${outFeatures} n${batch}`;
}

export interface LinearForwardParams extends LinearShape {
  readonly bias: boolean;
  /** Adds to what y holds (the slices before this one). */
  readonly accumulate?: boolean;
  readonly relu?: boolean;
  /** Binds `mask` [batch][out] (0 or 1 / (1 - p)) and multiplies by it, last. */
  readonly mask?: boolean;
}

/** y = mask * relu(y? + x weight + bias). Bindings: x, weight, bias?, mask?, y. */
export function linearForward(params: LinearForwardParams, target: KernelTarget): KernelSequence {
  const problem: FpropDgradParams = {
    ...point,
    label: `linear forward ${describeLinear(params)}`,
    direction: 'fprop',
    batch: params.batch,
    input: inputStack('x', params),
    output: outputStack('y', params),
    pool: 1,
    bias: params.bias,
    channelScale: false,
    mask: params.mask ?? false,
    relu: params.relu ?? false,
    accumulate: params.accumulate ?? false,
    reluMask: false,
    scale: null,
  };
  return fpropDgradKernel(problem, target);
}

export interface LinearInputGradientParams extends LinearShape {
  /** Adds to what dx holds. */
  readonly accumulate?: boolean;
  /** Binds `x` (strided like dx), the stored output of a ReLU or dropout: where it is 0 the gradient becomes 0. */
  readonly reluMask?: boolean;
  /** Multiplies the result (a dropout before this layer, whose zeros reluMask finds). */
  readonly scale?: number;
}

/** dx = mask(scale * (dx? + dy weight^T)). Bindings: dy, weight, x?, dx. */
export function linearInputGradient(params: LinearInputGradientParams, target: KernelTarget): KernelSequence {
  const problem: FpropDgradParams = {
    ...point,
    label: `linear input gradient ${describeLinear(params)}`,
    direction: 'dgrad',
    batch: params.batch,
    input: outputStack('dy', params),
    output: inputStack('dx', params),
    pool: 1,
    bias: false,
    channelScale: false,
    mask: false,
    relu: false,
    accumulate: params.accumulate ?? false,
    reluMask: params.reluMask ?? false,
    scale: params.scale ?? null,
  };
  return fpropDgradKernel(problem, target);
}

export interface LinearWeightGradientParams extends LinearShape, PartialsOption {
  readonly bias: boolean;
}

/** dw = x^T dy, db = the sum of dy over the batch. Bindings: x, dy, dw, db? (and `partials` in a sequence). */
export function linearWeightGradient(
  params: LinearWeightGradientParams,
  target: KernelTarget,
): KernelSequence {
  const { batch, inFeatures, outFeatures, xStride = inFeatures, xOffset = 0, bias } = params;
  const problem = {
    ...pixel,
    ...point,
    label: `linear weight gradient ${describeLinear(params)}`,
    batch,
    inChannels: inFeatures,
    outChannels: outFeatures,
    imageStride: xStride,
    offset: xOffset,
    bias,
    pool: 1,
    ...(params.partialsOffset === undefined ? {} : { partialsOffset: params.partialsOffset }),
  };
  const size = { rows: wgradRows(problem, false), pixels: batch, channels: outFeatures, patches: false };
  return wgradKernels(problem, wgradTile(size, target));
}
