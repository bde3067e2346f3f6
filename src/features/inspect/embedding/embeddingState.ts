/**
 * The embedding: what the last hidden layer gives for test images, and where that lies in two dimensions.
 *
 * The axes of the PCA are those of one step, the one at which the run was first looked at, or for which a person asked; every other step
 * is laid along the same axes and in the same frame, so that points move where the network changes and do not jump. UMAP has no axes:
 * its picture is of the step for which it was computed.
 */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { PrincipalComponents } from '@/model/principalComponents';
import { NetworkPass } from '@/session/networkPass';
import { session } from '@/session/session';
import { columnsOf, type Frame, frameOf, type Hidden, placesOn } from '@/features/inspect/embedding/places';
import { startJob } from '@/features/inspect/embedding/startJob';

export const embeddedImages = 2000;
export const embeddingParams = { count: embeddedImages } as const;

export const embeddingPass = new NetworkPass({
  store: session.store,
  ask: session.actions.ask,
  request: 'hiddenActivations',
  isAutomatic: true,
  doneOf: ({ done }) => done,
});

export interface Axes {
  readonly runId: string;
  readonly step: number;
  readonly columns: number;
  readonly components: PrincipalComponents;
  /** What the points of that step fill. */
  readonly frame: Frame;
}

export interface Umap {
  readonly runId: string;
  readonly step: number;
  /** Share done; 1: it is whole. */
  readonly done: number;
  /** [n, 2]; null before they have places. */
  readonly points: Float32Array<ArrayBuffer> | null;
}

interface EmbeddingState {
  readonly method: 'pca' | 'umap';
  readonly axes: Axes | null;
  readonly isFitting: boolean;
  readonly umap: Umap | null;
  /** English, for detail. */
  readonly failure: string | null;
}

export const embedding = createStore<EmbeddingState>(() => ({
  method: 'pca',
  axes: null,
  isFitting: false,
  umap: null,
  failure: null,
}));
export const useEmbedding = (): EmbeddingState => useStore(embedding);

let endFit: () => void = () => undefined;
let endUmap: () => void = () => undefined;

/** Finds the axes of this answer. */
export function fitAxes(runId: string, hidden: Hidden): void {
  endFit();
  embedding.setState({ isFitting: true, failure: null });
  const columns = columnsOf(hidden);
  endFit = startJob({ kind: 'pca', features: hidden.features, columns }, (news) => {
    if (news.kind === 'pca') {
      const { components } = news;
      const frame = frameOf(placesOn(components, hidden));
      embedding.setState({
        axes: { runId, step: hidden.step, columns, components, frame },
        isFitting: false,
      });
    } else if (news.kind === 'failed') embedding.setState({ isFitting: false, failure: news.message });
  });
}

export function computeUmap(runId: string, hidden: Hidden): void {
  endUmap();
  const of = { runId, step: hidden.step };
  embedding.setState({ umap: { ...of, done: 0, points: null }, failure: null });
  endUmap = startJob({ kind: 'umap', features: hidden.features, columns: columnsOf(hidden) }, (news) => {
    if (news.kind === 'umap') embedding.setState({ umap: { ...of, done: news.done, points: news.points } });
    else if (news.kind === 'failed') embedding.setState({ umap: null, failure: news.message });
  });
}

export function cancelUmap(): void {
  endUmap();
  embedding.setState({ umap: null });
}

export const showMethod = (method: EmbeddingState['method']): void => embedding.setState({ method });
