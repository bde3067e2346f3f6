/**
 * The embedding: what the last hidden layer gives for test images, and where that lies in two dimensions.
 *
 * The axes of the PCA are those of one step, the one at which the run was first looked at, or for which a person asked; every other step
 * is laid along the same axes and in the same frame, so that points move where the network changes and do not jump. UMAP has no axes:
 * its picture is of the step for which it was computed.
 */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { type PrincipalComponents, project } from '@/model/principalComponents';
import { NetworkPass } from '@/session/networkPass';
import { session } from '@/session/session';
import type { RequestValue } from '@/session/sessionState';
import { startJob } from '@/features/inspect/embedding/startJob';

export const embeddedImages = 2000;
export const embeddingParams = { count: embeddedImages } as const;

export type Hidden = RequestValue<'hiddenActivations'>;

export const embeddingPass = new NetworkPass({
  store: session.store,
  ask: session.actions.ask,
  request: 'hiddenActivations',
  isAutomatic: true,
  doneOf: ({ done }) => done,
});

/** Lowest and highest, across and up. */
export type Frame = readonly [left: number, right: number, low: number, high: number];

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

/** Why there is nothing to place: no Linear, values that are no numbers, or the same for every image. */
export type EmbeddingObstacle = 'no_linear' | 'not_numbers' | 'all_same';

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

export const columnsOf = ({ features, labels }: Hidden): number =>
  features.length / Math.max(1, labels.length);

export function obstacleOf(hidden: Hidden): EmbeddingObstacle | null {
  const { layer, features, labels } = hidden;
  if (layer === null) return 'no_linear';
  if (!features.every(Number.isFinite)) return 'not_numbers';
  const columns = columnsOf(hidden);
  return features.every((value, i) => value === features[i % columns]) || labels.length < 2
    ? 'all_same'
    : null;
}

/** [n, 2] along the axes; the second is 0 where the values vary in one direction alone. */
export function placesOn(
  { components }: Pick<Axes, 'components'>,
  hidden: Hidden,
): Float32Array<ArrayBuffer> {
  const places = project(hidden.features, columnsOf(hidden), components);
  if (components.axes.length === 2) return places;
  const wide = new Float32Array(2 * hidden.labels.length);
  places.forEach((value, i) => {
    wide[2 * i] = value;
  });
  return wide;
}

/** Around all points, with a margin; around `also`, where that is given. */
export function frameOf(points: Float32Array, also?: Frame): Frame {
  const [xs, ys] = [0, 1].map((axis) => points.filter((_, i) => i % 2 === axis));
  const range = (values: Float32Array = new Float32Array(1)): [number, number] => {
    const low = values.reduce((least, value) => Math.min(least, value), Infinity);
    const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
    const margin = 0.05 * (high - low) || 1;
    return [low - margin, high + margin];
  };
  const [left, right] = range(xs);
  const [low, high] = range(ys);
  if (also === undefined) return [left, right, low, high];
  return [Math.min(left, also[0]), Math.max(right, also[1]), Math.min(low, also[2]), Math.max(high, also[3])];
}

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
      const frame = frameOf(placesOn({ components }, hidden));
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
