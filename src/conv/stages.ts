/** What follows a convolution in a network, as further stages to step through: ReLU, then max or average pooling. */
import { ConvError, type PlaneAxes, type PlaneAxis, type Tensor4 } from '@/conv/geometry';
import type { ConvResult } from '@/conv/convolution';
import { cellKind, paddedInput, type CellKind } from '@/conv/plane';

/** max(x, 0) of every value. */
export function relu(x: Tensor4): ConvResult {
  return { shape: x.shape, data: Float64Array.from(x.data, (value) => (value > 0 ? value : 0)) };
}

export interface PoolSettings {
  readonly kernelSize: number;
  readonly stride: number;
  /** Around the input: -infinity for a maximum, zeros for a mean. At most half of the window, as PyTorch demands. */
  readonly padding: number;
  /** Whether the zeros count in a mean. */
  readonly countIncludePad: boolean;
}

/** What a step of a pooling looks at. */
export interface PoolStep {
  readonly index: number;
  readonly c: number;
  readonly i: number;
  readonly j: number;
  /** Cell of the padded plane. */
  readonly row: number;
  readonly column: number;
  readonly cell: CellKind;
  readonly value: number;
}

/** One comparison of a max pooling: a window cell against the largest so far. */
export interface Comparison extends PoolStep {
  /** Largest after this comparison, and where it stands. */
  readonly largest: number;
  readonly largestRow: number;
  readonly largestColumn: number;
  /** This cell became the largest. */
  readonly taken: boolean;
}

/** One addition of an average pooling. */
export interface Addition extends PoolStep {
  readonly sum: number;
  /** What the whole sum is divided by. */
  readonly divisor: number;
  readonly mean: number;
}

export interface PoolTrace<Step extends PoolStep> extends PlaneAxes {
  /** The padded plane, [1, c, rows, columns]. */
  readonly plane: Float64Array;
  readonly output: ConvResult;
  /** Steps in all; batch is 1 in the lab, so channels, rows, columns, window. */
  readonly length: number;
  readonly windowLength: number;
  /** The whole window that step `index` belongs to, in order. */
  window(index: number): Step[];
}

export interface MaxPoolTrace extends PoolTrace<Comparison> {
  /** Position in the input, row * width + column, of each output's maximum: where its gradient goes. */
  readonly argmax: Int32Array;
}

/** @throws ConvError where PyTorch refuses the window */
function poolAxes([, , height, width]: Tensor4['shape'], settings: PoolSettings): PlaneAxes {
  const { kernelSize, stride, padding } = settings;
  if (padding > kernelSize / 2) {
    throw new ConvError(
      'pool_padding',
      `Padding ${padding} is more than half of the ${kernelSize}x${kernelSize} pooling window.`,
      { padding, kernelSize },
    );
  }
  const axis = (input: number): PlaneAxis => ({
    input,
    kernel: kernelSize,
    size: input + 2 * padding,
    offset: padding,
    spacing: 1,
    step: stride,
    dilation: 1,
    output: Math.floor((input + 2 * padding - kernelSize) / stride) + 1,
  });
  const axes = { rows: axis(height), columns: axis(width) };
  if (kernelSize > axes.rows.size || kernelSize > axes.columns.size) {
    throw new ConvError(
      'kernel_too_large',
      `The ${kernelSize}x${kernelSize} pooling window is larger than its input of ${axes.rows.size}x${axes.columns.size}.`,
      {
        kernelHeight: kernelSize,
        kernelWidth: kernelSize,
        height: axes.rows.size,
        width: axes.columns.size,
      },
    );
  }
  return axes;
}

/** A pooling before its windows are told apart by what they make of their cells. */
interface Pooled extends PlaneAxes {
  readonly plane: Float64Array;
  readonly output: ConvResult;
  readonly length: number;
  readonly windowLength: number;
  /** Position in the plane of the `k`-th cell of the window that makes the `order`-th output. */
  readonly position: (order: number, k: number) => number;
  /** The cells of that window, in order. */
  readonly cells: (order: number) => PoolStep[];
}

/**
 * @param x [1, c, h, w]
 * @param filler value of the padding
 */
