/** The loss of a network on a plane through its weights: what is asked for, and what comes back. */

export interface LandscapeSettings {
  /** `random`: two random directions, filter-normalised; `path`: the principal components of the run's own way. */
  readonly plane: 'random' | 'path';
  /** Along each side of the grid; odd, so that one of a random plane is the network itself. */
  readonly points: number;
  /** Half a side: of a random plane in lengths of the weights, of the path's in half-widths of the path. */
  readonly extent: number;
  /** Of the random directions. */
  readonly seed: number;
  readonly split: 'test' | 'train';
  /** The first so many. */
  readonly images: number;
}

/** Where the run was after `step` steps, projected on the plane. */
export interface LandscapePlace {
  readonly step: number;
  readonly x: number;
  readonly y: number;
}

/** Mean loss and accuracy over the images, in eval mode. */
export interface LandscapeFigures {
  readonly loss: number;
  readonly accuracy: number;
}

export interface LossLandscape {
  readonly settings: LandscapeSettings;
  /** Of the network at (0, 0): steps done. */
  readonly step: number;
  readonly end: LandscapeFigures;
  /** Of the grid's columns and rows, ascending. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Row by row, from the least y. */
  readonly loss: Float64Array<ArrayBuffer>;
  readonly accuracy: Float64Array<ArrayBuffer>;
  /** From the first to the network itself; that alone on a random plane. */
  readonly path: readonly LandscapePlace[];
  /** Share of the path's variance along x and along y; null on a random plane. */
  readonly explained: readonly [number, number] | null;
}

export const defaultLandscape: LandscapeSettings = {
  plane: 'random',
  points: 21,
  extent: 1,
  seed: 1,
  split: 'test',
  images: 1000,
};

/** States of a run besides the newest that a plane of its path needs: fewer span none. */
export const leastPathStates = 3;

/** Evaluations of the network: the grid's, and its own. */
export function evaluationsOf({ points }: LandscapeSettings): number {
  return points * points + 1;
}

/** Choices of the page. */
export const landscapePoints = [7, 11, 15, 21, 31, 41] as const;
export const landscapeImages = [100, 250, 500, 1000, 2000, 5000, 10_000] as const;
