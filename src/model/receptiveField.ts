/** Which part of the image a unit of a network is computed from. */
import { definitionOf, partsOf, type LayerSpec, type NetworkSpec } from '@/model/layers';
import type { Region } from '@/model/layers/region';
import type { Shape } from '@/model/shape';
import { inferShapes } from '@/model/shapes';

/**
 * The rows and columns of the network's input whose crossings the layer's output at `unit` is computed from in evaluation mode: the
 * theoretical receptive field, without what lies beside the image. A dilated convolution leaves places between them out.
 * @param input shape of what the network reads, [1, height, width]
 * @param unit place of the output, whatever its channel: row and column, or the feature of a row of values
 * @returns rows and columns, none where it reads zeros around the image alone; null where the network has no such layer
 * @throws ShapeError when the layers do not fit together
 */
export function receptiveField(
  network: NetworkSpec,
  input: Shape,
  layer: string,
  unit: readonly number[],
): Region | null {
  const inputs = new Map(inferShapes(network, input).map((found) => [found.layer, found.input]));
  return throughList(
    network.layers,
    layer,
    unit.map((place) => [place]),
    inputs,
  );
}

type Inputs = ReadonlyMap<LayerSpec, Shape>;

/** What `region` of a layer's output is computed from, in its own input. */
function readOf(layer: LayerSpec, region: Region, inputs: Inputs): Region {
  const parts = partsOf(
    layer,
    (layers) => (output: Region) =>
      layers.reduceRight((behind, inner) => readOf(inner, behind, inputs), output),
  );
  const read = definitionOf(layer).reads(layer, region, inputs.get(layer) ?? [], parts);
  // Rows without columns are no places: a window that lies beside the image on one side.
  return read.some((places) => places.length === 0) ? read.map(() => []) : read;
}

/** From the output of the layer of this name, somewhere in the list, to the list's input; null where it is not there. */
function throughList(
  layers: readonly LayerSpec[],
  name: string,
  region: Region,
  inputs: Inputs,
): Region | null {
  for (const [at, layer] of layers.entries()) {
    const found = layer.name === name ? readOf(layer, region, inputs) : insideOf(layer, name, region, inputs);
    if (found === null) continue;
    return layers.slice(0, at).reduceRight((behind, before) => readOf(before, behind, inputs), found);
  }
  return null;
}

function insideOf(layer: LayerSpec, name: string, region: Region, inputs: Inputs): Region | null {
  const { body, shortcut } = partsOf(layer, (layers) => throughList(layers, name, region, inputs));
  return body ?? shortcut;
}
