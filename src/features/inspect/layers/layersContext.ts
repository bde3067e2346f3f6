/** What the boxes of the layer explorer share: the newest answer for the image on show. */
import { createContext, useContext } from 'react';
import type { LabPlace } from '@/session/labRequest';
import type { RequestValue } from '@/session/sessionState';
import type { Unit } from '@/features/inspect/layers/layersStore';
import type { LayerMode } from '@/features/inspect/layers/layerNodes';

export type LayerActivations = RequestValue<'activations'>['activations'];
export type LayerActivation = LayerActivations extends ReadonlyMap<string, infer A> ? A : never;

export interface LayersContextValue {
  readonly mode: LayerMode;
  /** Of the layers in sight; null before the first answer. */
  readonly activations: LayerActivations | null;
  /** Opens a unit in the conv lab, where the lab has it. */
  readonly openInLab: (unit: Unit) => void;
  /** Where the lab has the units of a layer; null: nowhere. */
  readonly labPlace: (layer: string) => LabPlace | null;
}

export const LayersContext = createContext<LayersContextValue>({
  mode: 'maps',
  activations: null,
  openInLab: () => undefined,
  labPlace: () => null,
});

export const useLayersContext = (): LayersContextValue => useContext(LayersContext);
