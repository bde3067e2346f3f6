/** Shape inference: what each layer gives, and in words why one does not fit. */
import { parameterProblem } from '@/model/layerFields';
import { assertNever, type LayerSpec, type NetworkSpec } from '@/model/layers';
import type { InputPipeline } from '@/model/runConfig';

/** Shape of one image without the batch: [C, H, W], or [features] after Flatten. */
export type Shape = readonly number[];

/** `16x5x5 = 400`, or `320`. */
export function formatShape(shape: Shape): string {
  const product = shape.reduce((a, b) => a * b, 1);
  return shape.length === 1 ? String(product) : `${shape.join('x')} = ${product}`;
}

export type ShapeProblemCode =
  | 'channels'
  | 'features'
  | 'needs_image'
  | 'needs_vector'
  | 'kernel_too_large'
  | 'residual_mismatch'
  | 'output_classes'
  | 'invalid_parameter';

/** A layer that does not fit, with the numbers that a message needs; the page words it in the user's language. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
  readonly code: ShapeProblemCode;
  readonly layer: string;
  readonly details: Readonly<Record<string, string | number>>;
  constructor(
    code: ShapeProblemCode,
    layer: string,
    message: string,
    details: Readonly<Record<string, string | number>> = {},
  ) {
    super(message);
    this.code = code;
    this.layer = layer;
    this.details = details;
  }
}

/** floor((size + 2 * padding - kernel) / stride) + 1, PyTorch's Conv2d and MaxPool2d (ceil_mode false). */
export function windowOutputSize(size: number, kernel: number, stride: number, padding: number): number {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

/** Pairs of an output pixel and a tap of its window that lies in the image, in one dimension. */
export function tapsInside(
  size: number,
  outSize: number,
  {
    kernelSize,
    stride,
    padding,
  }: { readonly kernelSize: number; readonly stride: number; readonly padding: number },
): number {
  let taps = 0;
  for (let pixel = 0; pixel < outSize; pixel += 1) {
    const first = pixel * stride - padding;
    taps += Math.max(0, Math.min(first + kernelSize, size) - Math.max(first, 0));
  }
  return taps;
}

function imageOf(layer: LayerSpec, input: Shape): [number, number, number] {
  const [channels, height, width] = input;
  if (channels === undefined || height === undefined || width === undefined) {
    throw new ShapeError(
      'needs_image',
      layer.name,
      `${layer.kind} ${layer.name} needs an image [channels, height, width], the layer before gives ${formatShape(input)} values.`,
      { kind: layer.kind, given: formatShape(input) },
    );
  }
  return [channels, height, width];
}

function windowed(
  layer: LayerSpec & { kernelSize: number; stride: number; padding: number },
  height: number,
  width: number,
): [number, number] {
  const { kernelSize, stride, padding } = layer;
  const smallest = Math.min(height, width) + 2 * padding;
  if (kernelSize > smallest) {
    throw new ShapeError(
      'kernel_too_large',
      layer.name,
      `${layer.kind} ${layer.name} has a ${kernelSize}x${kernelSize} kernel, larger than its padded input of ${height + 2 * padding}x${width + 2 * padding}.`,
      {
        kind: layer.kind,
        kernel: kernelSize,
        height: height + 2 * padding,
        width: width + 2 * padding,
      },
    );
  }
  return [
    windowOutputSize(height, kernelSize, stride, padding),
    windowOutputSize(width, kernelSize, stride, padding),
  ];
}

function expectChannels(layer: LayerSpec, expected: number, channels: number): void {
  if (expected !== channels) {
    throw new ShapeError(
      'channels',
      layer.name,
      `${layer.kind} ${layer.name} expects ${expected} channels, the layer before gives ${channels}.`,
      { kind: layer.kind, expected, given: channels },
    );
  }
}

function expectValidParameters(layer: LayerSpec): void {
  const problem = parameterProblem(layer);
  if (problem === null) return;
  const { field, value, min, max, isInteger } = problem;
  throw new ShapeError(
    'invalid_parameter',
    layer.name,
    `${layer.kind} ${layer.name}: ${field} must be a ${isInteger ? 'whole number' : 'number'} from ${min} to ${max}, not ${value}.`,
    { kind: layer.kind, field, value, min, max },
  );
}

/**
 * Shape that `layer` gives for `input`.
 * @throws ShapeError naming the layer, what it expects and what it got.
 */
export function outputShape(layer: LayerSpec, input: Shape): Shape {
  expectValidParameters(layer);
  switch (layer.kind) {
    case 'Conv2d': {
      const [channels, height, width] = imageOf(layer, input);
      expectChannels(layer, layer.inChannels, channels);
      return [layer.outChannels, ...windowed(layer, height, width)];
    }
    case 'MaxPool2d': {
      const [channels, height, width] = imageOf(layer, input);
      return [channels, ...windowed(layer, height, width)];
    }
    case 'BatchNorm2d': {
      const [channels] = imageOf(layer, input);
      expectChannels(layer, layer.numFeatures, channels);
      return input;
    }
    case 'AdaptiveAvgPool2d': {
      const [channels] = imageOf(layer, input);
      return [channels, layer.outputSize, layer.outputSize];
    }
    case 'Dropout2d':
      imageOf(layer, input);
      return input;
    case 'ReLU':
    case 'Dropout':
      return input;
    case 'Flatten':
      return [input.reduce((a, b) => a * b, 1)];
    case 'Linear': {
      const [features] = input;
      if (input.length !== 1 || features !== layer.inFeatures) {
        throw new ShapeError(
          input.length === 1 ? 'features' : 'needs_vector',
          layer.name,
          `Linear ${layer.name} expects ${layer.inFeatures} inputs, the layer before gives ${formatShape(input)}${input.length === 1 ? '' : '; add a Flatten before it'}.`,
          { kind: layer.kind, expected: layer.inFeatures, given: formatShape(input) },
        );
      }
      return [layer.outFeatures];
    }
    case 'Residual': {
      const body = sequenceOutputShape(layer.body, input);
      const shortcut = sequenceOutputShape(layer.shortcut, input);
      if (body.join() !== shortcut.join()) {
        throw new ShapeError(
          'residual_mismatch',
          layer.name,
          `Residual ${layer.name} adds its body, ${body.join('x')}, to its shortcut, ${shortcut.join('x')}: the shapes must be equal.`,
          { kind: layer.kind, body: body.join('x'), shortcut: shortcut.join('x') },
        );
      }
      return body;
    }
    default:
      return assertNever(layer);
  }
}

function sequenceOutputShape(layers: readonly LayerSpec[], input: Shape): Shape {
  return layers.reduce<Shape>((shape, layer) => outputShape(layer, shape), input);
}

/** Shape of one preprocessed image: [1, 28, 28] or what the resize gives. */
export function inputShape(input: InputPipeline): Shape {
  const size = input.resize ?? 28;
  return [1, size, size];
}

export interface LayerShapes {
  readonly layer: LayerSpec;
  readonly input: Shape;
  readonly output: Shape;
  /** 0 at the top level, 1 inside a Residual, ... */
  readonly depth: number;
}

/**
 * Every layer with its input and output shapes, in forward order, the insides of Residual before the Residual itself.
 * @throws ShapeError at the first layer that does not fit, or when the last does not give 10 logits.
 */
export function inferShapes(network: NetworkSpec, input: Shape): LayerShapes[] {
  const found: LayerShapes[] = [];
  const walk = (layers: readonly LayerSpec[], start: Shape, depth: number): Shape => {
    let shape = start;
    for (const layer of layers) {
      if (layer.kind === 'Residual') {
        walk(layer.body, shape, depth + 1);
        walk(layer.shortcut, shape, depth + 1);
      }
      const output = outputShape(layer, shape);
      found.push({ layer, input: shape, output, depth });
      shape = output;
    }
    return shape;
  };
  const output = walk(network.layers, input, 0);
  if (output.length !== 1 || output[0] !== 10) {
    const last = network.layers.at(-1)?.name ?? '';
    throw new ShapeError(
      'output_classes',
      last,
      `The network must end in 10 values, one a digit; it ends in ${formatShape(output)}.`,
      { given: formatShape(output) },
    );
  }
  return found;
}
