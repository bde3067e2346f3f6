/** Layers of the networks that come with the page, in few words: what is not said is PyTorch's default. */
import type {
  BatchNorm2d,
  Conv2d,
  Dropout,
  Dropout2d,
  Flatten,
  Linear,
  MaxPool2d,
  ReLU,
} from '@/model/layers';
import type { WeightInit } from '@/model/initialisations';

const defaultInit: WeightInit = { kind: 'default' };

interface ConvOptions {
  readonly stride?: number;
  readonly padding?: number;
  readonly bias?: boolean;
  readonly init?: WeightInit;
}

export function conv(
  name: string,
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options: ConvOptions = {},
): Conv2d {
  const { stride = 1, padding = 0, bias = true, init = defaultInit } = options;
  return { kind: 'Conv2d', name, inChannels, outChannels, kernelSize, stride, padding, bias, init };
}

export const linear = (
  name: string,
  inFeatures: number,
  outFeatures: number,
  init: WeightInit = defaultInit,
): Linear => ({
  kind: 'Linear',
  name,
  inFeatures,
  outFeatures,
  bias: true,
  init,
});
export const batchNorm = (name: string, numFeatures: number): BatchNorm2d => ({
  kind: 'BatchNorm2d',
  name,
  numFeatures,
  eps: 1e-5,
  momentum: 0.1,
});
export const relu = (name: string): ReLU => ({ kind: 'ReLU', name });
export const maxPool = (name: string, kernelSize = 2, stride = kernelSize, padding = 0): MaxPool2d => ({
  kind: 'MaxPool2d',
  name,
  kernelSize,
  stride,
  padding,
});
export const dropout = (name: string, p = 0.5): Dropout => ({ kind: 'Dropout', name, p });
export const dropout2d = (name: string, p = 0.5): Dropout2d => ({ kind: 'Dropout2d', name, p });
export const flatten = (name = 'flatten'): Flatten => ({ kind: 'Flatten', name });
