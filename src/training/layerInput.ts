/**
 * What one convolution of the network reads for an image, and one filter of it: computed from the parameters in plain
 * arrays, in eval mode, so that it works with every engine. It is asked for by people, not in the training loop.
 */
import { convolve } from '@/conv/convolution';
import type { Tensor4 } from '@/conv/geometry';
import { maxPool, relu } from '@/conv/stages';
import {
  assertNever,
  type BatchNorm2d,
  type Conv2d,
  flattenLayers,
  type LayerSpec,
  type Linear,
  type NetworkSpec,
} from '@/model/layers';
import type { StateDict } from '@/model/tensor';
import type { LayerInput } from '@/protocol/requests';

function values(parameters: StateDict, key: string): Float32Array {
  const tensor = parameters.get(key);
  if (tensor?.dtype !== 'F32') throw new RangeError(`The network has no parameter ${key}.`);
  return tensor.data;
}

function conv(layer: Conv2d, x: Tensor4, parameters: StateDict): Tensor4 {
  const { name, outChannels, inChannels, kernelSize, stride, padding } = layer;
  const w: Tensor4 = {
    shape: [outChannels, inChannels, kernelSize, kernelSize],
    data: values(parameters, `${name}.weight`),
  };
  const bias = layer.bias ? values(parameters, `${name}.bias`) : null;
  return convolve(x, w, bias, { operator: 'cross_correlation', stride, padding, dilation: 1 });
}

function batchNorm({ name, eps }: BatchNorm2d, x: Tensor4, parameters: StateDict): Tensor4 {
  const [weight = [], bias = [], mean = [], variance = []] = [
    'weight',
    'bias',
    'running_mean',
    'running_var',
  ].map((key) => values(parameters, `${name}.${key}`));
  const plane = x.shape[2] * x.shape[3];
  const data = Float64Array.from(x.data, (value, index) => {
    const c = Math.floor(index / plane);
    const scale = (weight[c] ?? 1) / Math.sqrt((variance[c] ?? 1) + eps);
    return (value - (mean[c] ?? 0)) * scale + (bias[c] ?? 0);
  });
  return { shape: x.shape, data };
}

function linear(layer: Linear, x: Tensor4, parameters: StateDict): Tensor4 {
  const { name, inFeatures, outFeatures } = layer;
  const weight = values(parameters, `${name}.weight`);
  const bias = layer.bias ? values(parameters, `${name}.bias`) : null;
  const data = new Float64Array(outFeatures);
  for (let o = 0; o < outFeatures; o += 1) {
    let sum = bias?.[o] ?? 0;
    for (let i = 0; i < inFeatures; i += 1) sum += (x.data[i] ?? 0) * (weight[o * inFeatures + i] ?? 0);
    data[o] = sum;
  }
  return { shape: [1, outFeatures, 1, 1], data };
}

/** PyTorch's adaptive windows: from floor(i * in / out) to ceil((i + 1) * in / out). */
function adaptiveAverage(size: number, x: Tensor4): Tensor4 {
  const [, channels, height, width] = x.shape;
  const data = new Float64Array(channels * size * size);
  for (let index = 0; index < data.length; index += 1) {
    const column = index % size;
    const row = Math.floor(index / size) % size;
    const c = Math.floor(index / (size * size));
    const top = Math.floor((row * height) / size);
    const bottom = Math.ceil(((row + 1) * height) / size);
    const left = Math.floor((column * width) / size);
    const right = Math.ceil(((column + 1) * width) / size);
    let sum = 0;
    for (let y = top; y < bottom; y += 1) {
      for (let z = left; z < right; z += 1) sum += x.data[(c * height + y) * width + z] ?? 0;
    }
    data[index] = sum / ((bottom - top) * (right - left));
  }
  return { shape: [1, channels, size, size], data };
}

/** Called with every convolution and what it reads, in forward order. */
type Visit = (layer: Conv2d, input: Tensor4) => void;

function forwardLayer(layer: LayerSpec, x: Tensor4, parameters: StateDict, visit: Visit): Tensor4 {
  switch (layer.kind) {
    case 'Conv2d':
      visit(layer, x);
      return conv(layer, x, parameters);
    case 'Linear':
      return linear(layer, x, parameters);
    case 'BatchNorm2d':
      return batchNorm(layer, x, parameters);
    case 'ReLU':
      return relu(x);
    case 'MaxPool2d':
      return maxPool(x, layer);
    case 'AdaptiveAvgPool2d':
      return adaptiveAverage(layer.outputSize, x);
    case 'Dropout':
    case 'Dropout2d':
      return x;
    case 'Flatten':
      return { shape: [1, x.data.length, 1, 1], data: x.data };
    case 'Residual': {
      const body = forward(layer.body, x, parameters, visit);
      const shortcut = forward(layer.shortcut, x, parameters, visit);
      return {
        shape: body.shape,
        data: Float64Array.from(body.data, (value, k) => value + (shortcut.data[k] ?? 0)),
      };
    }
    default:
      return assertNever(layer);
  }
}

/** Eval-mode forward pass of one image, [1, c, h, w] or [1, features, 1, 1]. */
export function forward(
  layers: readonly LayerSpec[],
  x: Tensor4,
  parameters: StateDict,
  visit: Visit = () => undefined,
): Tensor4 {
  return layers.reduce((input, layer) => forwardLayer(layer, input, parameters, visit), x);
}

/** Ends the forward pass at the layer that was asked for. */
class Found extends Error {
  readonly input: Tensor4;
  constructor(input: Tensor4) {
    super('found');
    this.input = input;
  }
}

function inputOf(network: NetworkSpec, name: string, x: Tensor4, parameters: StateDict): Tensor4 {
  try {
    forward(network.layers, x, parameters, (layer, input) => {
      if (layer.name === name) throw new Found(input);
    });
  } catch (error) {
    if (error instanceof Found) return error.input;
    throw error;
  }
  throw new RangeError(`The network has no convolution ${name}.`);
}

/**
 * @param x the preprocessed image, [1, 1, h, w]
 * @throws RangeError when there is no such layer or filter
 */
export function layerInput(
  network: NetworkSpec,
  parameters: StateDict,
  x: Tensor4,
  name: string,
  filter: number,
): LayerInput {
  const layer = flattenLayers(network.layers).find((one) => one.name === name);
  if (layer?.kind !== 'Conv2d' || filter < 0 || filter >= layer.outChannels) {
    throw new RangeError(`The network has no convolution ${name} with a filter ${filter}.`);
  }
  const { inChannels, kernelSize, stride, padding } = layer;
  const input = inputOf(network, name, x, parameters);
  const length = inChannels * kernelSize * kernelSize;
  return {
    input: Float32Array.from(input.data),
    inputShape: [input.shape[1], input.shape[2], input.shape[3]],
    kernel: Float32Array.from(
      values(parameters, `${name}.weight`).subarray(filter * length, (filter + 1) * length),
    ),
    kernelSize,
    bias: layer.bias ? (values(parameters, `${name}.bias`)[filter] ?? 0) : 0,
    stride,
    padding,
  };
}
