/** Layers in PyTorch's words, short enough for a box. */
import type { GraphNode } from '@/model/graph';
import { assertNever, type LayerSpec } from '@/model/layers';
import type { Shape } from '@/model/shapes';
import type { useTranslation } from 'react-i18next';

type Translate = ReturnType<typeof useTranslation<'network'>>['t'];

/** `64×62×62`, or `4,096`. */
export function shapeText(shape: Shape, integer: (value: number) => string): string {
  return shape.length === 1 ? integer(shape[0] ?? 0) : shape.join('×');
}

/** What a layer does to its input, such as `5×5, 1→10, stride 2`; empty where the kind says it all. */
export function layerDetail(layer: LayerSpec, t: Translate): string {
  switch (layer.kind) {
    case 'Conv2d':
      return [
        `${layer.kernelSize}×${layer.kernelSize}`,
        `${layer.inChannels}→${layer.outChannels}`,
        ...(layer.stride === 1 ? [] : [t('layers.stride', { value: String(layer.stride) })]),
        ...(layer.padding === 0 ? [] : [t('layers.padding', { value: String(layer.padding) })]),
      ].join(', ');
    case 'Linear':
      return `${layer.inFeatures}→${layer.outFeatures}`;
    case 'MaxPool2d':
      return [
        `${layer.kernelSize}×${layer.kernelSize}`,
        ...(layer.stride === layer.kernelSize ? [] : [t('layers.stride', { value: String(layer.stride) })]),
        ...(layer.padding === 0 ? [] : [t('layers.padding', { value: String(layer.padding) })]),
      ].join(', ');
    case 'AdaptiveAvgPool2d':
      return `${layer.outputSize}×${layer.outputSize}`;
    case 'Dropout':
    case 'Dropout2d':
      return `p ${layer.p}`;
    case 'BatchNorm2d':
      return String(layer.numFeatures);
    case 'ReLU':
    case 'Flatten':
    case 'Residual':
      return '';
    default:
      return assertNever(layer);
  }
}

/** What follows the first layer of a node that draws several, such as `BatchNorm2d · ReLU`. */
export function followersText(node: GraphNode): string {
  return node.layers
    .slice(1)
    .map((layer) => layer.kind)
    .join(' · ');
}

/** `2× Conv2d, MaxPool2d`: the kinds of a folded stage's layers that hold weights or change the size. */
export function stageSummary(nodes: readonly GraphNode[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of nodes) {
    if (kind === 'Add' || kind === 'ReLU' || kind === 'Dropout' || kind === 'Dropout2d') continue;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${count}× ${kind}`)).join(', ');
}
