/** Activations but ReLU: a function of each value, whose slope follows from what it gives. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayerOp } from '@/engine/tfjs/layerOp';
import type { ActivationKind } from '@/model/layers';

/** `slope`: the derivative where the value is y. */
function activationOp(value: (x: tf.Tensor) => tf.Tensor, slope: (y: tf.Tensor) => tf.Tensor): () => LayerOp {
  return () => ({
    forward: (x) => {
      const output = value(x);
      return { output, backward: (dy) => tf.mul(dy, slope(output)) };
    },
  });
}

export const activationOps: { readonly [Kind in ActivationKind]: () => LayerOp } = {
  Tanh: activationOp(tf.tanh, (y) => tf.sub(1, tf.square(y))),
};
