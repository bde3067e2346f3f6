/** Layers in PyTorch's words, short enough for a box. */
import type { GraphNode } from '@/model/graph';
import { definitionOf } from '@/model/layers';
import type { LayerGroup } from '@/model/layers/definition';

/** What follows the first layer of a node that draws several, such as `BatchNorm2d · ReLU`. */
export function followersText(node: GraphNode): string {
  return node.layers
    .slice(1)
    .map((layer) => layer.kind)
    .join(' · ');
}

/** Kinds of these groups are named in a summary. */
const isNamed: Readonly<Record<LayerGroup, boolean>> = {
  weights: true,
  activation: false,
  pooling: true,
  normalization: true,
  dropout: false,
  shape: true,
  block: false,
};

/** `2× Conv2d, MaxPool2d`: the kinds of a folded stage's layers that hold weights or change the size. */
export function stageSummary(nodes: readonly GraphNode[]): string {
  const counts = new Map<string, number>();
  for (const {
    layers: [layer],
  } of nodes) {
    if (layer === undefined || !isNamed[definitionOf(layer).group]) continue;
    counts.set(layer.kind, (counts.get(layer.kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${count}× ${kind}`)).join(', ');
}
