/** A network with more or fewer channels and features, for the scaling table. */
import { assertNever, mapLayers, type NetworkSpec } from '@/model/layers';

/** Every width times `factor`, but for the image's one channel and the ten logits. */
export function widened(network: NetworkSpec, factor: number): NetworkSpec {
  if (factor === 1) return network;
  const scaled = (size: number): number => Math.max(1, Math.round(size * factor));
  const last = network.layers.findLast((layer) => layer.kind === 'Linear')?.name;
  const layers = mapLayers(network.layers, (layer) => {
    switch (layer.kind) {
      case 'Conv2d':
        return {
          ...layer,
          inChannels: layer.inChannels === 1 ? 1 : scaled(layer.inChannels),
          outChannels: scaled(layer.outChannels),
        };
      case 'Linear':
        return {
          ...layer,
          inFeatures: scaled(layer.inFeatures),
          outFeatures: layer.name === last ? layer.outFeatures : scaled(layer.outFeatures),
        };
      case 'BatchNorm2d':
        return { ...layer, numFeatures: scaled(layer.numFeatures) };
      case 'ReLU':
      case 'MaxPool2d':
      case 'AdaptiveAvgPool2d':
      case 'Dropout':
      case 'Dropout2d':
      case 'Flatten':
      case 'Residual':
        return layer;
      default:
        return assertNever(layer);
    }
  });
  return { ...network, layers };
}
