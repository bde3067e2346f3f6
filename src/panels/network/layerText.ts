/** A layer in PyTorch's words. */
import type { useTranslation } from 'react-i18next';
import { definitionOf, type LayerSpec } from '@/model/layers';
import type { Shape } from '@/model/shape';

type Translate = ReturnType<typeof useTranslation<'network'>>['t'];

/** `64×62×62`, or `4,096`. */
export function shapeText(shape: Shape, integer: (value: number) => string): string {
  return shape.length === 1 ? integer(shape[0] ?? 0) : shape.join('×');
}

/** What a layer does to its input, such as `5×5, 1→10, stride 2`; empty where the kind says it all. */
export function layerDetail(layer: LayerSpec, t: Translate): string {
  return definitionOf(layer)
    .detail(layer)
    .map((part) => (typeof part === 'string' ? part : t(`layers.${part.key}`, { value: String(part.value) })))
    .join(', ');
}
