/**
 * UMAP (McInnes, Healy and Melville 2018) in two dimensions by umap-js, so that it is the same every time: exact neighbours instead of an
 * approximate search, random numbers from a seed, and a start at the places of the PCA (Kobak and Linderman 2021), from where points move.
 */
import { UMAP } from 'umap-js';
import { principalComponents, project } from '@/model/principalComponents';
import { uniform } from '@/model/random';

/** UMAP's own usual ones. */
const neighbourCount = 15;
const minDist = 0.1;
/** Half the width of the start. */
const startExtent = 10;
/** Share of the work that finding the neighbours is taken for. */
const neighbourShare = 0.2;
const rowsAtOnce = 100;
const columnsAtOnce = 64;
const epochsAtOnce = 10;
/**
 * From places near where points are to be, in place of umap-js's 500 epochs at 1. At a lower rate what has changed does not get there; at a
 * higher one what has not moves about as well.
 */
const following = { nEpochs: 150, learningRate: 0.25 } as const;

export interface UmapProgress {
  /** Share done. */
  readonly done: number;
  /** [n, 2], where points are now; null while neighbours are looked for. */
  readonly points: Float32Array<ArrayBuffer> | null;
}

interface Neighbours {
  readonly indices: number[][];
  readonly distances: number[][];
}

/** Between two rows; once it is above `most`, anything above that. */
function squaredDistance(rows: Float32Array, columns: number, a: number, b: number, most: number): number {
  const [atA, atB] = [a * columns, b * columns];
  let sum = 0;
  for (let start = 0; start < columns && sum <= most; start += columnsAtOnce) {
    const end = Math.min(columns, start + columnsAtOnce);
    for (let c = start; c < end; c += 1) {
      const difference = (rows[atA + c] ?? 0) - (rows[atB + c] ?? 0);
      sum += difference * difference;
    }
  }
  return sum;
}

/** The nearest of all rows to the rows from `first` to before `end`, itself at the front, by Euclidean distance. */
export function nearestRows(
  rows: Float32Array,
  columns: number,
  [first, end]: readonly [number, number],
  count: number,
): Neighbours {
  const n = rows.length / columns;
  const indices: number[][] = [];
  const distances: number[][] = [];
  for (let row = first; row < end; row += 1) {
    const nearest: { index: number; distance: number }[] = [];
    for (let other = 0; other < n; other += 1) {
      const farthest = nearest.length < count ? Infinity : (nearest.at(-1)?.distance ?? Infinity);
      // Itself is the first of those that lie on the same place.
      const distance = other === row ? -1 : squaredDistance(rows, columns, row, other, farthest);
      if (distance >= farthest) continue;
      const at = nearest.findIndex((one) => one.distance > distance);
      nearest.splice(at === -1 ? nearest.length : at, 0, { index: other, distance });
      if (nearest.length > count) nearest.pop();
    }
    indices.push(nearest.map(({ index }) => index));
    distances.push(nearest.map(({ distance }) => Math.sqrt(Math.max(0, distance))));
  }
  return { indices, distances };
}

/** [n, 2], the places of the PCA, in the width of UMAP's usual start. */
function placesOfPca(rows: Float32Array, columns: number): Float32Array<ArrayBuffer> {
  const n = rows.length / columns;
  const places = project(rows, columns, principalComponents(rows, columns, 2));
  const axes = places.length / n;
  const extent = places.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  return Float32Array.from({ length: 2 * n }, (_, i) =>
    i % 2 < axes ? (startExtent * (places[Math.floor(i / 2) * axes + (i % 2)] ?? 0)) / extent : 0,
  );
}

/**
 * [n, 2] row-major. Hands on how far it is after each part of the work.
 * @param rows [n, columns] row-major, finite; more rows than 15
 * @param from [n, 2], where the same points lie for other rows: they move from there in fewer epochs, and stay where what is near them
 *   stays; null: from the places of the PCA
 */
export function* umap(
  rows: Float32Array,
  columns: number,
  seed: number,
  from: Float32Array | null = null,
): Generator<UmapProgress, Float32Array<ArrayBuffer>> {
  const n = rows.length / columns;
  const found: Neighbours = { indices: [], distances: [] };
  for (let first = 0; first < n; first += rowsAtOnce) {
    const end = Math.min(n, first + rowsAtOnce);
    const some = nearestRows(rows, columns, [first, end], neighbourCount);
    found.indices.push(...some.indices);
    found.distances.push(...some.distances);
    yield { done: (neighbourShare * end) / n, points: null };
  }
  let draws = 0;
  const map = new UMAP({
    nComponents: 2,
    nNeighbors: neighbourCount,
    minDist,
    ...(from !== null && following),
    random: () => uniform(seed, draws++),
  });
  map.setPrecomputedKNN(found.indices, found.distances);
  // With the neighbours known the rows themselves are not read.
  const epochs = map.initializeFit(Array.from({ length: n }, () => [0]));
  const embedding = map.getEmbedding();
  const start = from ?? placesOfPca(rows, columns);
  embedding.forEach((point, i) => {
    for (const axis of [0, 1]) {
      // A hair apart, so that equal rows can part.
      const apart = 1e-4 * (uniform(seed + 1, 2 * i + axis) - 0.5);
      point[axis] = (start[2 * i + axis] ?? 0) + apart;
    }
  });
  const placed = (): Float32Array<ArrayBuffer> =>
    Float32Array.from({ length: 2 * n }, (_, i) => embedding[Math.floor(i / 2)]?.[i % 2] ?? NaN);
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    map.step();
    if ((epoch + 1) % epochsAtOnce === 0)
      yield { done: neighbourShare + ((1 - neighbourShare) * (epoch + 1)) / epochs, points: placed() };
  }
  return placed();
}
