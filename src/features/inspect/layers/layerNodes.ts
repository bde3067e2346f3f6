/** Which boxes of the diagram show maps, and how high they are. */
import type { GraphNode } from '@/model/graph';
import { definitionOf, type Conv2d, type LayerSpec } from '@/model/layers';
import { channelsOfGroup } from '@/model/layers/conv2d';
import { networkInput } from '@/model/shapes';
import { mapShape, sheetLayout } from '@/features/inspect/layers/sheetLayout';
import { filterLayout } from '@/features/inspect/layers/filterLayout';

export const layerModes = ['maps', 'weights', 'change'] as const;
/** Feature maps; filters; how filters changed since the run began. */
export type LayerMode = (typeof layerModes)[number];

/** Under which name the engine gives a box's values; null for one whose values are those of the box before it. */
export function activationName({ kind, layers: [layer] }: GraphNode): string | null {
  if (kind === 'Input') return networkInput;
  if (layer === undefined || !changesValues(layer)) return null;
  return layer.name;
}

/** In evaluation mode. */
function changesValues(layer: LayerSpec): boolean {
  const { group, isView } = definitionOf(layer);
  return group !== 'dropout' && !isView;
}

export function convolutionOf({ layers: [layer] }: GraphNode): Conv2d | null {
  return layer?.kind === 'Conv2d' ? layer : null;
}

const head = 40;
/** Under the sheet: its scale and pages. */
const foot = 30;
/** Left and right of the sheet, with the box's edges. */
export const sidePadding = 25;

export function sheetWidth(boxWidth: number): number {
  return boxWidth - sidePadding;
}

const heightByMode: Readonly<Record<LayerMode, (node: GraphNode, width: number) => number>> = {
  maps: (node, width) =>
    activationName(node) === null ? head : head + sheetLayout(mapShape(node.output), width, 0).height + foot,
  weights: filterHeight,
  change: filterHeight,
};

function filterHeight(node: GraphNode, width: number): number {
  const layer = convolutionOf(node);
  if (layer === null) return head;
  const { outChannels, kernelSize } = layer;
  return head + filterLayout(outChannels, channelsOfGroup(layer), kernelSize, width).height + foot;
}

/** One function a mode, so that a diagram is laid out anew only when the mode changes. */
export const boxHeights: Readonly<Record<LayerMode, (node: GraphNode, width: number) => number>> = {
  maps: (node, width) => heightByMode.maps(node, sheetWidth(width)),
  weights: (node, width) => heightByMode.weights(node, sheetWidth(width)),
  change: (node, width) => heightByMode.change(node, sheetWidth(width)),
};
