/** Building a network: edits of the draft's layers with undo and redo, and the last own network kept for the next visit. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { withLayers } from '@/model/edit';
import { customNetwork } from '@/model/hyperparameters';
import type { LayerSpec, NetworkSpec } from '@/model/layers';
import { parseNetworkSpec } from '@/model/networkSchema';
import { defaultInput } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { findStandardNetwork } from '@/model/standardNetworks';
import { session, type Session } from '@/session/session';
import { browserStorage } from '@/session/settings';

/** A network with the input that its shapes are made for. */
export type NetworkChoice = Pick<RunConfig, 'network' | 'input'>;

export interface NetworkEditorState {
  readonly past: readonly NetworkChoice[];
  readonly future: readonly NetworkChoice[];
  /** The last network of one's own, also while another one is chosen. */
  readonly own: NetworkChoice | null;
}

export interface NetworkEditor {
  readonly store: StoreApi<NetworkEditorState>;
  /**
   * Changes the draft's layers; one that comes with the page becomes an own one called `ownName`. Edits in a row with the same
   * `mergeKey`, such as the digits of one number, are undone at once.
   */
  edit(
    change: (layers: readonly LayerSpec[]) => readonly LayerSpec[],
    ownName: string,
    mergeKey?: string,
  ): void;
  rename(name: string): void;
  /** Takes another network as the draft's, to be edited or trained as it is. */
  choose(choice: NetworkChoice): void;
  undo(): void;
  redo(): void;
}

const storageKey = 'digit-lab.own-network';
const longestHistory = 200;
const mergeMilliseconds = 1500;

/** A network that comes with the page, with the input that it is fed where it comes from. */
export function standardChoice(network: NetworkSpec): NetworkChoice {
  return { network, input: defaultInput(network.id) };
}

function loadOwn(storage: Pick<Storage, 'getItem'> | null): NetworkChoice | null {
  try {
    const network = parseNetworkSpec(JSON.parse(storage?.getItem(storageKey) ?? ''));
    // Its own input is part of the draft, which is kept elsewhere.
    return { network, input: defaultInput(network.id) };
  } catch {
    return null;
  }
}

function saveOwn(storage: Pick<Storage, 'setItem'> | null, network: NetworkSpec): void {
  try {
    storage?.setItem(storageKey, JSON.stringify(network));
  } catch {
    // Private windows may forbid writing.
  }
}

function isOwn(network: NetworkSpec): boolean {
  return findStandardNetwork(network.id) === undefined;
}

export function createNetworkEditor(
  { store: sessionStore, actions }: Pick<Session, 'store' | 'actions'>,
  storage: Pick<Storage, 'getItem' | 'setItem'> | null,
): NetworkEditor {
  const store = createStore<NetworkEditorState>(() => ({ past: [], future: [], own: loadOwn(storage) }));
  let merging: { readonly key: string; readonly until: number } | null = null;
  let isMine = false;

  const current = (): NetworkChoice => {
    const { network, input } = sessionStore.getState().draft;
    return { network, input };
  };
  const remember = (before: NetworkChoice): void => {
    store.setState(({ past }) => ({ past: [...past.slice(-longestHistory), before], future: [] }));
  };
  const apply = (choice: Partial<NetworkChoice>): void => {
    isMine = true;
    actions.updateDraft(choice);
    isMine = false;
  };
  const keepOwn = (): void => {
    const choice = current();
    if (!isOwn(choice.network)) return;
    store.setState({ own: choice });
    saveOwn(storage, choice.network);
  };
  keepOwn();
  // Another view or a preset may replace the network: undo brings it back.
  sessionStore.subscribe(({ draft }, { draft: before }) => {
    if (draft.network === before.network) return;
    if (!isMine) {
      merging = null;
      remember({ network: before.network, input: before.input });
    }
    keepOwn();
  });

  return {
    store,
    edit: (change, ownName, mergeKey) => {
      const before = current();
      const layers = change(before.network.layers);
      if (layers === before.network.layers) return;
      const now = Date.now();
      if (mergeKey === undefined || merging?.key !== mergeKey || now > merging.until) remember(before);
      merging = mergeKey === undefined ? null : { key: mergeKey, until: now + mergeMilliseconds };
      const edited = withLayers(before.network, layers);
      const name = isOwn(before.network) ? edited.name : ownName;
      apply({ network: { ...edited, id: customNetwork, name } });
    },
    rename: (name) => {
      const before = current();
      if (!isOwn(before.network) || name === '' || name === before.network.name) return;
      if (merging?.key !== 'name') remember(before);
      merging = { key: 'name', until: Infinity };
      apply({ network: { ...before.network, name } });
    },
    choose: (choice) => {
      merging = null;
      remember(current());
      apply(choice);
    },
    undo: () => {
      const { past, future } = store.getState();
      const previous = past.at(-1);
      if (previous === undefined) return;
      merging = null;
      store.setState({ past: past.slice(0, -1), future: [...future, current()] });
      apply(previous);
    },
    redo: () => {
      const { past, future } = store.getState();
      const next = future.at(-1);
      if (next === undefined) return;
      merging = null;
      store.setState({ past: [...past, current()], future: future.slice(0, -1) });
      apply(next);
    },
  };
}

export const networkEditor: NetworkEditor = createNetworkEditor(session, browserStorage());

export function useNetworkEditor<T>(selector: (state: NetworkEditorState) => T): T {
  return useStore(networkEditor.store, selector);
}
