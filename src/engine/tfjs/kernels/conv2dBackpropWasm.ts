/**
 * The two gradients of Conv2D for tfjs's wasm backend, both as convolutions again, which XNNPACK runs fast: the weight
 * gradient, which tfjs lacks there, and the input gradient, which tfjs computes in plain loops.
 */
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import {
  hostValues,
  makeHostTensor,
  putKernel,
  Scratch,
  type BackendWasm,
  type KernelCall,
} from '@/engine/tfjs/kernels/tfjsInternals';

type Shape4D = [number, number, number, number];

interface FilterGradientAttributes {
  readonly strides: number | [number, number];
  readonly pad: number;
  readonly filterShape: Shape4D;
}

/**
 * A valid convolution of x seen as [C, H, W, N] with dy seen as a filter [oH, oW, N, oC] dilated by the stride gives
 * [C, kH, kW, oC].
 */
function conv2dBackpropFilter({ backend, inputs, attrs }: KernelCall<BackendWasm>): TensorInfo {
  const { x, dy } = inputs;
  if (x === undefined || dy === undefined) throw new TypeError('Conv2DBackpropFilter needs x and dy.');
  const { strides, pad, filterShape } = attrs as unknown as FilterGradientAttributes;
  const info = backend_util.computeConv2DInfo(x.shape as Shape4D, filterShape, strides, 1, pad, 'floor');
  const { strideHeight, strideWidth, outHeight, outWidth, filterHeight, filterWidth } = info;
  const scratch = new Scratch(backend);

  let image = x;
  if (pad > 0) {
    const around = [pad, pad];
    image = scratch.run('PadV2', { x }, { paddings: [[0, 0], around, around, [0, 0]], constantValue: 0 });
  }
  // Rows and columns that no window reached (the stride does not divide the size) must not widen the result.
  const usedHeight = (outHeight - 1) * strideHeight + filterHeight;
  const usedWidth = (outWidth - 1) * strideWidth + filterWidth;
  if (image.shape[1] !== usedHeight || image.shape[2] !== usedWidth) {
    const size = [info.batchSize, usedHeight, usedWidth, info.inChannels];
    image = scratch.run('Slice', { x: image }, { begin: [0, 0, 0, 0], size });
  }
  const imageByChannel = scratch.run('Transpose', { x: image }, { perm: [3, 1, 2, 0] });
  const gradientAsFilter = scratch.run('Transpose', { x: dy }, { perm: [1, 2, 0, 3] });
  const byChannel = scratch.run(
    'Conv2D',
    { x: imageByChannel, filter: gradientAsFilter },
    { strides: [1, 1], pad: 'valid', dilations: [strideHeight, strideWidth], dataFormat: 'NHWC' },
  );
  return scratch.free(scratch.run('Transpose', { x: byChannel }, { perm: [1, 2, 0, 3] }));
}

interface InputGradientAttributes {
  readonly strides: number | [number, number];
  readonly pad: number;
  readonly inputShape: Shape4D;
}

/** dy with stride - 1 zeros between its values, as large as the output of the same convolution with stride 1. */
function spread(backend: BackendWasm, dy: TensorInfo, info: backend_util.Conv2DInfo): TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels, strideHeight, strideWidth } = info;
  const height = info.inHeight + 2 * info.padInfo.top - info.filterHeight + 1;
  const width = info.inWidth + 2 * info.padInfo.left - info.filterWidth + 1;
  const result = makeHostTensor(backend, [batchSize, height, width, outChannels]);
  const to = hostValues(backend, result).fill(0);
  const from = hostValues(backend, dy);
  for (let n = 0; n < batchSize; n += 1) {
    for (let row = 0; row < outHeight; row += 1) {
      for (let column = 0; column < outWidth; column += 1) {
        const source = ((n * outHeight + row) * outWidth + column) * outChannels;
        const target = ((n * height + row * strideHeight) * width + column * strideWidth) * outChannels;
        to.set(from.subarray(source, source + outChannels), target);
      }
    }
  }
  return result;
}

/** dx is the convolution of dy, spread by the stride and padded by k - 1 - pad, with the filter flipped in both directions. */
function conv2dBackpropInput({ backend, inputs, attrs }: KernelCall<BackendWasm>): TensorInfo {
  const { dy, filter } = inputs;
  if (dy === undefined || filter === undefined)
    throw new TypeError('Conv2DBackpropInput needs dy and filter.');
  const { strides, pad, inputShape } = attrs as unknown as InputGradientAttributes;
  const filterShape = filter.shape as Shape4D;
  const info = backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, 'floor');
  const scratch = new Scratch(backend);

  const isSpread = info.strideHeight > 1 || info.strideWidth > 1;
  let gradient = isSpread ? scratch.hold(spread(backend, dy, info)) : dy;
  const border = info.filterHeight - 1 - pad;
  if (border < 0) {
    // More padding than the kernel reaches: the outermost windows saw zeros only.
    const [batch = 0, height = 0, width = 0, channels = 0] = gradient.shape;
    const size = [batch, height + 2 * border, width + 2 * border, channels];
    gradient = scratch.run('Slice', { x: gradient }, { begin: [0, -border, -border, 0], size });
  }
  const flipped = scratch.run('Reverse', { x: filter }, { dims: [0, 1] });
  const byOutput = scratch.run('Transpose', { x: flipped }, { perm: [0, 1, 3, 2] });
  const dx = scratch.run(
    'Conv2D',
    { x: gradient, filter: byOutput },
    {
      strides: [1, 1],
      pad: Math.max(0, border),
      dilations: [1, 1],
      dataFormat: 'NHWC',
      dimRoundingMode: 'floor',
    },
  );
  return scratch.free(dx);
}

export function registerConv2dBackprop(): void {
  putKernel('Conv2DBackpropFilter', 'wasm', conv2dBackpropFilter);
  putKernel('Conv2DBackpropInput', 'wasm', conv2dBackpropInput);
}
