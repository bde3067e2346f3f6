/** What follows a convolution in a network, as further stages to step through: ReLU, then max pooling. */
import { ConvError, type PlaneAxis, type Tensor4 } from '@/conv/geometry';
import type { ConvResult } from '@/conv/convolution';

/** max(x, 0) of every value. */
export function relu(x: Tensor4): ConvResult {
  return { shape: x.shape, data: Float64Array.from(x.data, (value) => (value > 0 ? value : 0)) };
}

export interface PoolSettings {
  readonly kernelSize: number;
  readonly stride: number;
}

/** One comparison of a max pooling: a window cell against the largest so far. */
export interface Comparison {
  readonly index: number;
  readonly c: number;
  readonly i: number;
  readonly j: number;
  /** Cell of the input that is looked at. */
  readonly row: number;
  readonly column: number;
  readonly value: number;
  /** Largest after this comparison, and where it stands. */
  readonly largest: number;
  readonly largestRow: number;
  readonly largestColumn: number;
  /** This cell became the largest. */
  readonly taken: boolean;
}

export interface PoolTrace {
  readonly rows: PlaneAxis;
  readonly columns: PlaneAxis;
  readonly output: ConvResult;
  /** Position in the input, row * width + column, of each output's maximum: where its gradient goes. */
  readonly argmax: Int32Array;
  /** Comparisons in all; batch is 1 in the lab, so channels, rows, columns, window. */
  readonly length: number;
  readonly windowLength: number;
  window(index: number): Comparison[];
}

/**
 * PyTorch's MaxPool2d (no padding, ceil_mode false); of equal values the first in row-major order wins.
 * @param x [1, c, h, w]
 * @throws ConvError when the window is larger than the input
 */
export function traceMaxPool(x: Tensor4, settings: PoolSettings): PoolTrace {
  const [batch, channels, height, width] = x.shape;
  const { kernelSize, stride } = settings;
  if (kernelSize > height || kernelSize > width) {
    throw new ConvError(
      'kernel_too_large',
      `The ${kernelSize}x${kernelSize} pooling window is larger than its input of ${height}x${width}.`,
      { kernelHeight: kernelSize, kernelWidth: kernelSize, height, width },
    );
  }
  const axis = (size: number): PlaneAxis => ({
    input: size,
    kernel: kernelSize,
    size,
    offset: 0,
    spacing: 1,
    step: stride,
    dilation: 1,
    output: Math.floor((size - kernelSize) / stride) + 1,
  });
  const axes = { rows: axis(height), columns: axis(width) };
  const rows = axes.rows.output;
  const columns = axes.columns.output;
  const windowLength = kernelSize * kernelSize;
  const planes = batch * channels;

  function compare(order: number): Comparison[] {
    const j = order % columns;
    const i = Math.floor(order / columns) % rows;
    const c = Math.floor(order / (columns * rows));
    const found: Comparison[] = [];
    let largest = Number.NEGATIVE_INFINITY;
    let largestRow = i * stride;
    let largestColumn = j * stride;
    for (let k = 0; k < windowLength; k += 1) {
      const row = i * stride + Math.floor(k / kernelSize);
      const column = j * stride + (k % kernelSize);
      const value = x.data[(c * height + row) * width + column] ?? 0;
      const taken = k === 0 || value > largest;
      if (taken) [largest, largestRow, largestColumn] = [value, row, column];
      const index = order * windowLength + k;
      found.push({ index, c, i, j, row, column, value, largest, largestRow, largestColumn, taken });
    }
    return found;
  }

  const data = new Float64Array(planes * rows * columns);
  const argmax = new Int32Array(data.length);
  for (let order = 0; order < data.length; order += 1) {
    const last = compare(order).at(-1);
    if (last === undefined) continue;
    data[order] = last.largest;
    argmax[order] = last.largestRow * width + last.largestColumn;
  }
  return {
    ...axes,
    output: { shape: [batch, channels, rows, columns], data },
    argmax,
    length: data.length * windowLength,
    windowLength,
    window: (index) => compare(Math.floor(index / windowLength)),
  };
}
