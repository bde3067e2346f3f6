/** Where what a hidden layer gives lies in two dimensions, and when it cannot be laid out. */
import { type PrincipalComponents, project } from '@/model/principalComponents';
import type { RequestValue } from '@/session/sessionState';

export type Hidden = RequestValue<'hiddenActivations'>;

/** Lowest and highest, across and up. */
export type Frame = readonly [left: number, right: number, low: number, high: number];

/** Why there is nothing to place: no Linear, values that are no numbers, or the same for every image. */
export type EmbeddingObstacle = 'no_linear' | 'not_numbers' | 'all_same';

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
export function placesOn(components: PrincipalComponents, hidden: Hidden): Float32Array<ArrayBuffer> {
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
