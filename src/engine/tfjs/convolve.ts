/** One convolution on tfjs's current backend (its plain one where the engine is another), in PyTorch's layouts: the conv lab compares its own sums with it. */
import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from '@/engine/tfjs/kernels/tfjsInternals';

export interface ConvolutionOnDevice {
  /** `transposed` is PyTorch's conv_transpose2d; `convolution` turns the kernel by 180 degrees. */
  readonly operator: 'cross_correlation' | 'convolution' | 'transposed';
  readonly stride: number;
  /** `same` adds dilation * (kernel - 1) zeros along an axis; an odd one has one more below and to the right. */
  readonly padding: number | 'same';
  readonly dilation: number;
  readonly groups: number;
  /** [n, c, h, w] */
  readonly x: Float32Array<ArrayBuffer>;
  readonly xShape: readonly [number, number, number, number];
  /** [filters, c / groups, kh, kw] */
  readonly w: Float32Array<ArrayBuffer>;
  readonly wShape: readonly [number, number, number, number];
  /** One value a filter. */
  readonly bias: Float32Array<ArrayBuffer>;
}

/** Holes written as zeros, since tfjs takes no stride and dilation at once. [f, c, kh, kw] before and after. */
function dilated(w: tf.Tensor4D, dilation: number): tf.Tensor4D {
  if (dilation === 1) return w;
  const [filters, channels, rows, columns] = w.shape;
  const holes = dilation - 1;
  const spread: tf.Tensor4D = tf.reshape(
    tf.pad(tf.reshape(w, [filters, channels, rows, 1, columns, 1]), [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, holes],
      [0, 0],
      [0, holes],
    ]),
    [filters, channels, rows * dilation, columns * dilation],
  );
  return tf.slice(
    spread,
    [0, 0, 0, 0],
    [filters, channels, rows * dilation - holes, columns * dilation - holes],
  );
}

/** Zeros before and after an axis under a kernel of so many cells. */
function edges(padding: number | 'same', kernel: number): [before: number, after: number] {
  if (padding !== 'same') return [padding, padding];
  const before = Math.floor((kernel - 1) / 2);
  return [before, kernel - 1 - before];
}

/**
 * One group alone.
 * @param x [n, h, w, c]
 * @param kernel with its holes, [filters, c, kh, kw]
 */
function runGroup(
  { operator, stride, padding }: ConvolutionOnDevice,
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
): tf.Tensor {
  const [n, height, width] = x.shape;
  const [filters, , kernelRows, kernelColumns] = kernel.shape;
  const attributes = {
    strides: [stride, stride],
    pad: 'valid',
    dilations: [1, 1],
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
  };
  const [top, bottom] = edges(padding, kernelRows);
  const [left, right] = edges(padding, kernelColumns);
  if (operator === 'transposed') {
    // Without padding first, which then is cut off: padding larger than the kernel is no case of its own that way.
    const rows = (height - 1) * stride + kernelRows;
    const columns = (width - 1) * stride + kernelColumns;
    const whole = runKernel(
      'Conv2DBackpropInput',
      { dy: x, filter: tf.transpose(kernel, [2, 3, 0, 1]) },
      { ...attributes, inputShape: [n, rows, columns, filters] },
    );
    return tf.slice(whole, [0, top, left, 0], [n, rows - top - bottom, columns - left - right, filters]);
  }
  const filter = tf.transpose(operator === 'convolution' ? tf.reverse(kernel, [2, 3]) : kernel, [2, 3, 1, 0]);
  // Given as one number, tfjs takes a kernel for square.
  const pad = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return runKernel('Conv2D', { x, filter }, { ...attributes, pad });
}

function run(problem: ConvolutionOnDevice): tf.Tensor {
  const { dilation, groups, xShape, wShape } = problem;
  const x = tf.transpose(tf.tensor4d(problem.x, [...xShape]), [0, 2, 3, 1]);
  const kernel = dilated(tf.tensor4d(problem.w, [...wShape]), dilation);
  // tfjs's own depthwise convolution knows no filter of two channels.
  const kernels = tf.split<tf.Tensor4D>(kernel, groups, 0);
  return tf.concat(
    tf
      .split<tf.Tensor4D>(x, groups, 3)
      .map((group, index) => runGroup(problem, group, kernels[index] ?? kernel)),
    3,
  );
}

/** @returns the output, [n, filters, oh, ow] row-major, and the name of the backend that computed it */
export async function convolveOnDevice(
  problem: ConvolutionOnDevice,
): Promise<{ readonly output: Float32Array<ArrayBuffer>; readonly backend: string }> {
  if (tf.engine().backendName === undefined) {
    // Another engine trains, so tfjs is not at work; for a problem of the lab's size its plainest backend will do.
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
  }
  // Beside an engine that is not tfjs's, none of its backends may have been started.
  if (tf.engine().backendNames().length === 0) await import('@tensorflow/tfjs-backend-cpu');
  await tf.ready();
  const output = tf.tidy(() => tf.transpose(tf.add(run(problem), tf.tensor1d(problem.bias)), [0, 3, 1, 2]));
  try {
    return { output: Float32Array.from(await output.data()), backend: tf.getBackend() };
  } finally {
    output.dispose();
  }
}
