/**
 * The embedding: what the last hidden layer gives for test images, and where that lies in two dimensions.
 *
 * The axes of the PCA are those of one step, the one at which the run was first looked at, or for which a person asked; every other step
 * is laid along the same axes and in the same frame, so that points move where the network changes and do not jump. UMAP has no axes:
 * once a person has had it computed for one step, the points move from there to every other step that is looked at. They always begin at
 * that step's places, so that a step has one picture, however a person came to it.
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

/** The points on their way from UMAP's own step to another one, or there. */
export type FollowedStep = Pick<Umap, 'step' | 'done' | 'points'>;

interface EmbeddingState {
  readonly method: 'pca' | 'umap';
  readonly axes: Axes | null;
  readonly isFitting: boolean;
  readonly umap: Umap | null;
  /** Another step of that run, to which its points are moved; null: none is looked at. */
  readonly followed: FollowedStep | null;
  /** English, for detail. */
  readonly failure: string | null;
}

export const embedding = createStore<EmbeddingState>(() => ({
  method: 'pca',
  axes: null,
  isFitting: false,
  umap: null,
  followed: null,
  failure: null,
}));
export const useEmbedding = (): EmbeddingState => useStore(embedding);

let endFit: () => void = () => undefined;
let endUmap: () => void = () => undefined;
let endFollowing: () => void = () => undefined;
/** Where the points lie at steps that were looked at, of the UMAP there is. */
const places = new Map<number, Float32Array<ArrayBuffer>>();
const mostPlaces = 100;
/** A scrubber that is dragged passes many steps. */
const followMilliseconds = 150;
/** Of which a person ended the way there. */
let endedStep: number | null = null;

/** Finds the axes of this answer. */
export function fitAxes(runId: string, hidden: Hidden): void {
  endFit();
  embedding.setState({ isFitting: true, failure: null });
  const columns = columnsOf(hidden);
  endFit = startJob({ kind: 'pca', features: hidden.features, columns, from: null }, (news) => {
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
  forgetFollowed();
  endUmap();
  const of = { runId, step: hidden.step };
  embedding.setState({ umap: { ...of, done: 0, points: null }, failure: null });
  const { features } = hidden;
  endUmap = startJob({ kind: 'umap', features, columns: columnsOf(hidden), from: null }, (news) => {
    if (news.kind === 'umap') embedding.setState({ umap: { ...of, done: news.done, points: news.points } });
    else if (news.kind === 'failed') embedding.setState({ umap: null, failure: news.message });
  });
}

function forgetFollowed(): void {
  endFollowing();
  places.clear();
  endedStep = null;
  embedding.setState({ followed: null });
}

/** Moves the points of the UMAP that is there to another step of its run; after a moment, in which that may be another one. */
export function followUmap(runId: string, hidden: Hidden): void {
  const { umap, followed } = embedding.getState();
  const { step, features } = hidden;
  if (umap?.points == null || umap.runId !== runId || umap.done < 1 || step === endedStep) return;
  if (followed?.step === step) return;
  endFollowing();
  endedStep = null;
  if (step === umap.step) {
    embedding.setState({ followed: null });
    return;
  }
  const known = places.get(step);
  if (known !== undefined) {
    embedding.setState({ followed: { step, done: 1, points: known } });
    return;
  }
  const { points: from } = umap;
  // What was on show stays until the points begin to move.
  const before = followed?.points ?? from;
  embedding.setState({ followed: { step, done: 0, points: before }, failure: null });
  const timer = setTimeout(() => {
    const job = { kind: 'umap', features, columns: columnsOf(hidden), from } as const;
    endFollowing = startJob(job, (news) => {
      if (news.kind === 'failed') {
        endedStep = step;
        embedding.setState({ followed: null, failure: news.message });
      }
      if (news.kind !== 'umap') return;
      const points = news.points ?? before;
      embedding.setState({ followed: { step, done: news.done, points } });
      if (!news.isDone) return;
      places.set(step, points);
      const [oldest] = places.keys();
      if (places.size > mostPlaces && oldest !== undefined) places.delete(oldest);
    });
  }, followMilliseconds);
  endFollowing = () => clearTimeout(timer);
}

/** Leaves the points at the step for which UMAP was computed. */
export function cancelFollowing(): void {
  endFollowing();
  endedStep = embedding.getState().followed?.step ?? null;
  embedding.setState({ followed: null });
}

export function cancelUmap(): void {
  forgetFollowed();
  endUmap();
  embedding.setState({ umap: null });
}

export const showMethod = (method: EmbeddingState['method']): void => embedding.setState({ method });
