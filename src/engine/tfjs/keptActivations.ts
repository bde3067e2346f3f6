/** The outputs of some layers, read from the forward pass that also predicts. */
import * as tf from '@tensorflow/tfjs-core';
import { networkInput } from '@/engine/activations';
import type { ForwardContext, LayerOp } from '@/engine/tfjs/layerOp';

/**
 * What these layers give for `x`, the network's input [n, h, w, 1], in PyTorch's layout: [n, C, H, W] or [n, features]. The
 * caller disposes them. Call inside tidy.
 */
export function keptActivations(
  network: LayerOp,
  x: tf.Tensor,
  context: ForwardContext,
  names: Iterable<string>,
): ReadonlyMap<string, tf.Tensor> {
  const wanted = new Set(names);
  const kept = new Map<string, tf.Tensor>();
  const keep = (name: string, y: tf.Tensor): void => {
    if (!wanted.has(name)) return;
    kept.set(name, tf.keep(y.rank === 4 ? tf.transpose(y, [0, 3, 1, 2]) : tf.clone(y)));
  };
  keep(networkInput, x);
  network.forward(x, { ...context, watchOutput: keep });
  return kept;
}
