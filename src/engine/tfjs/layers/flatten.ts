/** Flatten. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayerOp } from '@/engine/tfjs/layerOp';

/** [n, h, w, c] -> [n, c * h * w]: PyTorch's channel-major order, though values lie channel-last here. */
export const flattenOp: LayerOp = {
  forward: (x) => {
    const [batch = 0, height = 1, width = 1, channels = 1] = x.shape;
    if (x.shape.length === 2) return { output: tf.clone(x), backward: (dy) => tf.clone(dy) };
    const features = height * width * channels;
    return {
      output: tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [batch, features]),
      backward: (dy) => tf.transpose(tf.reshape(dy, [batch, channels, height, width]), [0, 2, 3, 1]),
    };
  },
};
