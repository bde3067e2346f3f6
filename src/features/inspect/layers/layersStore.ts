/** What the layer explorer shows besides the network: the unit that is looked at, pages, and which layers are in sight. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

export interface Unit {
  /** A layer's name, or the network's input. */
  readonly layer: string;
  readonly map: number;
  /** 0 of a feature. */
  readonly row: number;
  readonly column: number;
}

interface LayersState {
  readonly unit: Unit | null;
  /** It stays while the pointer goes elsewhere. */
  readonly isPinned: boolean;
  /** Page of maps by layer; 0 where it has none. */
  readonly pages: ReadonlyMap<string, number>;
  readonly inSight: ReadonlySet<string>;
}

const store = createStore<LayersState>(() => ({
  unit: null,
  isPinned: false,
  pages: new Map(),
  inSight: new Set(),
}));

export function useLayers<T>(selector: (state: LayersState) => T): T {
  return useStore(store, selector);
}

export const layersActions = {
  /** The pointer is on it. */
  point: (unit: Unit): void => {
    if (!store.getState().isPinned) store.setState({ unit });
  },
  /** Chosen by a click or a key; stays. */
  pin: (unit: Unit): void => store.setState({ unit, isPinned: true }),
  release: (): void => store.setState({ isPinned: false }),
  turn: (layer: string, page: number): void =>
    store.setState(({ pages }) => ({ pages: new Map(pages).set(layer, page) })),
  sight: (layer: string, isInSight: boolean): void =>
    store.setState(({ inSight }) => {
      if (inSight.has(layer) === isInSight) return {};
      const next = new Set(inSight);
      if (isInSight) next.add(layer);
      else next.delete(layer);
      return { inSight: next };
    }),
} as const;
