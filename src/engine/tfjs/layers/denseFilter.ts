/**
 * A Conv2d with groups, or whose taps lie apart, as one without: tfjs has no gradients of the former on any backend. The holes are
 * zeros, and so are the weights between groups; it costs what the layer without them costs.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Conv2d } from '@/model/layers';
import { channelsOfGroup, convWindow } from '@/model/layers/conv2d';
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

/** [in, out]: 1 where both are of one group, 0 elsewhere. */
function ownGroup({ inChannels, outChannels, groups = 1 }: Conv2d): tf.Tensor {
  const group = (channel: number, channels: number): number => Math.floor((channel * groups) / channels);
  const values = Float32Array.from({ length: inChannels * outChannels }, (_, i) =>
    group(Math.floor(i / outChannels), inChannels) === group(i % outChannels, outChannels) ? 1 : 0,
  );
  return tf.tensor2d(values, [inChannels, outChannels]);
}

/** The filter [extent, extent, in, out] that gives with its neighbours side by side what `filter` gives. */
export function denseFilter(layer: Conv2d, filter: tf.Tensor): tf.Tensor {
  const { kernelSize, dilation } = convWindow(layer);
  const { groups = 1 } = layer;
  if (groups === 1) return spread(filter, kernelSize, dilation);
  const all = tf.mul(tf.tile(filter, [1, 1, groups, 1]), ownGroup(layer));
  return spread(all, kernelSize, dilation);
}

/** The gradient of `filter` out of that of denseFilter. */
export function filterGradient(layer: Conv2d, gradient: tf.Tensor): tf.Tensor {
  const { kernelSize, dilation } = convWindow(layer);
  const { outChannels, groups = 1 } = layer;
  const all = gathered(gradient, kernelSize, dilation);
  if (groups === 1) return all;
  const inGroup = channelsOfGroup(layer);
  const own = tf.reshape(tf.mul(all, ownGroup(layer)), [kernelSize ** 2, groups, inGroup, outChannels]);
  return tf.reshape(tf.sum(own, 1), [kernelSize, kernelSize, inGroup, outChannels]);
}
