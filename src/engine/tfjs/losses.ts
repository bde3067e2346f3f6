/** The losses of model/losses on the device: mean loss, accuracy, and the gradient with respect to the logits, in closed form. */
import * as tf from '@tensorflow/tfjs-core';
import { weightOf, type LossKind, type LossSpec } from '@/model/losses';
import { weightedTarget } from '@/model/losses/crossEntropyWeighted';
import { classCount } from '@/model/classCounts';

export interface BatchLoss {
  /** Scalars on the device. */
  readonly loss: tf.Tensor;
  readonly accuracy: tf.Tensor;
  /** d loss / d logits, [n, 10]. */
  readonly gradient: tf.Tensor;
}

/** Rows that sum to 1: the label, smoothed as PyTorch does: (1 - s) * onehot + s / classes. */
function targets(labels: Uint8Array, smoothing = 0): tf.Tensor2D {
  const target = new Float32Array(labels.length * classCount).fill(smoothing / classCount);
  labels.forEach((label, n) => {
    target[n * classCount + label] = 1 - smoothing + smoothing / classCount;
  });
  return tf.tensor2d(target, [labels.length, classCount]);
}

/** -sum over the batch of the row sums of target * values, divided by `weight`. What the target leaves out may be infinite or NaN, and does not count. */
function negativeMeanDot(target: tf.Tensor, values: tf.Tensor, weight: number): tf.Tensor {
  const products = tf.where(tf.notEqual(target, 0), tf.mul(target, values), tf.zerosLike(values));
  return tf.div(tf.sum(products), -weight);
}

/** Class of each row by the rule of model/argmax.ts: tfjs's own argMax passes over NaN, on each backend in another way. */
function predictedClasses(logits: tf.Tensor): tf.Tensor {
  const zeros = tf.zerosLike(logits);
  // A NaN compares false. Not a cast: tfjs's WebGPU cannot reduce booleans, and a cast keeps them.
  const isNumber = tf.logicalOr(tf.greaterEqual(logits, 0), tf.less(logits, 0));
  const nan = tf.where(isNumber, zeros, tf.onesLike(logits));
  const hasNaN = tf.greater(tf.max(nan, 1), 0);
  return tf.where(hasNaN, tf.argMax(nan, 1), tf.argMax(tf.where(isNumber, logits, zeros), 1));
}

/** What logits are above the largest of their row. Not tf.max: on WebGL it begins at -1e20, and so has a maximum of smaller ones, too. */
function belowLargest(logits: tf.Tensor2D): tf.Tensor2D {
  const isLargest = tf.equal(tf.expandDims(tf.argMax(logits, 1), 1), tf.range(0, classCount, 1, 'int32'));
  return tf.sub(logits, tf.sum(tf.where(isLargest, logits, tf.zerosLike(logits)), 1, true));
}

function logSoftmax(logits: tf.Tensor2D): tf.Tensor2D {
  const below = belowLargest(logits);
  return tf.sub(below, tf.log(tf.sum(tf.exp(below), 1, true)));
}

function softmax(logits: tf.Tensor2D): tf.Tensor2D {
  const powers: tf.Tensor2D = tf.exp(belowLargest(logits));
  return tf.div(powers, tf.sum(powers, 1, true));
}

/** Takes d loss / d p to d loss / d z for p = softmax(z): p * (g - sum(g * p)). */
function throughSoftmax(p: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  const dot = tf.sum(tf.mul(gradient, p), 1, true);
  return tf.mul(p, tf.sub(gradient, dot));
}

type MeanLoss = Omit<BatchLoss, 'accuracy'>;

/** -log softmax against smoothed labels. */
function logLoss(logits: tf.Tensor2D, labels: Uint8Array, smoothing: number): MeanLoss {
  const target = targets(labels, smoothing);
  const logP = logSoftmax(logits);
  return {
    loss: negativeMeanDot(target, logP, labels.length),
    gradient: tf.div(tf.sub(tf.exp(logP), target), labels.length),
  };
}

const meanLosses: {
  readonly [K in LossKind]: (spec: LossSpec<K>, logits: tf.Tensor2D, labels: Uint8Array) => MeanLoss;
} = {
  cross_entropy: ({ labelSmoothing }, logits, labels) => logLoss(logits, labels, labelSmoothing),
  cross_entropy_weighted: (spec, logits, labels) => {
    const rows = Array.from(labels, (label) => weightedTarget(spec, label));
    const target = tf.tensor2d(rows.flat(), [labels.length, classCount]);
    const logP = logSoftmax(logits);
    const weight = weightOf(spec, labels);
    const totals = tf.sum(target, 1, true);
    return {
      loss: negativeMeanDot(target, logP, weight),
      gradient: tf.div(tf.sub(tf.mul(totals, tf.exp(logP)), target), weight),
    };
  },
  nll_log_softmax: (_, logits, labels) => logLoss(logits, labels, 0),
  nll_logits: (_, logits, labels) => {
    const target = targets(labels);
    return {
      loss: negativeMeanDot(target, logits, labels.length),
      gradient: tf.div(target, -labels.length),
    };
  },
  nll_softmax: (_, logits, labels) => {
    const target = targets(labels);
    const p = softmax(logits);
    return {
      loss: negativeMeanDot(target, p, labels.length),
      gradient: throughSoftmax(p, tf.div(target, -labels.length)),
    };
  },
  cross_entropy_softmax: (_, logits, labels) => {
    const target = targets(labels);
    const p = softmax(logits);
    const logQ = logSoftmax(p);
    return {
      loss: negativeMeanDot(target, logQ, labels.length),
      gradient: throughSoftmax(p, tf.div(tf.sub(tf.exp(logQ), target), labels.length)),
    };
  },
  mse: (_, logits, labels) => {
    const errors = tf.sub(logits, targets(labels));
    return {
      loss: tf.mean(tf.square(errors)),
      gradient: tf.mul(errors, 2 / (labels.length * classCount)),
    };
  },
};

/** Call inside tidy. */
export function batchLoss<K extends LossKind>(
  spec: LossSpec<K>,
  logits: tf.Tensor,
  labels: Uint8Array,
): BatchLoss {
  const labelIndices = tf.tensor1d(Int32Array.from(labels), 'int32');
  const hits = tf.cast(tf.equal(predictedClasses(logits), labelIndices), 'float32');
  return {
    ...meanLosses[spec.kind](spec, logits as tf.Tensor2D, labels),
    accuracy: tf.div(tf.sum(hits), labels.length),
  };
}