function pooled(x: Tensor4, settings: PoolSettings, filler: number): Pooled {
  const axes = poolAxes(x.shape, settings);
  const { rows, columns } = axes;
  const [batch, channels] = x.shape;
  const plane = paddedInput(x, axes, filler).data;
  const windowLength = rows.kernel * columns.kernel;
  const outputs = batch * channels * rows.output * columns.output;
  const corner = (order: number): [c: number, i: number, j: number] => [
    Math.floor(order / (columns.output * rows.output)),
    Math.floor(order / columns.output) % rows.output,
    order % columns.output,
  ];
  return {
    ...axes,
    plane,
    output: { shape: [batch, channels, rows.output, columns.output], data: new Float64Array(outputs) },
    length: outputs * windowLength,
    windowLength,
    position: (order, k) => {
      const [c, i, j] = corner(order);
      const row = i * rows.step + Math.floor(k / columns.kernel);
      return (c * rows.size + row) * columns.size + j * columns.step + (k % columns.kernel);
    },
    cells: (order) => {
      const [c, i, j] = corner(order);
      return Array.from({ length: windowLength }, (_value, k) => {
        const row = i * rows.step + Math.floor(k / columns.kernel);
        const column = j * columns.step + (k % columns.kernel);
        const value = plane[(c * rows.size + row) * columns.size + column] ?? 0;
        const cell = cellKind(axes, row, column);
        return { index: order * windowLength + k, c, i, j, row, column, cell, value };
      });
    },
  };
}

/**
 * PyTorch's MaxPool2d (ceil_mode false); of equal values the first in row-major order wins, and padding never.
 * @param x [1, c, h, w]
 * @throws ConvError when the window is larger than the padded input, or padding more than half of it
 */
export function traceMaxPool(x: Tensor4, settings: PoolSettings): MaxPoolTrace {
  const { position, cells, ...trace } = pooled(x, settings, Number.NEGATIVE_INFINITY);
  const { output, plane, rows, columns, windowLength } = trace;
  const argmax = new Int32Array(output.data.length);
  for (let order = 0; order < argmax.length; order += 1) {
    let best = position(order, 0);
    for (let k = 1; k < windowLength; k += 1) {
      const at = position(order, k);
      if ((plane[at] ?? 0) > (plane[best] ?? 0)) best = at;
    }
    output.data[order] = plane[best] ?? 0;
    const row = Math.floor(best / columns.size) % rows.size;
    argmax[order] = (row - rows.offset) * columns.input + (best % columns.size) - columns.offset;
  }
  return {
    ...trace,
    argmax,
    window: (index) => {
      let largest: PoolStep | null = null;
      return cells(Math.floor(index / windowLength)).map((cell) => {
        const taken = cell.cell === 'input' && (largest === null || cell.value > largest.value);
        if (taken) largest = cell;
        const { value, row, column } = largest ?? cell;
        return { ...cell, taken, largest: value, largestRow: row, largestColumn: column };
      });
    },
  };
}

/**
 * PyTorch's AvgPool2d (ceil_mode false, no divisor_override).
 * @param x [1, c, h, w]
 * @throws ConvError when the window is larger than the padded input, or padding more than half of it
 */
export function traceAvgPool(x: Tensor4, settings: PoolSettings): PoolTrace<Addition> {
  const { position, cells, ...trace } = pooled(x, settings, 0);
  const { output, plane, rows, columns, windowLength } = trace;
  const inside = ({ step, offset, kernel, input }: PlaneAxis, at: number): number =>
    Math.min(at * step + kernel, offset + input) - Math.max(at * step, offset);
  const divisorOf = (order: number): number =>
    settings.countIncludePad
      ? windowLength
      : inside(rows, Math.floor(order / columns.output) % rows.output) *
        inside(columns, order % columns.output);
  for (let order = 0; order < output.data.length; order += 1) {
    let sum = 0;
    for (let k = 0; k < windowLength; k += 1) sum += plane[position(order, k)] ?? 0;
    output.data[order] = sum / divisorOf(order);
  }
  return {
    ...trace,
    window: (index) => {
      const order = Math.floor(index / windowLength);
      const divisor = divisorOf(order);
      let sum = 0;
      return cells(order).map((cell) => {
        sum += cell.value;
        return { ...cell, sum, divisor, mean: sum / divisor };
      });
    },
  };
}
