/** Max pooling and adaptive average pooling with their gradients, in gather form: no two invocations write one value. */
import { rectified } from '@/engine/webgpu/kernels/relu';
import type { Kernel } from '@/engine/webgpu/kernel';
import { nanFunction } from '@/engine/webgpu/kernels/exact';
import { floats, literal, threadKernel, words } from '@/engine/webgpu/kernels/source';
import { isWhole, type AverageWindows } from '@/model/averageWindows';
import { maxPoolOutputSize, type PoolWindow } from '@/model/layers/maxPool2d';
import { windowExtent } from '@/model/window';

export interface ImageShape {
  readonly batch: number;
  /** Of the input. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface MaxPoolParams extends ImageShape, PoolWindow {}

export interface MaxPoolForwardParams extends MaxPoolParams {
  /** y = relu(maxpool(x)), which is the same as maxpool(relu(x)). */
  readonly relu?: boolean;
}

function outputSizes(params: MaxPoolParams): [number, number] {
  return [maxPoolOutputSize(params, params.height), maxPoolOutputSize(params, params.width)];
}

function describeMaxPool({
  batch,
  height,
  width,
  channels,
  kernelSize,
  stride,
  padding,
  dilation,
  ceilMode,
}: MaxPoolParams): string {
  return `k${kernelSize} s${stride} p${padding} d${dilation}${ceilMode ? ' ceil' : ''} ${height}x${width}x${channels} n${batch}`;
}

/**
 * y = the maximum of each window, padding never wins; argmax: offset of the first maximum, row by row, in one image of the
 * input. Bindings: x, y, argmax.
 */
export function maxPoolForward(params: MaxPoolForwardParams): Kernel {
  const { batch, height, width, channels, kernelSize, stride, padding, dilation, relu = false } = params;
  const [outHeight, outWidth] = outputSizes(params);
  const extent = windowExtent(kernelSize, dilation);
  /** Its first tap in the image. */
  const first = (start: string): string =>
    dilation === 1
      ? `u32(max(${start}, 0))`
      : `u32(select(${start}, ${start} + (${dilation - 1} - ${start}) / ${dilation} * ${dilation}, ${start} < 0))`;
  return threadKernel(
    {
      label: `max pool ${describeMaxPool(params)}`,
      bindings: [floats('x', 'read'), floats('y', 'read_write'), words('argmax', 'read_write')],
      declarations: [nanFunction()],
    },
    batch * outHeight * outWidth * channels,
    `  let c = i % ${channels}u;
  let left = i32(i / ${channels}u % ${outWidth}u * ${stride}u) - ${padding};
  let top = i32(i / ${channels * outWidth}u % ${outHeight}u * ${stride}u) - ${padding};
  let image = i / ${channels * outWidth * outHeight}u * ${height * width * channels}u;
  let firstRow = ${first('top')};
  let firstColumn = ${first('left')};
  let endRow = u32(min(top + ${extent}, ${height}));
  let endColumn = u32(min(left + ${extent}, ${width}));
  var winner = (firstRow * ${width}u + firstColumn) * ${channels}u + c;
  var best = x[image + winner];
  for (var row = firstRow; row < endRow; row += ${dilation}u) {
    for (var column = firstColumn; column < endColumn; column += ${dilation}u) {
      let at = (row * ${width}u + column) * ${channels}u + c;
      let value = x[image + at];
      // A NaN wins, as in PyTorch.
      if (value > best || isNan(value)) { best = value; winner = at; }
    }
  }
  y[i] = ${relu ? rectified('best', 'f32') : 'best'};
  argmax[i] = winner;`,
  );
}

export interface MaxPoolBackwardParams extends MaxPoolParams {
  /** Binds `y`: no gradient passes where the fused ReLU gave 0. */
  readonly relu?: boolean;
}

/** dx = the sum of dy over the windows that this value won. Bindings: dy, argmax, y? (with relu), dx. */
export function maxPoolBackward(params: MaxPoolBackwardParams): Kernel {
  const { batch, height, width, channels, kernelSize, stride, padding, dilation, relu = false } = params;
  const [outHeight, outWidth] = outputSizes(params);
  const extent = windowExtent(kernelSize, dilation);
  return threadKernel(
    {
      label: `max pool gradient ${describeMaxPool(params)}`,
      bindings: [
        floats('dy', 'read'),
        words('argmax', 'read'),
        ...(relu ? [floats('y', 'read')] : []),
        floats('dx', 'read_write'),
      ],
    },
    batch * height * width * channels,
    `  let c = i % ${channels}u;
  let column = i / ${channels}u % ${width}u + ${padding}u;
  let row = i / ${channels * width}u % ${height}u + ${padding}u;
  let n = i / ${channels * width * height}u;
  let own = i - n * ${channels * width * height}u;
  // Windows that reach this value: start <= place < start + extent.
  let firstRow = (max(row + 1u, ${extent}u) - ${extent}u + ${stride - 1}u) / ${stride}u;
  let firstColumn = (max(column + 1u, ${extent}u) - ${extent}u + ${stride - 1}u) / ${stride}u;
  let endRow = min(row / ${stride}u + 1u, ${outHeight}u);
  let endColumn = min(column / ${stride}u + 1u, ${outWidth}u);
  var sum = 0.0;
  for (var oy = firstRow; oy < endRow; oy++) {
    for (var ox = firstColumn; ox < endColumn; ox++) {
      let at = ((n * ${outHeight}u + oy) * ${outWidth}u + ox) * ${channels}u + c;
      if (argmax[at] == own${relu ? ' && !(y[at] <= 0.0)' : ''}) { sum += dy[at]; }
    }
  }
  dx[i] = sum;`,
  );
}

