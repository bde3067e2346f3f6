/** What of the layer statistics can be shown. */
import type { LayerStatistics, TensorStatistics } from '@/model/layerStatistics';

export const layerTensors = ['gradient', 'weight', 'input'] as const;
export type LayerTensor = (typeof layerTensors)[number];

export interface LayerQuantity {
  /** Unique, such as `gradient/std`. */
  readonly id: string;
  readonly tensor: LayerTensor | 'update';
  readonly figure: 'ratio' | 'mean' | 'std' | 'max' | 'zeros' | 'dead';
  readonly of: (layer: LayerStatistics) => number;
  /** Shares are 0 to 1; `signed` has 0 in the middle of the colours; the others span many powers of ten. */
  readonly scale: 'share' | 'log' | 'signed';
}

type Figure = Omit<LayerQuantity, 'id' | 'tensor' | 'of'> & {
  readonly of: (tensor: TensorStatistics) => number;
};

const figures: readonly Figure[] = [
  { figure: 'std', of: ({ std }) => std, scale: 'log' },
  { figure: 'mean', of: ({ mean }) => mean, scale: 'signed' },
  { figure: 'max', of: ({ maxAbs }) => maxAbs, scale: 'log' },
  { figure: 'zeros', of: ({ zeroShare }) => zeroShare, scale: 'share' },
];

const ofTensors = layerTensors.flatMap((tensor) =>
  figures.map(({ figure, scale, of }): LayerQuantity => ({
    id: `${tensor}/${figure}`,
    tensor,
    figure,
    scale,
    of: (layer) => of(layer[tensor]),
  })),
);

export const updateQuantity: LayerQuantity = {
  id: 'update/ratio',
  tensor: 'update',
  figure: 'ratio',
  of: ({ updateRatio }) => updateRatio,
  scale: 'log',
};

/** The update first, which tells most; then by tensor. */
export const layerQuantities: readonly LayerQuantity[] = [
  updateQuantity,
  ...ofTensors,
  { id: 'input/dead', tensor: 'input', figure: 'dead', of: ({ deadShare }) => deadShare, scale: 'share' },
];
