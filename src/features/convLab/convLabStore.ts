/** The conv lab's own store: one document, a player's state, and what a person can do. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { cellLength, stageLength } from '@/features/convLab/convLabDerived';
import { consistent, withStep } from '@/features/convLab/convLabEdits';
import { loadDocument } from '@/features/convLab/convLabLink';
import {
  reportDocument,
  speeds,
  type LabDocument,
  type LabStage,
  type LabState,
  type LinkedCell,
  type NetworkSource,
} from '@/features/convLab/convLabState';
import { tabStorage } from '@/session/tabStorage';

export interface LabActions {
  /** Any change of the document by the person; ends the following of a network. */
  readonly edit: (change: (document: LabDocument) => LabDocument) => void;
  /** A network's filter and input, now or again while it trains. */
  readonly follow: (network: NetworkSource, change: (document: LabDocument) => LabDocument) => void;
  readonly unfollow: () => void;
  readonly restore: (document: LabDocument) => void;
  /** The report's example, keeping the stage that is looked at. */
  readonly restoreExample: () => void;
  readonly setStage: (stage: LabStage) => void;
  readonly setWeight: (weight: LabDocument['weight']) => void;
  readonly setOutputGradient: (kind: LabDocument['outputGradient']) => void;
  /** To a number of done operations. */
  readonly seek: (step: number) => void;
  /** By operations; at the end it starts over where looping is on, and else pauses. */
  readonly advance: (steps: number) => void;
  /** To the end of this output cell, or back to its beginning. */
  readonly seekCell: (direction: 1 | -1) => void;
  readonly play: () => void;
  readonly pause: () => void;
  readonly setSpeed: (speed: number) => void;
  readonly setLoop: (loop: boolean) => void;
  readonly setBrush: (brush: number) => void;
  /** Shows and edits this filter until the next step. */
  readonly pickFilter: (filter: number) => void;
  readonly link: (cell: LinkedCell | null) => void;
}

export interface Lab {
  readonly store: StoreApi<LabState>;
  readonly actions: LabActions;
}

function initialState(document: LabDocument): LabState {
  return {
    document: consistent(document),
    playing: false,
    speed: speeds.indexOf(2),
    loop: false,
    restored: 0,
    brush: 1,
    filter: null,
    network: null,
    linked: null,
  };
}

const currentStep = ({ stage, steps }: LabDocument): number => steps[stage];

function createActions(store: StoreApi<LabState>): LabActions {
  const change = (edit: (document: LabDocument) => LabDocument): void => {
    const { document } = store.getState();
    const next = edit(document);
    if (next !== document) store.setState({ document: next });
  };
  const seek = (step: number): void => {
    change((document) => withStep(document, step));
    store.setState({ filter: null });
  };
  const restore = (document: LabDocument): void =>
    store.setState(({ restored }) => ({
      document: consistent(document),
      restored: restored + 1,
      playing: false,
      filter: null,
      network: null,
      linked: null,
    }));
  return {
    edit: (edit) => {
      change((document) => consistent(edit(document)));
      store.setState({ network: null });
    },
    follow: (network, edit) => {
      change(edit);
      store.setState({ network });
    },
    unfollow: () => store.setState({ network: null }),
    restore,
    restoreExample: () => restore({ ...reportDocument(), stage: store.getState().document.stage }),
    setStage: (stage) => {
      change((document) => (document.stage === stage ? document : { ...document, stage }));
      store.setState({ playing: false, linked: null });
    },
    setWeight: (weight) =>
      change((document) => ({ ...document, weight, steps: { ...document.steps, gradient: 0 } })),
    setOutputGradient: (outputGradient) => change((document) => ({ ...document, outputGradient })),
    seek,
    advance: (steps) => {
      const { document, loop } = store.getState();
      const length = stageLength(document);
      const next = currentStep(document) + steps;
      if (next <= length) return seek(next);
      if (currentStep(document) < length) return seek(length);
      if (loop) return seek(0);
      store.setState({ playing: false });
    },
    seekCell: (direction) => {
      const { document } = store.getState();
      const size = cellLength(document);
      const step = currentStep(document);
      seek(direction > 0 ? (Math.floor(step / size) + 1) * size : (Math.ceil(step / size) - 1) * size);
    },
    play: () => {
      const { document } = store.getState();
      const length = stageLength(document);
      if (length === 0) return;
      if (currentStep(document) >= length) seek(0);
      store.setState({ playing: true });
    },
    pause: () => store.setState({ playing: false }),
    setSpeed: (speed) => store.setState({ speed }),
    setLoop: (loop) => store.setState({ loop }),
    setBrush: (brush) => store.setState({ brush }),
    pickFilter: (filter) => store.setState({ filter }),
    link: (linked) => store.setState({ linked }),
  };
}

export function createLab(document: LabDocument = reportDocument()): Lab {
  const store = createStore<LabState>(() => initialState(document));
  return { store, actions: createActions(store) };
}

export const lab: Lab = createLab(loadDocument(tabStorage()));

/** Reads the lab's state in a component; renders again only when what the selector gives changes. */
export function useLab<T>(selector: (state: LabState) => T): T {
  return useStore(lab.store, selector);
}
