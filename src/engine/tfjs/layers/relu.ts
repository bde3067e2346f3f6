/** ReLU. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayerOp } from '@/engine/tfjs/layerOp';

export const reluOp: LayerOp = {
  forward: (x) => {
    // Not tf.relu, which makes 0 of a NaN on WebAssembly.
    const output = tf.maximum(x, 0);
    // Of a NaN PyTorch's slope is 1, and a gradient that is stopped may be NaN.
    return { output, backward: (dy) => tf.where(tf.lessEqual(output, 0), tf.zerosLike(dy), dy) };
  },
};
