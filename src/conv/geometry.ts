/**
 * Where each window lies and what it reads, for every operator of the lab in one picture: a window slides over a plane
 * (the input with its padding; for a transposed convolution also with zeros inserted between its cells).
 */

/** Row-major [batch, channels, height, width] (images) or [filters, channels, height, width] (kernels). */
export interface Tensor4 {
  readonly shape: readonly [number, number, number, number];
  readonly data: ArrayLike<number>;
}

/**
 * - cross_correlation: what PyTorch and every network call convolution (conv2d)
 * - convolution: the mathematical one, its kernel turned by 180 degrees
 * - transposed: PyTorch's conv_transpose2d, the gradient of conv2d with respect to its input
 */
export const convOperators = ['cross_correlation', 'convolution', 'transposed'] as const;
export type ConvOperator = (typeof convOperators)[number];

export interface ConvSettings {
  readonly operator: ConvOperator;
  readonly stride: number;
  /** Zeros around the input on each side; for `transposed` what PyTorch calls padding: cells cut off the output. */
  readonly padding: number;
  readonly dilation: number;
}

export type ConvErrorCode =
  | 'channels'
  | 'kernel_too_large'
  | 'empty_output'
  | 'invalid_parameter'
  | 'data_length'
  | 'bias';

/** Why this convolution cannot be computed; `details` carries the numbers, so that a page can word it in its language. */
export class ConvError extends Error {
  override readonly name = 'ConvError';
  readonly code: ConvErrorCode;
  readonly details: Readonly<Record<string, string | number>>;
  constructor(code: ConvErrorCode, message: string, details: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** One axis of the plane that the window slides over. */
export interface PlaneAxis {
  /** Cells of the input along this axis. */
  readonly input: number;
  readonly kernel: number;
  /** Cells of the plane. */
  readonly size: number;
  /** Cells before the first input cell; negative where a transposed convolution cuts the input itself. */
  readonly offset: number;
  /** Distance of two input cells in the plane: 1, or the stride of a transposed convolution. */
  readonly spacing: number;
  /** Distance of two windows in the plane. */
  readonly step: number;
  readonly dilation: number;
  readonly output: number;
}

export interface Geometry {
  readonly settings: ConvSettings;
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  readonly rows: PlaneAxis;
  readonly columns: PlaneAxis;
  /** The window's first cell meets the kernel's last: convolution and transposed. */
  readonly flipped: boolean;
  /** Products that make one output cell. */
  readonly windowLength: number;
  readonly outputShape: readonly [number, number, number, number];
}

function requireWhole(name: string, value: number, smallest: number): void {
  if (!Number.isInteger(value) || value < smallest) {
    throw new ConvError(
      'invalid_parameter',
      `${name} must be a whole number of at least ${smallest}, not ${value}.`,
      {
        name,
        value,
        smallest,
      },
    );
  }
}

/** Cells that a kernel spans once its holes are counted: dilation * (kernel - 1) + 1. */
export function dilatedSize(kernel: number, dilation: number): number {
  return dilation * (kernel - 1) + 1;
}

/**
 * Output size along one axis, without a check that it is positive.
 * - conv2d: floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1; with dilation 1 it is the report's
 *   (stride + size + 2 * padding - kernel) // stride. Math.floor, since | 0 would turn -1/2 into 0 where Python gives -1.
 * - transposed: (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1
 */
export function outputSize(size: number, kernel: number, settings: ConvSettings): number {
  const { operator, stride, padding, dilation } = settings;
  const span = dilatedSize(kernel, dilation);
  return operator === 'transposed'
    ? (size - 1) * stride - 2 * padding + span
    : Math.floor((size + 2 * padding - span) / stride) + 1;
}

function planeAxis(input: number, kernel: number, settings: ConvSettings): PlaneAxis {
  const { operator, stride, padding, dilation } = settings;
  const transposed = operator === 'transposed';
  const spacing = transposed ? stride : 1;
  const offset = transposed ? dilation * (kernel - 1) - padding : padding;
  return {
    input,
    kernel,
    size: (input - 1) * spacing + 1 + 2 * offset,
    offset,
    spacing,
    step: transposed ? 1 : stride,
    dilation,
    output: outputSize(input, kernel, settings),
  };
}

function checkFit(rows: PlaneAxis, columns: PlaneAxis, settings: ConvSettings): void {
  if (settings.operator === 'transposed') {
    if (rows.output >= 1 && columns.output >= 1) return;
    throw new ConvError(
      'empty_output',
      `Padding ${settings.padding} cuts the whole output away (${rows.output}x${columns.output}): use less padding, a larger kernel or a larger stride.`,
      { padding: settings.padding, height: rows.output, width: columns.output },
    );
  }
  const height = dilatedSize(rows.kernel, settings.dilation);
  const width = dilatedSize(columns.kernel, settings.dilation);
  if (height <= rows.size && width <= columns.size) return;
  throw new ConvError(
    'kernel_too_large',
    `The ${height}x${width} kernel${settings.dilation > 1 ? ` (with dilation ${settings.dilation})` : ''} is larger than the padded input of ${rows.size}x${columns.size}: use a smaller kernel, more padding or a larger input.`,
    { kernelHeight: height, kernelWidth: width, height: rows.size, width: columns.size },
  );
}

/**
 * @param x input shape [n, c, h, w]
 * @param w kernel shape [filters, c, kh, kw], for `transposed` too (PyTorch stores that one as [c, filters, kh, kw])
 * @throws ConvError when channels differ, a parameter is out of range, or the kernel does not fit
 */
export function geometryOf(x: Tensor4['shape'], w: Tensor4['shape'], settings: ConvSettings): Geometry {
  const [batch, channels, height, width] = x;
  const [filters, kernelChannels, kernelHeight, kernelWidth] = w;
  for (const size of [...x, ...w]) requireWhole('Every size', size, 1);
  requireWhole('stride', settings.stride, 1);
  requireWhole('padding', settings.padding, 0);
  requireWhole('dilation', settings.dilation, 1);
  if (channels !== kernelChannels) {
    throw new ConvError(
      'channels',
      `The input has ${channels} channels but the kernel has ${kernelChannels}: each filter needs one kernel per input channel.`,
      { input: channels, kernel: kernelChannels },
    );
  }
  const rows = planeAxis(height, kernelHeight, settings);
  const columns = planeAxis(width, kernelWidth, settings);
  checkFit(rows, columns, settings);
  return {
    settings,
    batch,
    channels,
    filters,
    rows,
    columns,
    flipped: settings.operator !== 'cross_correlation',
    windowLength: channels * kernelHeight * kernelWidth,
    outputShape: [batch, filters, rows.output, columns.output],
  };
}

/** Input coordinate at this coordinate of the plane; null on a padding cell or an inserted zero. */
export function inputCoordinate(axis: PlaneAxis, coordinate: number): number | null {
  const distance = coordinate - axis.offset;
  if (distance < 0 || distance % axis.spacing !== 0) return null;
  const index = distance / axis.spacing;
  return index < axis.input ? index : null;
}

export type CellKind = 'input' | 'padding' | 'inserted';

/** What a cell of the plane is: a cell of the input, padding around it, or a zero between its cells. */
export function cellKind(geometry: Geometry, row: number, column: number): CellKind {
  const { rows, columns } = geometry;
  if (inputCoordinate(rows, row) !== null && inputCoordinate(columns, column) !== null) return 'input';
  const inside = (axis: PlaneAxis, coordinate: number): boolean =>
    coordinate >= axis.offset && coordinate <= axis.offset + (axis.input - 1) * axis.spacing;
  return inside(rows, row) && inside(columns, column) ? 'inserted' : 'padding';
}

/** Index in the kernel of the window's `index`-th cell along an axis. */
export function kernelCoordinate(axis: PlaneAxis, index: number, flipped: boolean): number {
  return flipped ? axis.kernel - 1 - index : index;
}

/** The plane itself, [n, c, rows, columns]: np.pad of the report, and the inserted zeros of a transposed convolution. */
export function paddedInput(x: Tensor4, geometry: Geometry): Tensor4 & { readonly data: Float64Array } {
  const { batch, channels, rows, columns } = geometry;
  const data = new Float64Array(batch * channels * rows.size * columns.size);
  const planes = batch * channels;
  for (let plane = 0; plane < planes; plane += 1) {
    for (let r = 0; r < rows.size; r += 1) {
      const row = inputCoordinate(rows, r);
      if (row === null) continue;
      for (let s = 0; s < columns.size; s += 1) {
        const column = inputCoordinate(columns, s);
        if (column === null) continue;
        data[(plane * rows.size + r) * columns.size + s] =
          x.data[(plane * rows.input + row) * columns.input + column] ?? 0;
      }
    }
  }
  return { shape: [batch, channels, rows.size, columns.size], data };
}
