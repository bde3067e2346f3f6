/** Images with their labels, as MNIST gives them. */

export type Split = 'train' | 'test';

/** Bytes, row-major [count, 28, 28]; labels [count]. The arrays may have more room than count. */
export interface ImageSet {
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
  readonly count: number;
}

export const emptyImageSet: ImageSet = {
  images: new Uint8Array(0),
  labels: new Uint8Array(0),
  count: 0,
};
