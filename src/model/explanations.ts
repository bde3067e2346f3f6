/** What explains a prediction, and what fools it, as data. */

/** The square image's side in pixels. */
const side = 28;

export interface GradCam {
  readonly height: number;
  readonly width: number;
  /** [height, width], at least 0, in no unit: its largest value depends on the network. */
  readonly values: Float32Array<ArrayBuffer>;
  /** The same enlarged to [28, 28]. */
  readonly overImage: Float32Array<ArrayBuffer>;
}

export interface Explanation {
  readonly logits: Float32Array<ArrayBuffer>;
  /** [28, 28]: gradient of the class's logit by each pixel, of which white is 1. */
  readonly saliency: Float32Array<ArrayBuffer>;
  /** Null where no layer was named. */
  readonly gradCam: GradCam | null;
}

export interface OcclusionOptions {
  /** The class that is asked about. */
  readonly target: number;
  /** Pixels of the square's side, and between two of them. */
  readonly size: number;
  readonly stride: number;
  /** Grey level of the square, 0 to 255. */
  readonly value: number;
}

export interface Occlusion {
  /** Places of the square along an axis, see occlusionCount. */
  readonly count: number;
  /** [count, count]: the class's logit and probability without the square less those with it. */
  readonly logitDrops: Float32Array<ArrayBuffer>;
  readonly probabilityDrops: Float32Array<ArrayBuffer>;
  /** [28, 28]: the mean of the probability's drops of all squares that cover a pixel. */
  readonly overImage: Float32Array<ArrayBuffer>;
}

/** Places of the square along an axis: multiples of the stride, as many as cover the image; the last may reach beyond it. */
export function occlusionCount({ size, stride }: Pick<OcclusionOptions, 'size' | 'stride'>): number {
  return Math.ceil(Math.max(0, side - size) / stride) + 1;
}

/** Fast gradient sign method, and projected gradient descent. */
export const attackMethods = ['fgsm', 'pgd'] as const;
export type AttackMethod = (typeof attackMethods)[number];

export interface AdversarialParams {
  readonly method: AttackMethod;
  /** The class that the network is to read; null: any but the one that it reads. */
  readonly target: number | null;
  /** The largest change of a pixel that is tried, in grey levels. */
  readonly largestEpsilon: number;
  /** Of PGD. */
  readonly steps: number;
}

/** What the network reads in one image. */
export interface ImageReading {
  readonly prediction: number;
  /** [10] */
  readonly probabilities: Float32Array<ArrayBuffer>;
}

export interface AdversarialExample {
  readonly image: Uint8Array<ArrayBuffer>;
  /** Largest change that was allowed: the smallest that fooled the network, or the largest that was tried. */
  readonly epsilon: number;
  readonly isFooled: boolean;
  readonly before: ImageReading;
  readonly after: ImageReading;
}
