/** One convolution on tfjs's current backend (its plain one where the engine is another), in PyTorch's layouts: the conv lab compares its own sums with it. */
import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from '@/engine/tfjs/kernels/tfjsInternals';

export interface ConvolutionOnDevice {
  /** `transposed` is PyTorch's conv_transpose2d; `convolution` turns the kernel by 180 degrees. */
  readonly operator: 'cross_correlation' | 'convolution' | 'transposed';
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  /** [n, c, h, w] */
  readonly x: Float32Array<ArrayBuffer>;
  readonly xShape: readonly [number, number, number, number];
  /** [filters, c, kh, kw] */
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

function run(problem: ConvolutionOnDevice): tf.Tensor {
  const { operator, stride, padding, dilation, xShape, wShape } = problem;
  const x = tf.transpose(tf.tensor4d(problem.x, [...xShape]), [0, 2, 3, 1]);
  const kernel = dilated(tf.tensor4d(problem.w, [...wShape]), dilation);
  const [, , height, width] = xShape;
  const [filters, , kernelRows, kernelColumns] = kernel.shape;
  const attributes = {
    strides: [stride, stride],
    pad: 'valid',
    dilations: [1, 1],
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
  };
  if (operator === 'transposed') {
    // Without padding first, which then is cut off: padding larger than the kernel is no case of its own that way.
    const rows = (height - 1) * stride + kernelRows;
    const columns = (width - 1) * stride + kernelColumns;
    const whole = runKernel(
      'Conv2DBackpropInput',
      { dy: x, filter: tf.transpose(kernel, [2, 3, 0, 1]) },
      { ...attributes, inputShape: [xShape[0], rows, columns, filters] },
    );
    const cut = [rows - 2 * padding, columns - 2 * padding] as const;
    return tf.slice(whole, [0, padding, padding, 0], [xShape[0], cut[0], cut[1], filters]);
  }
  const filter = tf.transpose(operator === 'convolution' ? tf.reverse(kernel, [2, 3]) : kernel, [2, 3, 1, 0]);
  // Given as one number, tfjs takes a kernel for square.
  const edge = [padding, padding];
  const pad = [[0, 0], edge, edge, [0, 0]];
  return runKernel('Conv2D', { x, filter }, { ...attributes, pad });
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
