/** Layers without parameters that keep the values' number: ReLU, Flatten, Dropout, Dropout2d. */
import * as tf from '@tensorflow/tfjs-core';
import { hashDropoutMask } from '@/engine/kernels/hashDropoutMask';
import type { ForwardContext, LayerOp } from '@/engine/tfjs/layerOp';
import type { Dropout, Dropout2d } from '@/model/layers';
import { streamKey, streams } from '@/model/random';

export const reluOp: LayerOp = {
  forward: (x) => {
    const output = tf.relu(x);
    return { output, backward: (dy) => tf.mul(dy, tf.step(output)) };
  },
};

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

/** Shape of the mask as [n, h, w, c]; a vector is an image of one pixel, which keeps PyTorch's element indices. */
function maskShape(layer: Dropout | Dropout2d, shape: readonly number[]): [number, number, number, number] {
  const [batch = 0] = shape;
  const channels = shape.at(-1) ?? 1;
  const [height, width] = shape.length === 4 && layer.kind === 'Dropout' ? [shape[1], shape[2]] : [1, 1];
  return [batch, height ?? 1, width ?? 1, channels];
}

/** `ordinal` is the layer's position among the network's dropout layers in forward order. */
export function dropoutOp(layer: Dropout | Dropout2d, ordinal: number): LayerOp {
  const draw = (shape: readonly number[], { seed, step }: ForwardContext): tf.Tensor => {
    const key = streamKey(seed, streams.dropout, step, ordinal);
    const mask = hashDropoutMask(maskShape(layer, shape), key, layer.p);
    return shape.length === 4 ? mask : tf.reshape(mask, [...shape]);
  };
  return {
    forward: (x, context) => {
      if (!context.isTraining || layer.p === 0) {
        return { output: tf.clone(x), backward: (dy) => tf.clone(dy) };
      }
      const mask = draw(x.shape, context);
      return { output: tf.mul(x, mask), backward: (dy) => tf.mul(dy, mask) };
    },
  };
}
