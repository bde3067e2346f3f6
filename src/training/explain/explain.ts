/** Why the network gives a logit its value: its gradient by the pixels, and Grad-CAM at a convolution. */
import { networkInput } from '@/model/shapes';
import { EngineError, type Activation, type Engine, type LayerGradients } from '@/engine/engine';
import { classCount } from '@/model/classCounts';
import type { Explanation, GradCam } from '@/model/explanations';
import type { InputPipeline } from '@/model/runConfig';
import { resizeBilinear, resizeBilinearGradient } from '@/training/explain/bilinear';

const side = 28;
const imageSize = { height: side, width: side };

/** The gradient by the pixels [28, 28] in [0, 1], from that by what the network reads: back through normalising and resizing. */
function gradientByPixels(
  gradient: Float32Array,
  { normalize, resize }: InputPipeline,
): Float32Array<ArrayBuffer> {
  const std = normalize?.std ?? 1;
  const scaled = Float32Array.from(gradient, (value) => value / std);
  if (resize === null) return scaled;
  return resizeBilinearGradient(scaled, imageSize, { height: resize, width: resize });
}

function tensorOf(found: ReadonlyMap<string, Activation>, name: string): Activation {
  const tensor = found.get(name);
  if (tensor === undefined) throw new RangeError(`The engine gave no ${name}.`);
  return tensor;
}

/** Of n images: the gradient of `upstream` [n, 10] times their logits by their pixels [n, 28, 28]. */
export async function pixelGradients(
  engine: Engine,
  input: InputPipeline,
  images: Uint8Array<ArrayBuffer>,
  count: number,
  upstream: Float32Array<ArrayBuffer>,
): Promise<Float32Array<ArrayBuffer>> {
  const { gradients } = await engine.layerGradients(images, count, upstream, [networkInput]);
  const { data } = tensorOf(gradients, networkInput);
  const size = data.length / count;
  const found = new Float32Array(count * side ** 2);
  for (let n = 0; n < count; n += 1)
    found.set(gradientByPixels(data.subarray(n * size, (n + 1) * size), input), n * side ** 2);
  return found;
}

/**
 * Selvaraju et al. 2017: the channels of a convolution's output, each weighted by the mean of the logit's gradient over its places, summed,
 * and what speaks for the class (above 0) of that.
 * @throws EngineError `config` where the layer gives no images
 */
function gradCamOf({ activations, gradients }: LayerGradients, layer: string): GradCam {
  const { shape, data } = tensorOf(activations, layer);
  const gradient = tensorOf(gradients, layer).data;
  const [, channels = 0, height, width] = shape;
  if (height === undefined || width === undefined) {
    throw new EngineError('config', `${layer} gives no images, which Grad-CAM needs.`);
  }
  const pixels = height * width;
  const sums = new Float64Array(pixels);
  for (let c = 0; c < channels; c += 1) {
    const weight =
      gradient.subarray(c * pixels, (c + 1) * pixels).reduce((sum, value) => sum + value, 0) / pixels;
    for (let i = 0; i < pixels; i += 1) sums[i] = (sums[i] ?? 0) + weight * (data[c * pixels + i] ?? NaN);
  }
  const values = Float32Array.from(sums, (value) => (value <= 0 ? 0 : value));
  return { height, width, values, overImage: resizeBilinear(values, { height, width }, imageSize) };
}

/**
 * One image of 28 x 28 bytes, and a class; both answers come out of one pass there and back.
 * @throws EngineError `config` where there is no such layer
 */
export async function explain(
  engine: Engine,
  input: InputPipeline,
  image: Uint8Array<ArrayBuffer>,
  { target, layer }: { readonly target: number; readonly layer: string | null },
): Promise<Explanation> {
  const upstream = new Float32Array(classCount);
  upstream[target] = 1;
  const names = layer === null ? [networkInput] : [networkInput, layer];
  const found = await engine.layerGradients(image, 1, upstream, names);
  return {
    logits: found.logits,
    saliency: gradientByPixels(tensorOf(found.gradients, networkInput).data, input),
    gradCam: layer === null ? null : gradCamOf(found, layer),
  };
}
