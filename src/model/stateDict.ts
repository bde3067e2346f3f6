/** PyTorch's state_dict of a network: ordered keys, shapes and types, read from the same LayerSpec data. */
import { assertNever, flattenLayers, type LayerSpec, type NetworkSpec } from '@/model/layers';

export interface StateEntry {
  /** `conv1.weight`, `layer1.0.bn1.running_var`, ... */
  readonly key: string;
  /** PyTorch's layout: convolution OIHW, Linear [out, in]. */
  readonly shape: readonly number[];
  readonly dtype: 'F32' | 'I64';
  /** A buffer is part of the state but gets no gradient. */
  readonly role: 'parameter' | 'buffer';
  readonly layer: LayerSpec;
}

/** The entries of one layer alone; of a Residual none, since its insides are layers of their own. */
export function layerEntries(layer: LayerSpec): StateEntry[] {
  const entry = (
    suffix: string,
    shape: readonly number[],
    role: StateEntry['role'] = 'parameter',
    dtype: StateEntry['dtype'] = 'F32',
  ): StateEntry => ({ key: `${layer.name}.${suffix}`, shape, dtype, role, layer });
  switch (layer.kind) {
    case 'Conv2d': {
      const { outChannels, inChannels, kernelSize } = layer;
      const weight = entry('weight', [outChannels, inChannels, kernelSize, kernelSize]);
      return layer.bias ? [weight, entry('bias', [outChannels])] : [weight];
    }
    case 'Linear': {
      const weight = entry('weight', [layer.outFeatures, layer.inFeatures]);
      return layer.bias ? [weight, entry('bias', [layer.outFeatures])] : [weight];
    }
    case 'BatchNorm2d': {
      const shape = [layer.numFeatures];
      return [
        entry('weight', shape),
        entry('bias', shape),
        entry('running_mean', shape, 'buffer'),
        entry('running_var', shape, 'buffer'),
        entry('num_batches_tracked', [], 'buffer', 'I64'),
      ];
    }
    case 'ReLU':
    case 'MaxPool2d':
    case 'AdaptiveAvgPool2d':
    case 'Dropout':
    case 'Dropout2d':
    case 'Flatten':
    case 'Residual':
      return [];
    default:
      return assertNever(layer);
  }
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
