/** What the boxes of the layer explorer share: the newest answer for the image on show. */
import { createContext, useContext } from 'react';
import type { RequestValue } from '@/session/sessionState';
import type { LayerMode } from '@/features/inspect/layers/layerNodes';

export type LayerActivations = RequestValue<'activations'>['activations'];
export type LayerActivation = LayerActivations extends ReadonlyMap<string, infer A> ? A : never;

export interface LayersContextValue {
  readonly mode: LayerMode;
  /** Of the layers in sight; null before the first answer. */
  readonly activations: LayerActivations | null;
  /** Opens a unit of a convolution in the conv lab. */
  readonly openInLab: (layer: string, filter: number, row: number, column: number) => void;
}

export const LayersContext = createContext<LayersContextValue>({
  mode: 'maps',
  activations: null,
  openInLab: () => undefined,
});

export const useLayersContext = (): LayersContextValue => useContext(LayersContext);
