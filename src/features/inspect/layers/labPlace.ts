/** Where the conv lab has a unit: at its convolution, or at what follows that as the lab's own stages do. */
import type { LayerSpec, NetworkSpec } from '@/model/layers';
import type { LabPlace } from '@/session/labRequest';

/** A layer and the two before it in its list, nearest first. */
function withBefore(layers: readonly LayerSpec[], name: string): readonly (LayerSpec | undefined)[] {
  for (const [at, layer] of layers.entries()) {
    if (layer.name === name) return [layer, layers[at - 1], layers[at - 2]];
    if (layer.kind !== 'Residual') continue;
    for (const list of [layer.body, layer.shortcut]) {
      const found = withBefore(list, name);
      if (found.length > 0) return found;
    }
  }
  return [];
}

/**
 * Of a layer's units: a convolution, a ReLU of one, or a plain max pool of that. Null where the lab has none such: it takes no other
 * activation, and pools after its ReLU alone.
 */
export function labPlaceOf(network: NetworkSpec, name: string): LabPlace | null {
  const [layer, before, first] = withBefore(network.layers, name);
  if (layer === undefined) return null;
  if (layer.kind === 'Conv2d') return { layer: name, stage: 'conv', pool: null };
  if (layer.kind === 'ReLU' && before?.kind === 'Conv2d')
    return { layer: before.name, stage: 'relu', pool: null };
  if (layer.kind !== 'MaxPool2d' || before?.kind !== 'ReLU' || first?.kind !== 'Conv2d') return null;
  const { kernelSize, stride, padding, dilation = 1, ceilMode = false } = layer;
  if (dilation !== 1 || ceilMode) return null;
  return { layer: first.name, stage: 'pool', pool: { kernelSize, stride, padding } };
}
