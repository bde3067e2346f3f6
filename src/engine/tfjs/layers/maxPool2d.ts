/** MaxPool2d: tfjs's own pooling, and for windows that it does not know one tap after the other. */
import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from '@/engine/tfjs/kernels/tfjsInternals';
import type { Forward, LayerOp } from '@/engine/tfjs/layerOp';
import type { MaxPool2d } from '@/model/layers';
import { maxPoolOutputSize, poolWindow, type PoolWindow } from '@/model/layers/maxPool2d';

/** One tap of all windows: which place of an image each window has there, and which window each place belongs to there. */
interface Tap {
  readonly places: tf.Tensor1D;
  readonly windows: tf.Tensor1D;
}

/** Row by row as PyTorch goes through a window. A tap beside the image has the place behind the last, and a place of no window the window behind the last. */
function tapsOf(window: PoolWindow, height: number, width: number): Tap[] {
  const { kernelSize, stride, padding, dilation } = window;
  const [rows, columns] = [maxPoolOutputSize(window, height), maxPoolOutputSize(window, width)];
  return Array.from({ length: kernelSize ** 2 }, (_, tap) => {
    const places = new Int32Array(rows * columns).fill(height * width);
    const windows = new Int32Array(height * width).fill(rows * columns);
    for (let at = 0; at < rows * columns; at += 1) {
      const y = Math.floor(at / columns) * stride - padding + Math.floor(tap / kernelSize) * dilation;
      const x = (at % columns) * stride - padding + (tap % kernelSize) * dilation;
      if (y < 0 || x < 0 || y >= height || x >= width) continue;
      places[at] = y * width + x;
      windows[y * width + x] = at;
    }
    return { places: tf.tensor1d(places, 'int32'), windows: tf.tensor1d(windows, 'int32') };
  });
}

/** [n, places, c] with one place more, of this value. */
function withPlace(x: tf.Tensor3D, value: number): tf.Tensor3D {
  const [batch, , channels] = x.shape;
  return tf.concat([x, tf.add(tf.zeros<tf.Rank.R3>([batch, 1, channels]), value)], 1);
}

function tapByTap(window: PoolWindow, x: tf.Tensor): Forward {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const outputShape = [batch, maxPoolOutputSize(window, height), maxPoolOutputSize(window, width), channels];
  const taps = tapsOf(window, height, width);
  const padded = withPlace(tf.reshape(x, [batch, height * width, channels]), -Infinity);
  const values = taps.map(({ places }) => tf.gather(padded, places, 1));
  let [best = padded] = values;
  let winner: tf.Tensor = tf.zerosLike(best);
  values.forEach((value, tap) => {
    // A NaN wins, as in PyTorch.
    const wins = tf.logicalOr(tf.greater(value, best), tf.isNaN(value));
    best = tf.where(wins, value, best);
    winner = tf.where(wins, tf.fill(value.shape, tap), winner);
  });
  return {
    output: tf.reshape(best, outputShape),
    backward: (dy) => {
      const gradient = tf.reshape(dy, winner.shape);
      const parts = taps.map(({ windows }, tap) => {
        const won = tf.where(tf.equal(winner, tap), gradient, tf.zerosLike(gradient));
        return tf.gather(withPlace(won as tf.Tensor3D, 0), windows, 1);
      });
      // Not by addN, whose kernel binds all of them: devices have 8 or 16 bindings.
      const sum = parts.reduce((total, part) => tf.add(total, part));
      return tf.reshape(sum, x.shape);
    },
  };
}

/** NaN where a window holds one: tfjs's own kernels pass over it. */
function pooled(x: tf.Tensor, attributes: Readonly<Record<string, unknown>>): tf.Tensor {
  const isNaN = tf.where(tf.isNaN(x), tf.onesLike(x), tf.zerosLike(x));
  const hasNaN = tf.greater(runKernel('MaxPool', { x: isNaN }, attributes), 0);
  return tf.where(hasNaN, Number.NaN, runKernel('MaxPool', { x }, attributes));
}

export function maxPoolOp(layer: MaxPool2d): LayerOp {
  const window = poolWindow(layer);
  const { kernelSize, stride, padding, dilation, ceilMode } = window;
  const attributes = {
    filterSize: [kernelSize, kernelSize],
    strides: [stride, stride],
    pad: padding,
    dimRoundingMode: 'floor',
  };
  return {
    forward: (x) => {
      if (dilation > 1 || ceilMode) return tapByTap(window, x);
      const output = pooled(x, attributes);
      return {
        output,
        backward: (dy) => runKernel('MaxPoolGrad', { dy, input: x, output }, attributes),
      };
    },
  };
}
