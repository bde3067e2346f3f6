/** What one unit of a Linear layer reads for an image, and by which weights. */
import type { Engine } from '@/engine/engine';
import { flattenLayers, type NetworkSpec } from '@/model/layers';
import type { LinearUnit } from '@/protocol/requests';
import { sourceOf, values } from '@/training/layerInput';

/**
 * @param image 28 x 28 bytes
 * @throws RangeError when there is no such Linear or unit
 */
export async function linearUnit(
  engine: Engine,
  network: NetworkSpec,
  image: Uint8Array<ArrayBuffer>,
  name: string,
  unit: number,
): Promise<LinearUnit> {
  const layer = flattenLayers(network.layers).find((one) => one.name === name);
  const source = sourceOf(network.layers, name);
  if (layer?.kind !== 'Linear' || source === null || unit < 0 || unit >= layer.outFeatures) {
    throw new RangeError(`The network has no Linear ${name} with a unit ${unit}.`);
  }
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  const parameters = await engine.readParameters(layer.bias ? [weight, bias] : [weight]);
  const input = (await engine.activations(image, 1, [source])).get(source);
  if (input === undefined) throw new RangeError(`The network gives no ${source}.`);
  const { inFeatures } = layer;
  return {
    input: input.data,
    weight: Float32Array.from(
      values(parameters, weight).subarray(unit * inFeatures, (unit + 1) * inFeatures),
    ),
    bias: layer.bias ? (values(parameters, bias)[unit] ?? 0) : 0,
    source,
  };
}
