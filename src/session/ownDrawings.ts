/** Drawings that a person labelled, kept in the browser: shown on several pages, so they are held here. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LabelledImages } from '@/model/dataImport';
import { openDrawings, type DrawingStore, type OwnDrawing } from '@/storage/drawings/drawingStore';

export type { OwnDrawing };

export interface OwnDrawingsState {
  /** Of all data sets, oldest first; null until they are read. */
  readonly drawings: readonly OwnDrawing[] | null;
  /** They outlive the visit. */
  readonly isPersistent: boolean;
  /** Deleted last, until something else is done: they can be brought back. */
  readonly removed: readonly OwnDrawing[];
  /** The last change was not kept: there is no room left. */
  readonly isFull: boolean;
}

export interface OwnDrawings {
  readonly store: StoreApi<OwnDrawingsState>;
  /** Reads them, once. */
  readonly load: () => Promise<void>;
  /** Keeps drawings of a data set (by its checksum); gives their ids. */
  readonly keep: (data: string, drawings: LabelledImages) => Promise<readonly string[]>;
  readonly relabel: (id: string, label: number) => Promise<void>;
  readonly remove: (ids: readonly string[]) => Promise<void>;
  /** Brings back what was deleted last. */
  readonly restore: () => Promise<void>;
}

const size = 28 * 28;

/** Unlike all of earlier visits and other tabs, and in order. */
function newIds(count: number): string[] {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  const stem = `${Date.now().toString(36)}-${random.toString(36)}`;
  return Array.from({ length: count }, (_, i) => `${stem}-${String(i).padStart(6, '0')}`);
}

export function createOwnDrawings(open: () => Promise<DrawingStore>): OwnDrawings {
  const store = createStore<OwnDrawingsState>(() => ({
    drawings: null,
    isPersistent: true,
    removed: [],
    isFull: false,
  }));
  let opening: Promise<DrawingStore> | null = null;
  const opened = (): Promise<DrawingStore> => {
    opening ??= open();
    return opening;
  };
  const reread = async (kept: DrawingStore): Promise<void> => {
    store.setState({ drawings: await kept.list(), isPersistent: kept.isPersistent });
  };
  /** Puts drawings down, or says that there is no room. */
  const put = async (drawings: readonly OwnDrawing[]): Promise<void> => {
    const kept = await opened();
    try {
      await kept.put(drawings);
      store.setState({ isFull: false, removed: [] });
    } catch {
      store.setState({ isFull: true });
    }
    await reread(kept);
  };
  return {
    store,
    load: async () => {
      if (store.getState().drawings === null) await reread(await opened());
    },
    keep: async (data, { images, labels }) => {
      const ids = newIds(labels.length);
      const createdAt = Date.now();
      await put(
        ids.map((id, i) => ({
          id,
          data,
          label: labels[i] ?? 0,
          pixels: images.slice(i * size, (i + 1) * size),
          createdAt,
        })),
      );
      return ids;
    },
    relabel: async (id, label) => {
      const drawing = store.getState().drawings?.find((one) => one.id === id);
      if (drawing !== undefined) await put([{ ...drawing, label }]);
    },
    remove: async (ids) => {
      const kept = await opened();
      const removed = (store.getState().drawings ?? []).filter(({ id }) => ids.includes(id));
      await kept.remove(ids);
      store.setState({ removed });
      await reread(kept);
    },
    restore: async () => {
      await put(store.getState().removed);
    },
  };
}

export const ownDrawings = createOwnDrawings(openDrawings);

export function useOwnDrawings<T>(selector: (state: OwnDrawingsState) => T): T {
  return useStore(ownDrawings.store, selector);
}

/** As runs and files take them. */
export function labelledImages(drawings: readonly OwnDrawing[]): LabelledImages {
  const images = new Uint8Array(drawings.length * size);
  drawings.forEach(({ pixels }, i) => images.set(pixels, i * size));
  return { images, labels: Uint8Array.from(drawings, ({ label }) => label) };
}
