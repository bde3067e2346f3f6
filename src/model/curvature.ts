/** How curved the loss is where a run stands: what is measured, and how often. */

export interface CurvatureSettings {
  /** Steps from one value to the next. */
  readonly interval: number;
  /** The first so many training images are the batch. */
  readonly images: number;
}

export interface CurvaturePoint {
  /** Steps done. */
  readonly step: number;
  /** The largest of the Hessian of the batch's loss. */
  readonly eigenvalue: number;
  /** The largest at which the next step is stable (model/stability.ts); null where the optimizer has no such bound. */
  readonly stable: number | null;
  /** Products of the Hessian with a vector. */
  readonly iterations: number;
  /** False: the iteration was cut before it had settled, and the value is rather too small. */
  readonly isConverged: boolean;
  /** That it took, for which training waited. */
  readonly milliseconds: number;
}

/** Products of the Hessian with a vector that a value takes at most. */
export const mostProducts = 30;
/** Each is the difference of two. */
export const gradientsPerProduct = 2;

/** In the order of steps, with another point in place of one at its step. */
export function withPoint(
  points: readonly CurvaturePoint[],
  point: CurvaturePoint,
): readonly CurvaturePoint[] {
  const after = points.findIndex(({ step }) => step >= point.step);
  if (after < 0) return [...points, point];
  return [...points.slice(0, after), point, ...points.slice(after).filter(({ step }) => step !== point.step)];
}

/** Choices of the page. */
export const curvatureIntervals = [1, 5, 10, 25, 50, 100, 250, 500, 1000] as const;
export const curvatureImages = [64, 128, 256, 512, 1024, 2048] as const;
export const defaultCurvature: CurvatureSettings = { interval: 100, images: 128 };

/** A value may take this share of the time spent training before the page warns. */
export const largestCurvatureShare = 0.2;

/** Share of the time that measuring takes of the whole, where a step takes so many milliseconds. */
export function curvatureShare(milliseconds: number, interval: number, perStep: number): number {
  return milliseconds / (milliseconds + interval * perStep);
}

/** The shortest interval at which measuring takes no more than the largest share; the longest there is where none does. */
export function affordableInterval(milliseconds: number, perStep: number): number {
  const fits = (interval: number): boolean =>
    curvatureShare(milliseconds, interval, perStep) <= largestCurvatureShare;
  return curvatureIntervals.find(fits) ?? 1000;
}
