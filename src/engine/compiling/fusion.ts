/** What a layer's kernel takes over of the layers behind it: one rule for both own engines, each of which says what its kernels can. */
import type { Dropout, Dropout2d, LayerSpec, MaxPool2d } from '@/model/layers';

/** What follows a layer and is done in its kernel. */
export interface Fusion {
  readonly relu: boolean;
  readonly pool: MaxPool2d | null;
  /** Only with a ReLU, whose zeros then also tell what was dropped. */
  readonly dropout: Dropout | Dropout2d | null;
  /** Layers taken over, those that do nothing among them. */
  readonly length: number;
}

/** Whether a kernel that has taken over `taken` can take over `layer`, too. */
export type Takes = (layer: LayerSpec, taken: Fusion) => boolean;

export const isDropout = (layer: LayerSpec): layer is Dropout | Dropout2d =>
  layer.kind === 'Dropout' || layer.kind === 'Dropout2d';

const none: Fusion = { relu: false, pool: null, dropout: null, length: 0 };

/** With one layer more; null where that is none that a kernel may take over, or a second one of its kind. */
function withLayer(taken: Fusion, layer: LayerSpec, isTraining: boolean): Fusion | null {
  const length = taken.length + 1;
  if (isDropout(layer)) {
    if (!isTraining || layer.p === 0) return { ...taken, length };
    return taken.dropout === null ? { ...taken, dropout: layer, length } : null;
  }
  if (layer.kind === 'ReLU') return taken.relu ? null : { ...taken, relu: true, length };
  if (layer.kind === 'MaxPool2d') return taken.pool === null ? { ...taken, pool: layer, length } : null;
  return null;
}

export interface FusionRules {
  readonly isTraining: boolean;
  /** Whether the output of the layer of this name is kept, so that nothing behind it may be taken over. */
  readonly isKept: (name: string) => boolean;
  readonly takes: Takes;
}

/**
 * What the kernel of layers[at] takes over. ReLU, a max pool whose windows do not overlap and Dropout2d may change places with each
 * other without any change of the result or of its gradient, so a kernel may take them in any order, each once.
 */
export function fusionOf(
  layers: readonly LayerSpec[],
  at: number,
  { isTraining, isKept, takes }: FusionRules,
): Fusion {
  let taken = none;
  // A dropout counts only once a ReLU is there.
  let fusion = none;
  for (const layer of layers.slice(at + 1)) {
    if (isKept(layers[at + taken.length]?.name ?? '')) break;
    const more = takes(layer, taken) ? withLayer(taken, layer, isTraining) : null;
    if (more === null) break;
    taken = more;
    if (taken.dropout === null || taken.relu) fusion = taken;
  }
  return fusion;
}
