/** Which activation stands before a layer: what a fault means, and what mends it, depends on it. */
import { definitionOf, type LayerKind, type LayerSpec, type NetworkSpec } from '@/model/layers';
import type { LayerGroup } from '@/model/layers/definition';

/** Groups that leave the zeros of an activation zeros. */
const keepsZeros: Readonly<Record<LayerGroup, boolean>> = {
  weights: false,
  activation: false,
  pooling: true,
  normalization: false,
  dropout: true,
  shape: true,
  block: false,
};

/** Notes what each layer with weights reads; gives whether the list's own output is a ReLU's. */
function follow(layers: readonly LayerSpec[], start: boolean, found: Set<string>): boolean {
  let isRelu = start;
  for (const layer of layers) {
    const { group } = definitionOf(layer);
    if (group === 'weights' && isRelu) found.add(layer.name);
    if (layer.kind === 'Residual') {
      const body = follow(layer.body, isRelu, found);
      const shortcut = follow(layer.shortcut, isRelu, found);
      // A sum is 0 for every image only where both are.
      isRelu = body && shortcut;
    } else if (group === 'activation') isRelu = layer.kind === 'ReLU';
    else isRelu &&= keepsZeros[group];
  }
  return isRelu;
}

/** Names of the layers with weights whose inputs are a ReLU's, so that an input of 0 gets no gradient. */
export function layersBehindRelu({ layers }: NetworkSpec): ReadonlySet<string> {
  const found = new Set<string>();
  follow(layers, false, found);
  return found;
}

/** Activations that are flat on both sides, with torch.nn.init.calculate_gain's factor for weights before them. */
const saturating: ReadonlyMap<LayerKind, number> = new Map([
  ['Sigmoid', 1],
  ['Tanh', 5 / 3],
]);

/** Gains of the layers with weights that lie before an activation which is flat on both sides, rather than before a ReLU or its like. */
export function gainsBeforeSaturation(layers: readonly LayerSpec[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let last: string | null = null;
  const visit = (list: readonly LayerSpec[]): void => {
    for (const layer of list) {
      if (layer.kind === 'Residual') {
        visit(layer.body);
        visit(layer.shortcut);
      }
      const { group } = definitionOf(layer);
      if (group === 'weights') last = layer.name;
      if (group !== 'activation') continue;
      const gain = saturating.get(layer.kind);
      if (last !== null && gain !== undefined) found.set(last, gain);
      last = null;
    }
  };
  visit(layers);
  return found;
}
