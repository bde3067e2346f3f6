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
  /** That training waited for it. */
  readonly milliseconds: number;
}
