/**
 * Conv2DBackpropFilter for tfjs's wasm backend, which lacks it: the weight gradient of a convolution is itself a valid
 * convolution, of x seen as [C, H, W, N] with dy seen as a filter [oH, oW, N, oC] dilated by the stride.
 */
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { callKernel, putKernel, type BackendWasm, type KernelCall } from '@/engine/kernels/tfjsInternals';

interface FilterGradientAttributes {
  readonly strides: number | [number, number];
  readonly pad: number;
  readonly filterShape: [number, number, number, number];
}

function conv2dBackpropFilter(call: KernelCall<BackendWasm>): TensorInfo {
  const { backend } = call;
  const { x, dy } = call.inputs;
  if (x === undefined || dy === undefined) throw new TypeError('Conv2DBackpropFilter needs x and dy.');
  const { strides, pad, filterShape } = call.attrs as unknown as FilterGradientAttributes;
  const info = backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filterShape,
    strides,
    1,
    pad,
    'floor',
  );
  // Straight through the kernels: tensors made here are invisible to tidy, so each is freed by hand.
  const scratch: TensorInfo[] = [];
  const run = (name: string, inputs: Record<string, TensorInfo>, attrs: Record<string, unknown>) => {
    const result = callKernel(name, 'wasm', { inputs, attrs, backend });
    scratch.push(result);
    return result;
  };

  const { strideHeight, strideWidth, outHeight, outWidth, filterHeight, filterWidth } = info;
  // Rows and columns that no window reached (the stride does not divide the size) must not widen the result.
  const usedHeight = (outHeight - 1) * strideHeight + filterHeight;
  const usedWidth = (outWidth - 1) * strideWidth + filterWidth;
  let image = x;
  if (pad > 0) {
    const paddings = [
      [0, 0],
      [pad, pad],
      [pad, pad],
      [0, 0],
    ];
    image = run('PadV2', { x: image }, { paddings, constantValue: 0 });
  }
  if (image.shape[1] !== usedHeight || image.shape[2] !== usedWidth) {
    const size = [info.batchSize, usedHeight, usedWidth, info.inChannels];
    image = run('Slice', { x: image }, { begin: [0, 0, 0, 0], size });
  }
  const imageByChannel = run('Transpose', { x: image }, { perm: [3, 1, 2, 0] });
  const gradientAsFilter = run('Transpose', { x: dy }, { perm: [1, 2, 0, 3] });
  const byChannel = run(
    'Conv2D',
    { x: imageByChannel, filter: gradientAsFilter },
    { strides: [1, 1], pad: 'valid', dilations: [strideHeight, strideWidth], dataFormat: 'NHWC' },
  );
  const gradient = callKernel('Transpose', 'wasm', {
    inputs: { x: byChannel },
    attrs: { perm: [1, 2, 0, 3] },
    backend,
  });
  for (const tensor of scratch) backend.disposeData(tensor.dataId);
  return gradient;
}

export function registerConv2dBackpropFilter(): void {
  putKernel('Conv2DBackpropFilter', 'wasm', conv2dBackpropFilter);
}
