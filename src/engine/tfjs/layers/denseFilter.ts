/**
 * A Conv2d whose taps lie apart as one whose taps do not: tfjs has no gradients of the former, on any backend. The holes are zeros.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Conv2d } from '@/model/layers';
import { convWindow } from '@/model/layers/conv2d';
import { windowExtent } from '@/model/window';

/** [k, k, ...] with `dilation` - 1 zeros between the taps. */
function spread(filter: tf.Tensor, taps: number, dilation: number): tf.Tensor {
  if (dilation === 1) return filter;
  const channels = filter.size / taps ** 2;
  const [holes, extent] = [dilation - 1, windowExtent(taps, dilation)];
  const none: [number, number] = [0, 0];
  const rows = tf.reshape(filter, [taps, 1, taps * channels]);
  const spreadRows = tf.reshape(tf.pad(rows, [none, [0, holes], none]), [taps * dilation, taps * channels]);
  const columns = tf.reshape(tf.slice(spreadRows, 0, extent), [extent * taps, 1, channels]);
  const spreadColumns = tf.pad(columns, [none, [0, holes], none]);
  const whole = tf.reshape(spreadColumns, [extent, taps * dilation, channels]);
  return tf.reshape(tf.slice(whole, [0, 0, 0], [extent, extent, channels]), [
    extent,
    extent,
    ...filter.shape.slice(2),
  ]);
}

/** The taps of what `spread` gives. */
function gathered(filter: tf.Tensor, taps: number, dilation: number): tf.Tensor {
  if (dilation === 1) return filter;
  const extent = windowExtent(taps, dilation);
  const channels = filter.size / extent ** 2;
  const holes: [number, number] = [0, dilation - 1];
  const padded = tf.pad(tf.reshape(filter, [extent, extent, channels]), [holes, holes, [0, 0]]);
  const rows = tf.reshape(padded, [taps, dilation, taps * dilation * channels]);
  const columns = tf.reshape(tf.slice(rows, [0, 0, 0], [taps, 1, -1]), [taps * taps, dilation, channels]);
  return tf.reshape(tf.slice(columns, [0, 0, 0], [taps * taps, 1, channels]), [
    taps,
    taps,
    ...filter.shape.slice(2),
  ]);
}

/** The filter [extent, extent, in, out] that gives with its neighbours side by side what `filter` gives. */
export function denseFilter(layer: Conv2d, filter: tf.Tensor): tf.Tensor {
  const { kernelSize, dilation } = convWindow(layer);
  return spread(filter, kernelSize, dilation);
}

/** The gradient of `filter` out of that of denseFilter. */
export function filterGradient(layer: Conv2d, gradient: tf.Tensor): tf.Tensor {
  const { kernelSize, dilation } = convWindow(layer);
  return gathered(gradient, kernelSize, dilation);
}
