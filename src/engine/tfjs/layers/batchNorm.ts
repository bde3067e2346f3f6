/** BatchNorm1d and BatchNorm2d as PyTorch computes it: biased variance to normalise, unbiased (n / (n - 1)) for running_var. */
import { isTraining } from '@/engine/mode';
import * as tf from '@tensorflow/tfjs-core';
import { channelDot } from '@/engine/tfjs/kernels/channelDot';
import type { Forward, ForwardContext, LayerOp, LayerOptions } from '@/engine/tfjs/layerOp';
import type { BatchNorm1d, BatchNorm2d } from '@/model/layers';

/** (1 - momentum) * running + momentum * batch. */
function moved(running: tf.Tensor, batch: tf.Tensor, momentum: number): tf.Tensor {
  return tf.add(tf.mul(running, 1 - momentum), tf.mul(batch, momentum));
}

function withBatchStatistics(
  layer: BatchNorm1d | BatchNorm2d,
  x: tf.Tensor,
  { parameters, updatedBuffers }: ForwardContext,
  options: LayerOptions,
): Forward {
  const { name, eps, momentum } = layer;
  const weight = parameters.get(`${name}.weight`);
  const count = x.size / layer.numFeatures;
  const mean = tf.div(channelDot(x), count);
  const centred = tf.sub(x, mean);
  const variance = tf.div(channelDot(centred, centred), count);
  const inverseStd = tf.rsqrt(tf.add(variance, eps));
  const normalised = tf.mul(centred, inverseStd);
  centred.dispose();

  const unbiased = tf.mul(variance, count / (count - 1));
  const runningMean = parameters.get(`${name}.running_mean`);
  const runningVar = parameters.get(`${name}.running_var`);
  updatedBuffers.set(`${name}.running_mean`, moved(runningMean, mean, momentum));
  updatedBuffers.set(`${name}.running_var`, moved(runningVar, unbiased, momentum));

  return {
    output: tf.tidy(() => tf.add(tf.mul(normalised, weight), parameters.get(`${name}.bias`))),
    backward: (dy, gradients) => {
      const biasGradient = channelDot(dy);
      const weightGradient = channelDot(dy, normalised);
      gradients.set(`${name}.weight`, weightGradient);
      gradients.set(`${name}.bias`, biasGradient);
      if (!options.needsInputGradient) return null;
      // dx = weight / std * (dy - mean(dy) - normalised * mean(dy * normalised))
      const spread = tf.add(tf.mul(normalised, tf.div(weightGradient, count)), tf.div(biasGradient, count));
      normalised.dispose();
      return tf.mul(tf.sub(dy, spread), tf.mul(weight, inverseStd));
    },
  };
}

function withRunningStatistics(
  layer: BatchNorm1d | BatchNorm2d,
  x: tf.Tensor,
  { parameters }: ForwardContext,
): Forward {
  const { name, eps } = layer;
  const scale = tf.mul(
    parameters.get(`${name}.weight`),
    tf.rsqrt(tf.add(parameters.get(`${name}.running_var`), eps)),
  );
  const centred = tf.sub(x, parameters.get(`${name}.running_mean`));
  return {
    output: tf.add(tf.mul(centred, scale), parameters.get(`${name}.bias`)),
    backward: (dy) => tf.mul(dy, scale),
  };
}

export function batchNormOp(layer: BatchNorm1d | BatchNorm2d, options: LayerOptions): LayerOp {
  return {
    forward: (x, context) => {
      return isTraining(context.mode)
        ? withBatchStatistics(layer, x, context, options)
        : withRunningStatistics(layer, x, context);
    },
  };
}
