/** ReLU. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayerOp } from '@/engine/tfjs/layerOp';

export const reluOp: LayerOp = {
  forward: (x) => {
    const output = tf.relu(x);
    return { output, backward: (dy) => tf.mul(dy, tf.step(output)) };
  },
};
