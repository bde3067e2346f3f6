/** Means over windows, as one product with a matrix of shares: AdaptiveAvgPool2d and its like. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayerOp } from '@/engine/tfjs/layerOp';
import { windowAt, type AverageWindows } from '@/model/averageWindows';

/** A matrix [outputs, inputs] for one axis: output i is the sum of its window over its divisor. */
export function averagingMatrix(windows: AverageWindows, inputSize: number): number[][] {
  return Array.from({ length: windows.count }, (_, i) => {
    const { first, end, divisor } = windowAt(windows, i, inputSize);
    return Array.from({ length: inputSize }, (_, k) => (k >= first && k < end ? 1 / divisor : 0));
  });
}

/** Weights [outputs, height * width] of both axes at once, row-major. */
function averagingWeights(rows: readonly number[][], columns: readonly number[][]): Float32Array {
  return Float32Array.from(
    rows.flatMap((row) => columns.flatMap((column) => row.flatMap((r) => column.map((c) => r * c)))),
  );
}

/** `windowsOf`: the layer's windows along an axis of so many places. */
export function averagePoolOp(windowsOf: (size: number) => AverageWindows): LayerOp {
  return {
    forward: (x) => {
      const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
      const [rows, columns] = [windowsOf(height), windowsOf(width)];
      const outputs = rows.count * columns.count;
      const shares = averagingWeights(averagingMatrix(rows, height), averagingMatrix(columns, width));
      const weights = tf.tensor3d(shares, [1, outputs, height * width]);
      const pixels = tf.reshape(x, [batch, height * width, channels]);
      const averages = tf.matMul(weights, pixels);
      return {
        output: tf.reshape(averages, [batch, rows.count, columns.count, channels]),
        backward: (dy) => {
          const dAverages = tf.reshape(dy, [batch, outputs, channels]);
          return tf.reshape(tf.matMul(weights, dAverages, true, false), x.shape);
        },
      };
    },
  };
}
