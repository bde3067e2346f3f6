import type { inspectLayers as english } from '@/locales/en/inspectLayers';
import type { Translation } from '@/locales/shape';

export const inspectLayers = {
  save: '保存 {{layer}} 的特征图',
  map: '{{layer}}，通道 {{channel}}',
  value: '数值',
} as const satisfies Translation<typeof english>;