export interface AveragePoolParams extends ImageShape {
  readonly rows: AverageWindows;
  readonly columns: AverageWindows;
}

interface WindowsWgsl {
  readonly first: (o: string) => string;
  readonly end: (o: string) => string;
  /** The first window that ends behind a place. */
  readonly firstAround: (place: string) => string;
}

/** WGSL of the windows' rule along an axis of `size` places. */
function windowsWgsl({ step, from, to, over }: AverageWindows, size: number): WindowsWgsl {
  const start = (o: string): string =>
    from < 0 ? `u32(max(i32(${o} * ${step}u) - ${-from}, 0))` : `(${o} * ${step}u + ${from}u)`;
  return {
    first: (o) => `${start(o)} / ${over}u`,
    end: (o) => `min((${o} * ${step}u + ${to}u) / ${over}u, ${size}u)`,
    firstAround: (place) => `(max((${place} + 1u) * ${over}u, ${to}u) - ${to}u + ${step - 1}u) / ${step}u`,
  };
}

function describeAverage({ batch, height, width, channels, rows, columns }: AveragePoolParams): string {
  const rule = ({ count, step, from, to, over, divisor }: AverageWindows): string =>
    [count, step, from, to, over, divisor ?? 'places'].join(',');
  return `${height}x${width}x${channels} by ${rule(rows)} and ${rule(columns)} n${batch}`;
}

/** WGSL of what a window's sum is divided by; sees firstRow, endRow, firstColumn, endColumn. */
function pixelsWgsl({ rows, columns }: AveragePoolParams): string {
  return rows.divisor === null || columns.divisor === null
    ? 'f32((endRow - firstRow) * (endColumn - firstColumn))'
    : literal(rows.divisor * columns.divisor);
}

/** y = the mean of each window. Bindings: x, y. */
export function averagePoolForward(params: AveragePoolParams): Kernel {
  const { batch, height, width, channels } = params;
  const rows = windowsWgsl(params.rows, height);
  const columns = windowsWgsl(params.columns, width);
  const [outHeight, outWidth] = [params.rows.count, params.columns.count];
  return threadKernel(
    {
      label: `average pool ${describeAverage(params)}`,
      bindings: [floats('x', 'read'), floats('y', 'read_write')],
    },
    batch * outHeight * outWidth * channels,
    `  let c = i % ${channels}u;
  let ox = i / ${channels}u % ${outWidth}u;
  let oy = i / ${channels * outWidth}u % ${outHeight}u;
  let n = i / ${channels * outWidth * outHeight}u;
  let endRow = ${rows.end('oy')};
  let firstRow = ${rows.first('oy')};
  let firstColumn = ${columns.first('ox')};
  let endColumn = ${columns.end('ox')};
  let pixels = ${pixelsWgsl(params)};
  var sum = 0.0;
  for (var row = firstRow; row < endRow; row++) {
    for (var column = firstColumn; column < endColumn; column++) {
      let at = ((n * ${height}u + row) * ${width}u + column) * ${channels}u + c;
      sum += x[at];
    }
  }
  y[i] = sum / pixels;`,
  );
}

export interface AveragePoolBackwardParams extends AveragePoolParams {
  /** Adds to what dx holds. */
  readonly accumulate?: boolean;
}

/** dx = the sum of dy / window over the windows that hold this value. Bindings: dy, dx. */
export function averagePoolBackward(params: AveragePoolBackwardParams): Kernel {
  const { batch, height, width, channels, accumulate = false } = params;
  const rows = windowsWgsl(params.rows, height);
  const columns = windowsWgsl(params.columns, width);
  const [outHeight, outWidth] = [params.rows.count, params.columns.count];
  const isGlobal = isWhole(params.rows, height) && isWhole(params.columns, width);
  const body = isGlobal
    ? `  let value = dy[i / ${height * width * channels}u * ${channels}u + i % ${channels}u] * ${literal(1 / (height * width))};
  dx[i] = ${accumulate ? 'dx[i] + ' : ''}value;`
    : `  let c = i % ${channels}u;
  let column = i / ${channels}u % ${width}u;
  let row = i / ${channels * width}u % ${height}u;
  let n = i / ${channels * width * height}u;
  var sum = ${accumulate ? 'dx[i]' : '0.0'};
  // From the first window that ends behind this value to the last that starts before it.
  for (var oy = ${rows.firstAround('row')}; oy < ${outHeight}u; oy++) {
    let firstRow = ${rows.first('oy')};
    let endRow = ${rows.end('oy')};
    if (firstRow > row) { break; }
    for (var ox = ${columns.firstAround('column')}; ox < ${outWidth}u; ox++) {
      let firstColumn = ${columns.first('ox')};
      let endColumn = ${columns.end('ox')};
      if (firstColumn > column) { break; }
      let pixels = ${pixelsWgsl(params)};
      let at = ((n * ${outHeight}u + oy) * ${outWidth}u + ox) * ${channels}u + c;
      sum += dy[at] / pixels;
    }
  }
  dx[i] = sum;`;
  return threadKernel(
    {
      label: `average pool gradient ${describeAverage(params)}`,
      bindings: [floats('dy', 'read'), floats('dx', 'read_write')],
    },
    batch * height * width * channels,
    body,
  );
}
