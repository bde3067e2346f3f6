/** What one convolution of the network reads for an image, and one filter of it. */
import { networkInput } from '@/engine/activations';
import type { Engine } from '@/engine/engine';
import { flattenLayers, type LayerSpec, type NetworkSpec } from '@/model/layers';
import { channelsOfGroup, convWindow } from '@/model/layers/conv2d';
import type { StateDict } from '@/model/tensor';
import type { LayerInput } from '@/protocol/requests';

/** Whose output a layer reads: the layer before it, or what a Residual around it reads; null where there is no such layer. */
export function sourceOf(
  layers: readonly LayerSpec[],
  name: string,
  source: string = networkInput,
): string | null {
  let before = source;
  for (const layer of layers) {
    if (layer.name === name) return before;
    const inside =
      layer.kind === 'Residual'
        ? (sourceOf(layer.body, name, before) ?? sourceOf(layer.shortcut, name, before))
        : null;
    if (inside !== null) return inside;
    before = layer.name;
  }
  return null;
}

/** Images [height, width] with `more` zeros below and to the right, which `same` pads beyond the other sides. */
function withMore(
  images: Float32Array<ArrayBuffer>,
  height: number,
  width: number,
  more: number,
): Float32Array<ArrayBuffer> {
  const [outHeight, outWidth] = [height + more, width + more];
  const result = new Float32Array((images.length / (height * width)) * outHeight * outWidth);
  for (let row = 0; row < images.length / width; row += 1) {
    const to = Math.floor(row / height) * outHeight + (row % height);
    result.set(images.subarray(row * width, (row + 1) * width), to * outWidth);
  }
  return result;
}

function values(parameters: StateDict, key: string): Float32Array {
  const tensor = parameters.get(key);
  if (tensor?.dtype !== 'F32') throw new RangeError(`The network has no parameter ${key}.`);
  return tensor.data;
}

/**
 * @param image 28 x 28 bytes
 * @throws RangeError when there is no such convolution or filter
 */
export async function layerInput(
  engine: Engine,
  network: NetworkSpec,
  image: Uint8Array<ArrayBuffer>,
  name: string,
  filter: number,
): Promise<LayerInput> {
  const layer = flattenLayers(network.layers).find((one) => one.name === name);
  const source = sourceOf(network.layers, name);
  if (layer?.kind !== 'Conv2d' || source === null || filter < 0 || filter >= layer.outChannels) {
    throw new RangeError(`The network has no convolution ${name} with a filter ${filter}.`);
  }
  const { outChannels, groups = 1, kernelSize } = layer;
  const channels = channelsOfGroup(layer);
  const { stride, padding, paddingAfter, dilation } = convWindow(layer);
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  const parameters = await engine.readParameters(layer.bias ? [weight, bias] : [weight]);
  const { shape = [], data = new Float32Array(0) } =
    (await engine.activations(image, 1, [source])).get(source) ?? {};
  const [, , height = 0, width = 0] = shape;
  // What the filter's group reads.
  const first = Math.floor((filter * groups) / outChannels) * channels * height * width;
  const input = data.slice(first, first + channels * height * width);
  const more = paddingAfter - padding;
  const length = channels * kernelSize * kernelSize;
  return {
    input: more === 0 ? input : withMore(input, height, width, more),
    inputShape: [channels, height + more, width + more],
    kernel: Float32Array.from(values(parameters, weight).subarray(filter * length, (filter + 1) * length)),
    kernelSize,
    bias: layer.bias ? (values(parameters, bias)[filter] ?? 0) : 0,
    stride,
    padding,
    dilation,
  };
}
