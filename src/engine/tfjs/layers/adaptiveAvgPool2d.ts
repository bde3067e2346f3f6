/** AdaptiveAvgPool2d, as one product with a matrix of averages. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayerOp } from '@/engine/tfjs/layerOp';
import type { AdaptiveAvgPool2d } from '@/model/layers';

/**
 * Averages as a matrix [outputs, inputs] for one axis: output i is the mean of inputs floor(i * size / out) to
 * ceil((i + 1) * size / out) - 1, PyTorch's windows, which overlap where the sizes do not divide.
 */
export function averagingMatrix(inputSize: number, outputSize: number): number[][] {
  return Array.from({ length: outputSize }, (_, i) => {
    const start = Math.floor((i * inputSize) / outputSize);
    const end = Math.ceil(((i + 1) * inputSize) / outputSize);
    return Array.from({ length: inputSize }, (_, k) => (k >= start && k < end ? 1 / (end - start) : 0));
  });
}

/** Weights [outputs^2, height * width] of both axes at once, row-major. */
function averagingWeights(height: number, width: number, outputSize: number): Float32Array {
  const rows = averagingMatrix(height, outputSize);
  const columns = averagingMatrix(width, outputSize);
  return Float32Array.from(
    rows.flatMap((row) => columns.flatMap((column) => row.flatMap((r) => column.map((c) => r * c)))),
  );
}

export function adaptiveAvgPoolOp({ outputSize }: AdaptiveAvgPool2d): LayerOp {
  return {
    forward: (x) => {
      const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
      const outputs = outputSize ** 2;
      const weights = tf.tensor3d(averagingWeights(height, width, outputSize), [1, outputs, height * width]);
      const pixels = tf.reshape(x, [batch, height * width, channels]);
      const averages = tf.matMul(weights, pixels);
      return {
        output: tf.reshape(averages, [batch, outputSize, outputSize, channels]),
        backward: (dy) => {
          const dAverages = tf.reshape(dy, [batch, outputs, channels]);
          return tf.reshape(tf.matMul(weights, dAverages, true, false), x.shape);
        },
      };
    },
  };
}
