/** PyTorch's state_dict of a network: ordered keys, shapes and types, read from the same LayerSpec data. */
import { definitionOf, flattenLayers, type LayerSpec, type NetworkSpec } from '@/model/layers';
import type { StateTensor } from '@/model/layers/definition';

export interface StateEntry extends Omit<StateTensor, 'suffix'> {
  /** `conv1.weight`, `layer1.0.bn1.running_var`, ... */
  readonly key: string;
  readonly layer: LayerSpec;
}

/** The entries of one layer alone; of a Residual none, since its insides are layers of their own. */
export function layerEntries(layer: LayerSpec): StateEntry[] {
  return definitionOf(layer)
    .state(layer)
    .map(({ suffix, ...tensor }) => ({ key: `${layer.name}.${suffix}`, ...tensor, layer }));
}

/** All entries in PyTorch's state_dict order. */
export function stateEntries(network: NetworkSpec): StateEntry[] {
  const layers = flattenLayers(network.layers);
  if (network.stateOrder === undefined) return layers.flatMap(layerEntries);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  return network.stateOrder.flatMap((name) => {
    const layer = byName.get(name);
    if (layer === undefined) {
      throw new RangeError(`stateOrder of ${network.id} names "${name}", which the network does not have.`);
    }
    return layerEntries(layer);
  });
}

/** Entries that get gradients and optimizer state. */
export function parameterEntries(network: NetworkSpec): StateEntry[] {
  return stateEntries(network).filter((entry) => entry.role === 'parameter');
}
