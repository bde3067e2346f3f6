/** The outputs of some layers, and the gradients by them, read from a pass in eval mode. */
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
  const kept = new KeptTensors(names);
  kept.add(networkInput, x);
  network.forward(x, { ...context, watchOutput: kept.add });
  return kept.tensors;
}

interface KeptGradients {
  /** [n, 10] */
  readonly logits: tf.Tensor;
  readonly activations: ReadonlyMap<string, tf.Tensor>;
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
}

/**
 * The same with the gradients of the sum of `upstream` times the logits, which is disposed. `network` gives the gradient of its input,
 * which `input` makes. The caller disposes what it is given.
 */
export function keptGradients(
  network: LayerOp,
  input: () => tf.Tensor,
  upstream: tf.Tensor,
  context: ForwardContext,
  names: readonly string[],
): KeptGradients {
  const activations = new KeptTensors(names);
  const gradients = new KeptTensors(names);
  const logits = tf.tidy(() => {
    const x = input();
    activations.add(networkInput, x);
    const { output, backward } = network.forward(x, {
      ...context,
      watchOutput: activations.add,
      watchGradient: gradients.add,
    });
    const kept = tf.clone(output);
    const dx = backward(upstream, new Map());
    if (dx !== null) gradients.add(networkInput, dx);
    return kept;
  });
  upstream.dispose();
  return { logits, activations: activations.tensors, gradients: gradients.tensors };
}

/** Copies of the tensors of some names, in PyTorch's layout. */
class KeptTensors {
  readonly tensors = new Map<string, tf.Tensor>();
  readonly #wanted: ReadonlySet<string>;

  constructor(names: Iterable<string>) {
    this.#wanted = new Set(names);
  }

  readonly add = (name: string, y: tf.Tensor): void => {
    if (!this.#wanted.has(name)) return;
    this.tensors.set(name, tf.keep(y.rank === 4 ? tf.transpose(y, [0, 3, 1, 2]) : tf.clone(y)));
  };
}
