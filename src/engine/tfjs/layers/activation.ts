/** Activations but ReLU: a function of each value. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayerOp } from '@/engine/tfjs/layerOp';
import { activationOf, type ActivationKind, type LayerOf } from '@/model/layers';

interface ActivationFunction {
  readonly value: (x: tf.Tensor) => tf.Tensor;
  /** The derivative, of what the definition's slopeReads says. */
  readonly slope: (xOrY: tf.Tensor) => tf.Tensor;
}

const functions: { readonly [Kind in ActivationKind]: (layer: LayerOf<Kind>) => ActivationFunction } = {
  Tanh: () => ({ value: tf.tanh, slope: (y) => tf.sub(1, tf.square(y)) }),
  Sigmoid: () => ({ value: tf.sigmoid, slope: (y) => tf.mul(y, tf.sub(1, y)) }),
  LeakyReLU: ({ negativeSlope }) => ({
    value: (x) => tf.leakyRelu(x, negativeSlope),
    slope: (y) => tf.add(tf.mul(tf.step(y), 1 - negativeSlope), negativeSlope),
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
