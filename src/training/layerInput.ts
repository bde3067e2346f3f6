/** What one convolution of the network reads for an image, and one filter of it. */
import type { Engine } from '@/engine/engine';
import { flattenLayers, type LayerSpec, type NetworkSpec } from '@/model/layers';
import { channelsOfGroup } from '@/model/layers/conv2d';
import type { StateDict } from '@/model/tensor';
import type { LayerInput } from '@/protocol/requests';
import { networkInput } from '@/model/shapes';

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

/** A float32 parameter. @throws RangeError when it is not there */
export function values(parameters: StateDict, key: string): Float32Array {
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
  const { outChannels, groups = 1, kernelSize, stride, padding, dilation = 1 } = layer;
  const channels = channelsOfGroup(layer);
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  const parameters = await engine.readParameters(layer.bias ? [weight, bias] : [weight]);
  const { shape = [], data = new Float32Array(0) } =
    (await engine.activations(image, 1, [source])).get(source) ?? {};
  const [, , height = 0, width = 0] = shape;
  // What the filter's group reads.
  const first = Math.floor((filter * groups) / outChannels) * channels * height * width;
  const length = channels * kernelSize * kernelSize;
  return {
    input: data.slice(first, first + channels * height * width),
    inputShape: [channels, height, width],
    kernel: Float32Array.from(values(parameters, weight).subarray(filter * length, (filter + 1) * length)),
    kernelSize,
    bias: layer.bias ? (values(parameters, bias)[filter] ?? 0) : 0,
    stride,
    padding,
    dilation,
  };
}
