/** Dropout and Dropout2d: the same mask, of single values or of channels. */
import { isTraining } from '@/engine/mode';
import * as tf from '@tensorflow/tfjs-core';
import { hashDropoutMask } from '@/engine/tfjs/kernels/hashDropoutMask';
import type { ForwardContext, LayerOp } from '@/engine/tfjs/layerOp';
import type { Dropout, Dropout2d } from '@/model/layers';
import { streamKey, streams } from '@/model/random';

/** Shape of the mask as [n, h, w, c]; a vector is an image of one pixel, which keeps PyTorch's element indices. */
function maskShape(layer: Dropout | Dropout2d, shape: readonly number[]): [number, number, number, number] {
  const [batch = 0] = shape;
  const channels = shape.at(-1) ?? 1;
  const [height, width] = shape.length === 4 && layer.kind === 'Dropout' ? [shape[1], shape[2]] : [1, 1];
  return [batch, height ?? 1, width ?? 1, channels];
}

/** `ordinal` is the layer's position among the network's dropout layers in forward order. */
export function dropoutOp(layer: Dropout | Dropout2d, ordinal: number): LayerOp {
  const draw = (shape: readonly number[], { seed, step }: ForwardContext): tf.Tensor => {
    const key = streamKey(seed, streams.dropout, step, ordinal);
    const mask = hashDropoutMask(maskShape(layer, shape), key, layer.p);
    return shape.length === 4 ? mask : tf.reshape(mask, [...shape]);
  };
  return {
    forward: (x, context) => {
      if (!isTraining(context.mode) || layer.p === 0) {
        return { output: tf.clone(x), backward: (dy) => tf.clone(dy) };
      }
      const mask = draw(x.shape, context);
      return { output: tf.mul(x, mask), backward: (dy) => tf.mul(dy, mask) };
    },
  };
}
