/** Windows that slide over an image: those of convolutions and poolings. */

/** Square: height = width. */
export interface Window {
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
}

/** floor((size + 2 * padding - kernel) / stride) + 1, PyTorch's Conv2d and MaxPool2d (ceil_mode false). */
export function windowOutputSize(size: number, kernel: number, stride: number, padding: number): number {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

/** Places that a window reaches over whose taps lie `dilation` apart. */
export function windowExtent(kernelSize: number, dilation: number): number {
  return dilation * (kernelSize - 1) + 1;
}

/** The window of a convolution: its taps lie `dilation` apart, and `padding` is above and to the left. */
export interface ConvWindow extends Window {
  readonly dilation: number;
  /** Below and to the right: one more than `padding` where PyTorch's `same` pads an odd number. */
  readonly paddingAfter: number;
}

/** Values along an axis that a convolution makes of `size`. */
export function convOutputSize(size: number, window: ConvWindow): number {
  const { kernelSize, stride, padding, paddingAfter, dilation } = window;
  return windowOutputSize(size + paddingAfter - padding, windowExtent(kernelSize, dilation), stride, padding);
}

/** Pairs of an output pixel and a tap of its window that lies in the image, in one dimension. */
export function tapsInside(size: number, outSize: number, { kernelSize, stride, padding }: Window): number {
  let taps = 0;
  for (let pixel = 0; pixel < outSize; pixel += 1) {
    const first = pixel * stride - padding;
    taps += Math.max(0, Math.min(first + kernelSize, size) - Math.max(first, 0));
  }
  return taps;
}
