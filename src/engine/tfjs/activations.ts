/** A look at the network: the outputs of some layers in eval mode, and gradients by them, piece by piece, in PyTorch's layout. */
import * as tf from '@tensorflow/tfjs-core';
import { emptyActivations, emptyGradients, fromImage, planActivations } from '@/engine/activations';
import type { Activation, LayerGradients } from '@/engine/engine';
import { forwardContext, type TfjsRun } from '@/engine/tfjs/batchPass';
import { floatImages } from '@/engine/tfjs/imageSource';
import { resizeAndNormalize } from '@/engine/tfjs/inputPipeline';
import { networkOp } from '@/engine/tfjs/networkOp';
import { classCount } from '@/model/classCounts';
import { networkInput } from '@/model/shapes';

/** Copies of the tensors of some names, in PyTorch's layout: [n, C, H, W] or [n, features]. */
class KeptTensors {
  readonly #tensors = new Map<string, tf.Tensor>();
  readonly #wanted: ReadonlySet<string>;

  constructor(names: Iterable<string>) {
    this.#wanted = new Set(names);
  }

  readonly add = (name: string, y: tf.Tensor): void => {
    if (!this.#wanted.has(name)) return;
    this.#tensors.set(name, tf.keep(y.rank === 4 ? tf.transpose(y, [0, 3, 1, 2]) : tf.clone(y)));
  };

  /** Reads them into `target` from image number `first` on, and frees them. */
  async read(target: ReadonlyMap<string, Activation>, first: number): Promise<void> {
    for (const [name, tensor] of this.#tensors) {
      const activation = target.get(name);
      if (activation !== undefined) fromImage(activation, first).set(await tensor.data<'float32'>());
      tensor.dispose();
    }
    this.#tensors.clear();
  }
}

/** The network's input of images from number `from` on. Call inside tidy. */
function inputOf({ config }: TfjsRun, images: Uint8Array, from: number, n: number): tf.Tensor {
  return resizeAndNormalize(floatImages(images.subarray(from * 784), n), config.input);
}

/** Engine.activations. */
export async function readActivations(
  run: TfjsRun,
  images: Uint8Array,
  count: number,
  layerNames: readonly string[],
): Promise<ReadonlyMap<string, Activation>> {
  const plan = planActivations(run.config, layerNames);
  const network = networkOp(plan);
  const found = emptyActivations(plan, count);
  for (let from = 0; from < count; from += run.evaluationBatch) {
    const n = Math.min(run.evaluationBatch, count - from);
    const kept = new KeptTensors(found.keys());
    tf.tidy(() => {
      const x = inputOf(run, images, from, n);
      kept.add(networkInput, x);
      network.forward(x, { ...forwardContext(run, 'eval'), watchOutput: kept.add });
    });
    await kept.read(found, from);
  }
  return found;
}

/** Engine.layerGradients. */
export async function readGradients(
  run: TfjsRun,
  images: Uint8Array,
  count: number,
  upstream: Float32Array,
  layerNames: readonly string[],
): Promise<LayerGradients> {
  const plan = planActivations(run.config, layerNames);
  const network = networkOp(run.config.network, { needsInputGradient: true });
  const found = emptyGradients(plan, count);
  for (let from = 0; from < count; from += run.evaluationBatch) {
    const n = Math.min(run.evaluationBatch, count - from);
    const activations = new KeptTensors(plan.shapes.keys());
    const gradients = new KeptTensors(plan.shapes.keys());
    const logits = tf.tidy(() => {
      const x = inputOf(run, images, from, n);
      activations.add(networkInput, x);
      const { output, backward } = network.forward(x, {
        ...forwardContext(run, 'explain'),
        watchOutput: activations.add,
        watchGradient: gradients.add,
      });
      const kept = tf.clone(output);
      const rows = upstream.slice(from * classCount, (from + n) * classCount);
      const dx = backward(tf.tensor2d(rows, [n, classCount]), new Map());
      if (dx !== null) gradients.add(networkInput, dx);
      return kept;
    });
    found.logits.set(await logits.data<'float32'>(), from * classCount);
    logits.dispose();
    await activations.read(found.activations, from);
    await gradients.read(found.gradients, from);
  }
  return found;
}
