/** A network with more or fewer channels and features, for the scaling table. */
import { mapLayers, type NetworkSpec } from '@/model/layers';

/** Every width times `factor`, but for the image's one channel and the ten logits. */
export function widened(network: NetworkSpec, factor: number): NetworkSpec {
  if (factor === 1) return network;
  const scaled = (size: number): number => Math.max(1, Math.round(size * factor));
  const last = network.layers.findLast((layer) => layer.kind === 'Linear')?.name;
  const layers = mapLayers(network.layers, (layer) => {
    if ('outChannels' in layer) {
      return {
        ...layer,
        inChannels: layer.inChannels === 1 ? 1 : scaled(layer.inChannels),
        outChannels: scaled(layer.outChannels),
      };
    }
    if ('outFeatures' in layer) {
      return {
        ...layer,
        inFeatures: scaled(layer.inFeatures),
        outFeatures: layer.name === last ? layer.outFeatures : scaled(layer.outFeatures),
      };
    }
    return 'numFeatures' in layer ? { ...layer, numFeatures: scaled(layer.numFeatures) } : layer;
  });
  return { ...network, layers };
}
