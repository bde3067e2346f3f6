/** The losses of model/runConfig.ts on the device: mean loss, accuracy, and the gradient with respect to the logits, in closed form. */
import * as tf from '@tensorflow/tfjs-core';
import { assertNever } from '@/model/layers';
import type { LossSpec } from '@/model/runConfig';

export const classes = 10;

export interface BatchLoss {
  /** Scalars on the device. */
  readonly loss: tf.Tensor;
  readonly accuracy: tf.Tensor;
  /** d loss / d logits, [n, 10]. */
  readonly gradient: tf.Tensor;
}

/** Rows that sum to 1: the label, smoothed as PyTorch does: (1 - s) * onehot + s / classes. */
export function targetDistribution(labels: Uint8Array, loss: LossSpec): Float32Array {
  const smoothing = loss.kind === 'cross_entropy' ? loss.labelSmoothing : 0;
  const target = new Float32Array(labels.length * classes).fill(smoothing / classes);
  labels.forEach((label, n) => {
    target[n * classes + label] = 1 - smoothing + smoothing / classes;
  });
  return target;
}

/** -mean over the batch of the row sums of target * values. What the target leaves out may be infinite or NaN, and does not count. */
function negativeMeanDot(target: tf.Tensor, values: tf.Tensor, batch: number): tf.Tensor {
  const products = tf.where(tf.notEqual(target, 0), tf.mul(target, values), tf.zerosLike(values));
  return tf.div(tf.sum(products), -batch);
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

/** Takes d loss / d p to d loss / d z for p = softmax(z): p * (g - sum(g * p)). */
function throughSoftmax(p: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  const dot = tf.sum(tf.mul(gradient, p), 1, true);
  return tf.mul(p, tf.sub(gradient, dot));
}

function lossAndGradient(
  loss: LossSpec,
  logits: tf.Tensor2D,
  target: tf.Tensor,
  batch: number,
): Omit<BatchLoss, 'accuracy'> {
  switch (loss.kind) {
    case 'cross_entropy':
    case 'nll_log_softmax': {
      const logP = tf.logSoftmax(logits);
      return {
        loss: negativeMeanDot(target, logP, batch),
        gradient: tf.div(tf.sub(tf.exp(logP), target), batch),
      };
    }
    case 'nll_logits':
      return { loss: negativeMeanDot(target, logits, batch), gradient: tf.div(target, -batch) };
    case 'nll_softmax': {
      const p = tf.softmax(logits);
      return {
        loss: negativeMeanDot(target, p, batch),
        gradient: throughSoftmax(p, tf.div(target, -batch)),
      };
    }
    case 'cross_entropy_softmax': {
      const p = tf.softmax(logits);
      const logQ = tf.logSoftmax(p);
      return {
        loss: negativeMeanDot(target, logQ, batch),
        gradient: throughSoftmax(p, tf.div(tf.sub(tf.exp(logQ), target), batch)),
      };
    }
    default:
      return assertNever(loss.kind);
  }
}

/** Call inside tidy. */
export function batchLoss(loss: LossSpec, logits: tf.Tensor, labels: Uint8Array): BatchLoss {
  const batch = labels.length;
  const target = tf.tensor2d(targetDistribution(labels, loss), [batch, classes]);
  const labelIndices = tf.tensor1d(Int32Array.from(labels), 'int32');
  const hits = tf.cast(tf.equal(predictedClasses(logits), labelIndices), 'float32');
  return {
    ...lossAndGradient(loss, logits as tf.Tensor2D, target, batch),
    accuracy: tf.div(tf.sum(hits), batch),
  };
}
