/** Activations but ReLU: a function of each value. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayerOp } from '@/engine/tfjs/layerOp';
import { activationOf, type ActivationKind, type LayerOf } from '@/model/layers';

interface ActivationFunction {
  readonly value: (x: tf.Tensor) => tf.Tensor;
  /** The derivative, of what the definition's slopeReads says. */
  readonly slope: (xOrY: tf.Tensor) => tf.Tensor;
}

/** Share of the normal distribution below x. */
const shareBelow = (x: tf.Tensor): tf.Tensor => tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))));
const density = (x: tf.Tensor): tf.Tensor =>
  tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));

const functions: { readonly [Kind in ActivationKind]: (layer: LayerOf<Kind>) => ActivationFunction } = {
  Tanh: () => ({ value: tf.tanh, slope: (y) => tf.sub(1, tf.square(y)) }),
  Sigmoid: () => ({ value: tf.sigmoid, slope: (y) => tf.mul(y, tf.sub(1, y)) }),
  LeakyReLU: ({ negativeSlope }) => ({
    // Not tf.leakyRelu, which makes NaN of an infinity on WebGL.
    value: (x) => tf.where(tf.greater(x, 0), x, tf.mul(x, negativeSlope)),
    slope: (y) => tf.where(tf.greater(y, 0), tf.onesLike(y), tf.fill(y.shape, negativeSlope)),
  }),
  GELU: () => ({
    value: (x) => tf.mul(x, shareBelow(x)),
    slope: (x) => tf.add(shareBelow(x), tf.mul(x, density(x))),
  }),
  SiLU: () => ({
    value: (x) => tf.mul(x, tf.sigmoid(x)),
    slope: (x) => {
      const s = tf.sigmoid(x);
      return tf.mul(s, tf.add(1, tf.mul(x, tf.sub(1, s))));
    },
  }),
};

export function activationOp<Kind extends ActivationKind>(layer: LayerOf<Kind>): LayerOp {
  const { value, slope } = functions[layer.kind](layer);
  const readsInput = activationOf(layer).slopeReads === 'input';
  return {
    forward: (x) => {
      const output = value(x);
      return { output, backward: (dy) => tf.mul(dy, slope(readsInput ? x : output)) };
    },
  };
}
