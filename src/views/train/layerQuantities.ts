/** What of the layer statistics can be shown. */
import type { LayerStatistics } from '@/model/layerStatistics';

export interface LayerQuantity {
  readonly id: 'update' | 'gradient' | 'weight' | 'input' | 'dead' | 'zeros';
  readonly of: (layer: LayerStatistics) => number;
  /** Shares are 0 to 1; the others span many powers of ten. */
  readonly scale: 'share' | 'log';
}

export const layerQuantities: readonly LayerQuantity[] = [
  { id: 'update', of: ({ updateRatio }) => updateRatio, scale: 'log' },
  { id: 'gradient', of: ({ gradient }) => gradient.std, scale: 'log' },
  { id: 'weight', of: ({ weight }) => weight.std, scale: 'log' },
  { id: 'input', of: ({ input }) => input.std, scale: 'log' },
  { id: 'dead', of: ({ deadShare }) => deadShare, scale: 'share' },
  { id: 'zeros', of: ({ input }) => input.zeroShare, scale: 'share' },
];
