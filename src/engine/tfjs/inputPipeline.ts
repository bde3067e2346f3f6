/** From images in [0, 1] to the network's input: augment (training), resize, normalise. */
import * as tf from '@tensorflow/tfjs-core';
import { imageAt, type ImageSource } from '@/engine/tfjs/imageSource';
import { augmentImage, augmentKey, augmentTransform } from '@/model/augment';
import type { InputPipeline, RunConfig } from '@/model/runConfig';

/** Resize as torchvision's on tensors, then (x - mean) / std. Call inside tidy. */
export function resizeAndNormalize(images: tf.Tensor4D, { resize, normalize }: InputPipeline): tf.Tensor {
  let x = images;
  if (resize !== null) x = tf.image.resizeBilinear(x, [resize, resize], false, true);
  if (normalize !== null) x = tf.div(tf.sub(x, normalize.mean), normalize.std);
  return x;
}

/** Input of one training step. Call inside tidy. */
export function trainingInput(
  source: ImageSource,
  indices: Int32Array,
  config: RunConfig,
  step: number,
): tf.Tensor {
  const { augment } = config.input;
  if (augment === null) return resizeAndNormalize(source.batch(indices), config.input);
  const key = augmentKey(config.seed, step);
  const pixels = new Float32Array(indices.length * 28 * 28);
  indices.forEach((index, position) => {
    const transform = augmentTransform(augment, key, position);
    augmentImage(imageAt(source.set, index), transform, pixels, position * 28 * 28);
  });
  return resizeAndNormalize(tf.tensor4d(pixels, [indices.length, 28, 28, 1]), config.input);
}
