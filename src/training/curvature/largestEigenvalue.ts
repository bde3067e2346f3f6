/**
 * The largest eigenvalue of a symmetric matrix that is only there as its product with a vector, by power iteration: v becomes Av / |Av|,
 * and v'Av (the Rayleigh quotient) comes to the eigenvalue of largest magnitude, its error falling by (second / first)^2 an iteration.
 * Where that eigenvalue is negative, the iteration goes on with A shifted by it, whose eigenvalue of largest magnitude is A's largest.
 *
 * It ends by the residual r = Av - (v'Av) v: a symmetric matrix has an eigenvalue within |r| of v'Av, and where the next one is d away the
 * error is at most |r|^2 / d (Parlett, The Symmetric Eigenvalue Problem, 4.5 and 11.7). That alone is small as well while v lingers at the
 * second eigenvector, of which it is leaving: so v'Av has to stand still, too.
 */
import { dot, norm } from '@/training/flatParameters';

export interface PowerIterationLimits {
  /** Products at most. */
  readonly iterations: number;
  /** It ends when |Av - (v'Av) v| is no more than this share of |v'Av|, */
  readonly residual: number;
  /** and the last product changed that by no more than this share. */
  readonly change: number;
}

export interface FoundEigenvalue {
  readonly eigenvalue: number;
  /** Of length 1. */
  readonly eigenvector: Float64Array<ArrayBuffer>;
  /** Products that it took. */
  readonly iterations: number;
  /** It came within the tolerance before the iterations were used up. */
  readonly isConverged: boolean;
}

/**
 * `product`: the matrix times a vector of length 1; null ends the iteration.
 * @returns null where `product` gave null
 */
export async function largestEigenvalue(
  product: (vector: Float64Array<ArrayBuffer>) => Promise<ArrayLike<number> | null>,
  start: Float64Array<ArrayBuffer>,
  { iterations, residual, change }: PowerIterationLimits,
): Promise<FoundEigenvalue | null> {
  const first = scaled(start, 1 / norm(start));
  let vector = first;
  let shift = 0;
  let eigenvalue = Number.NaN;
  let before = Number.NaN;
  for (let done = 1; done <= iterations; done += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each product takes the vector that the last one gave
    const image = await product(vector);
    if (image === null) return null;
    eigenvalue = dot(vector, image);
    const size = Math.abs(eigenvalue);
    const isStill = Math.abs(eigenvalue - before) <= change * size || size === 0;
    const isSettled = isStill && norm(shifted(image, vector, eigenvalue)) <= residual * size;
    before = eigenvalue;
    if (isSettled && (eigenvalue >= 0 || shift !== 0))
      return { eigenvalue, eigenvector: vector, iterations: done, isConverged: true };
    if (isSettled) {
      shift = eigenvalue;
      vector = first;
      continue;
    }
    const next = shifted(image, vector, shift);
    const length = norm(next);
    // Something is not a number.
    if (!(length > 0)) break;
    vector = scaled(next, 1 / length);
  }
  return { eigenvalue, eigenvector: vector, iterations, isConverged: false };
}

/** image - shift * vector */
function shifted(
  image: ArrayLike<number>,
  vector: Float64Array<ArrayBuffer>,
  shift: number,
): Float64Array<ArrayBuffer> {
  return vector.map((value, i) => (image[i] ?? Number.NaN) - shift * value);
}

function scaled(vector: Float64Array<ArrayBuffer>, factor: number): Float64Array<ArrayBuffer> {
  return vector.map((value) => factor * value);
}
