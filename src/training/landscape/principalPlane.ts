/**
 * The plane in which a run moved most: the first two principal components of its states' differences to the last (Li et al. 2018, section
 * 7). They are found by the method of snapshots (Sirovich 1987): the eigenvectors of the small matrix of the differences' inner products
 * say how the components are made of them, so that no more than a few states are in memory at once, however large the network is.
 */
import { symmetricEigen } from '@/model/symmetricEigen';
import { dot } from '@/training/flatParameters';

export interface States {
  /** Besides the last. */
  readonly count: number;
  /** The one at this place, as a vector. */
  readonly at: (index: number) => Promise<Float32Array<ArrayBuffer>>;
  readonly last: Float32Array<ArrayBuffer>;
  /** Lets in what else waits for the thread. */
  readonly turn: () => Promise<void>;
}

export interface PrincipalPlane {
  /** Of length 1, orthogonal. The path comes from the left. */
  readonly components: readonly [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>];
  /** Share of the variance along each. */
  readonly explained: readonly [number, number];
  /** Of the states, from the last at (0, 0). */
  readonly places: readonly (readonly [number, number])[];
}

/** Null where the states span no plane. heldBytes: of states that are in memory at once, beside the last, the components and one more. */
export async function principalPlane(states: States, heldBytes = 64e6): Promise<PrincipalPlane | null> {
  const { last } = states;
  const products = await innerProducts(states, Math.max(1, Math.floor(heldBytes / last.byteLength)));
  // Of the differences from their mean: double centring.
  const means = products.map((row) => mean(row));
  const middle = mean(means);
  const centred = products.map((row, i) =>
    row.map((value, j) => value - (means[i] ?? 0) - (means[j] ?? 0) + middle),
  );
  const { values, vectors } = symmetricEigen(centred);
  const order = [...values.keys()].toSorted((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
  const total = values.reduce((sum, value) => sum + value, 0);
  const [first = 0, second = 0] = order.map((i) => values[i] ?? 0);
  // Rounding leaves about 1e-16 of the first.
  if (!(second > 1e-12 * first)) return null;

  const axes = [first, second].map((variance, axis) => {
    const column = order[axis] ?? 0;
    const shares = vectors.map((row) => (row[column] ?? 0) / Math.sqrt(variance));
    const along = products.map((row) => dot(row, shares));
    const sign = axis === 0 ? -Math.sign(along[0] ?? -1) : signOfLargest(along);
    return { shares: shares.map((value) => sign * value), along: along.map((value) => sign * value) };
  });
  const [x, y] = axes;
  if (x === undefined || y === undefined) return null;
  return {
    components: await combined(states, x.shares, y.shares),
    explained: [first / total, second / total],
    places: [...x.along.map((value, i) => [value, y.along[i] ?? 0] as const), [0, 0]],
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function set(matrix: readonly number[][], row: number, column: number, value: number): void {
  const values = matrix[row];
  if (values !== undefined) values[column] = value;
}

function signOfLargest(values: readonly number[]): number {
  const largest = values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return Math.sign(largest) || 1;
}

/** Of each two differences to the last, of which so many are held. */
async function innerProducts({ count, at, last, turn }: States, held: number): Promise<number[][]> {
  const products = Array.from({ length: count }, () => Array.from({ length: count }, () => 0));
  const difference = async (index: number): Promise<Float32Array<ArrayBuffer>> =>
    (await at(index)).map((value, i) => value - (last[i] ?? 0));
  for (let from = 0; from < count; from += held) {
    const block: Float32Array[] = [];
    for (let j = from; j < count; j += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that few are in memory
      const other = await difference(j);
      if (j < from + held) block.push(other);
      for (const [i, one] of block.entries()) {
        const product = dot(one, other);
        set(products, from + i, j, product);
        set(products, j, from + i, product);
      }
      // oxlint-disable-next-line no-await-in-loop -- so that training goes on
      await turn();
    }
  }
  return products;
}

/** Sums of the differences by these shares, which add up to 0: the mean falls out. */
async function combined(
  { count, at, last, turn }: States,
  x: readonly number[],
  y: readonly number[],
): Promise<PrincipalPlane['components']> {
  const sums = [new Float64Array(last.length), new Float64Array(last.length)] as const;
  for (let index = 0; index < count; index += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, so that few are in memory
    const state = await at(index);
    for (let i = 0; i < last.length; i += 1) {
      const apart = (state[i] ?? 0) - (last[i] ?? 0);
      sums[0][i] = (sums[0][i] ?? 0) + (x[index] ?? 0) * apart;
      sums[1][i] = (sums[1][i] ?? 0) + (y[index] ?? 0) * apart;
    }
    // oxlint-disable-next-line no-await-in-loop -- so that training goes on
    await turn();
  }
  return [Float32Array.from(sums[0]), Float32Array.from(sums[1])];
}
