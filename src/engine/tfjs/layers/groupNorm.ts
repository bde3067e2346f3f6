/** GroupNorm, as ops on [n, pixels, groups, channels of a group]. */
import { isTraining } from '@/engine/mode';
import * as tf from '@tensorflow/tfjs-core';
import { channelDot } from '@/engine/tfjs/kernels/channelDot';
import type { LayerOp, LayerOptions } from '@/engine/tfjs/layerOp';
import type { GroupNorm } from '@/model/layers';

/** Of each group of each image. */
const groupMean = (x: tf.Tensor): tf.Tensor => tf.mean(x, [1, 3], true);

export function groupNormOp(layer: GroupNorm, options: LayerOptions): LayerOp {
  const { name, numChannels, numGroups, eps } = layer;
  return {
    forward: (x, { parameters, mode }) => {
      const [batch = 0] = x.shape;
      const grouped = (of: tf.Tensor): tf.Tensor =>
        tf.reshape(of, [batch, x.size / batch / numChannels, numGroups, numChannels / numGroups]);
      const centred = tf.sub(grouped(x), groupMean(grouped(x)));
      const inverseStd = tf.rsqrt(tf.add(groupMean(tf.square(centred)), eps));
      const normalised = tf.reshape(tf.mul(centred, inverseStd), x.shape);
      const weight = parameters.get(`${name}.weight`);
      return {
        output: tf.add(tf.mul(normalised, weight), parameters.get(`${name}.bias`)),
        backward: (dy, gradients) => {
          if (isTraining(mode)) {
            gradients.set(`${name}.weight`, channelDot(dy, normalised));
            gradients.set(`${name}.bias`, channelDot(dy));
          }
          if (!options.needsInputGradient) return null;
          // dx = 1 / std * (weight * dy - its mean - normalised * mean(weight * dy * normalised))
          const scaled = grouped(tf.mul(dy, weight));
          const normal = grouped(normalised);
          const spread = tf.add(groupMean(scaled), tf.mul(normal, groupMean(tf.mul(scaled, normal))));
          return tf.reshape(tf.mul(tf.sub(scaled, spread), inverseStd), x.shape);
        },
      };
    },
  };
}
