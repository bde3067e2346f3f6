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
  /**
   * Zeros around the input on each side; for `transposed` what PyTorch calls padding: cells cut off the output. `same`
   * keeps the size: PyTorch takes it with stride 1 alone, and not for `transposed`.
   */
  readonly padding: number | 'same';
  readonly dilation: number;
  /** Channels and filters fall into so many groups; a filter reads its group's channels alone. */
  readonly groups: number;
}

export type ConvErrorCode =
  | 'channels'
  | 'groups'
  | 'same_stride'
  | 'same_transposed'
  | 'kernel_too_large'
  | 'pool_padding'
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

/** The plane that windows slide over. */
export interface PlaneAxes {
  readonly rows: PlaneAxis;
  readonly columns: PlaneAxis;
}

export interface Geometry extends PlaneAxes {
  readonly settings: ConvSettings;
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  /** Channels that each filter reads. */
  readonly channelsOfGroup: number;
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

/** Padding before and after an axis. `same` adds dilation * (kernel - 1) in all; an odd one has one more after, as PyTorch. */
export function paddingAlong(
  kernel: number,
  { padding, dilation }: Pick<ConvSettings, 'padding' | 'dilation'>,
): readonly [before: number, after: number] {
  if (padding !== 'same') return [padding, padding];
  const both = dilation * (kernel - 1);
  return [Math.floor(both / 2), Math.ceil(both / 2)];
}

/**
 * Output size along one axis, without a check that it is positive.
 * - conv2d: floor((size + before + after - dilation * (kernel - 1) - 1) / stride) + 1; with dilation 1 it is the report's
 *   (stride + size + 2 * padding - kernel) // stride. Math.floor, since | 0 would turn -1/2 into 0 where Python gives -1.
 * - transposed: (size - 1) * stride - before - after + dilation * (kernel - 1) + 1
 */
export function outputSize(size: number, kernel: number, settings: ConvSettings): number {
  const { operator, stride, dilation } = settings;
  const span = dilatedSize(kernel, dilation);
  const [before, after] = paddingAlong(kernel, settings);
  return operator === 'transposed'
    ? (size - 1) * stride - before - after + span
    : Math.floor((size + before + after - span) / stride) + 1;
}

function planeAxis(input: number, kernel: number, settings: ConvSettings): PlaneAxis {
  const { operator, stride, dilation } = settings;
  const transposed = operator === 'transposed';
  const spacing = transposed ? stride : 1;
  const [before, after] = paddingAlong(kernel, settings);
  /** A transposed convolution pads by what is not cut off. */
  const added = (edge: number): number => (transposed ? dilation * (kernel - 1) - edge : edge);
  const offset = added(before);
  return {
    input,
    kernel,
    size: (input - 1) * spacing + 1 + offset + added(after),
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

function checkSame({ operator, stride, padding }: ConvSettings): void {
  if (padding !== 'same') return;
  if (operator === 'transposed') {
    throw new ConvError(
      'same_transposed',
      "A transposed convolution takes no padding 'same': give it a number.",
    );
  }
  if (stride === 1) return;
  throw new ConvError(
    'same_stride',
    `Padding 'same' keeps the size, which stride ${stride} would not: PyTorch takes it with stride 1 alone.`,
    { stride },
  );
}

function checkChannels(channels: number, filters: number, kernelChannels: number, groups: number): void {
  if (channels % groups !== 0 || filters % groups !== 0) {
    throw new ConvError(
      'groups',
      `${groups} groups must divide both the ${channels} channels and the ${filters} filters.`,
      { groups, channels, filters },
    );
  }
  if (channels === kernelChannels * groups) return;
  throw new ConvError(
    'channels',
    `The input has ${channels} channels but the kernel has ${kernelChannels}: each filter needs one kernel per input channel.`,
    { input: channels, kernel: kernelChannels },
  );
}

/**
 * @param x input shape [n, c, h, w]
 * @param w kernel shape [filters, c / groups, kh, kw], for `transposed` too (PyTorch stores that one as
 *   [c, filters / groups, kh, kw])
 * @throws ConvError when channels differ, a parameter is out of range, or the kernel does not fit
 */
export function geometryOf(x: Tensor4['shape'], w: Tensor4['shape'], settings: ConvSettings): Geometry {
  const [batch, channels, height, width] = x;
  const [filters, kernelChannels, kernelHeight, kernelWidth] = w;
  for (const size of [...x, ...w]) requireWhole('Every size', size, 1);
  requireWhole('stride', settings.stride, 1);
  if (settings.padding !== 'same') requireWhole('padding', settings.padding, 0);
  requireWhole('dilation', settings.dilation, 1);
  requireWhole('groups', settings.groups, 1);
  checkSame(settings);
  checkChannels(channels, filters, kernelChannels, settings.groups);
  const rows = planeAxis(height, kernelHeight, settings);
  const columns = planeAxis(width, kernelWidth, settings);
  checkFit(rows, columns, settings);
  return {
    settings,
    batch,
    channels,
    filters,
    channelsOfGroup: kernelChannels,
    rows,
    columns,
    flipped: settings.operator !== 'cross_correlation',
    windowLength: kernelChannels * kernelHeight * kernelWidth,
    outputShape: [batch, filters, rows.output, columns.output],
  };
}

/** First input channel that a filter reads. */
export function firstChannel({ filters, settings, channelsOfGroup }: Geometry, filter: number): number {
  return Math.floor((filter * settings.groups) / filters) * channelsOfGroup;
}

export function readsChannel(geometry: Geometry, filter: number, channel: number): boolean {
  const first = firstChannel(geometry, filter);
  return channel >= first && channel < first + geometry.channelsOfGroup;
}

/** Index in the kernel of the window's `index`-th cell along an axis. */
export function kernelCoordinate(axis: PlaneAxis, index: number, flipped: boolean): number {
  return flipped ? axis.kernel - 1 - index : index;
}
