/** Linear. */
import { isTraining } from '@/engine/mode';
import * as tf from '@tensorflow/tfjs-core';
import { channelDot } from '@/engine/tfjs/kernels/channelDot';
import { dropPackedCopy, hostBackend } from '@/engine/tfjs/kernels/tfjsInternals';
import type { LayerOp, LayerOptions } from '@/engine/tfjs/layerOp';
import type { Linear } from '@/model/layers';

export function linearOp(layer: Linear, options: LayerOptions): LayerOp {
  const { name, bias } = layer;
  return {
    forward: (x, { parameters, mode, watchInput }) => {
      watchInput?.(name, x);
      const weight = parameters.get(`${name}.weight`);
      const output = tf.tidy(() => {
        const product = tf.matMul(x, weight);
        return bias ? tf.add(product, parameters.get(`${name}.bias`)) : product;
      });
      // VGG-16's is 411 MB, which its gradient needs soon.
      const host = isTraining(mode) ? hostBackend() : null;
      if (host !== null) dropPackedCopy(host, weight);
      return {
        output,
        backward: (dy, gradients) => {
          if (isTraining(mode)) {
            gradients.set(`${name}.weight`, tf.matMul(x, dy, true, false));
            if (bias) gradients.set(`${name}.bias`, channelDot(dy));
          }
          return options.needsInputGradient ? tf.matMul(dy, weight, false, true) : null;
        },
      };
    },
  };
}
