/**
 * Convolutions on double-floats (arithmetic.ts), plain loops over their definition: they run where a batch is so small that exactness
 * matters more than speed (engine/precision.ts). A Linear layer is a 1x1 convolution of images of one pixel. Weights are float32.
 */
import type { Kernel } from '@/engine/webgpu/kernel';
import { convOutputSize, describeConv, type ConvShape } from '@/engine/webgpu/kernels/convShape';
import { doubleKernel, doubleWidth } from '@/engine/webgpu/kernels/double/arithmetic';
import { u } from '@/engine/webgpu/kernels/gemmTile';
import { floats } from '@/engine/webgpu/kernels/source';

export interface DoubleConvShape extends ConvShape {
  /** Floats from one image of x (or dx) to the next, and before the first: of a slice of a Linear layer's features. */
  readonly xStride: number;
  readonly xOffset: number;
}

export interface DoubleConvForwardParams extends DoubleConvShape {
  readonly bias: boolean;
  /** Adds to what y holds (the slices before this one). */
  readonly accumulate: boolean;
}

/** y = y? + conv(x, weight) + bias. Bindings: x, weight, bias?, y. */
export function doubleConvForward(params: DoubleConvForwardParams): Kernel {
  const { batch, height, width, inChannels, outChannels, kernelSize, stride, padding } = params;
  const { xStride, xOffset, bias, accumulate } = params;
  const { outHeight, outWidth } = convOutputSize(params);
  const vector = doubleWidth(outChannels);
  const groups = outChannels / vector;
  const threads = batch * outHeight * outWidth * groups;
  const start = accumulate ? `Double(y[i], y[i + ${u(threads)}])` : 'Double()';
  return doubleKernel(
    {
      label: `double conv forward ${describeConv(params)}`,
      bindings: [
        floats('x', 'read'),
        floats('weight', 'read', vector),
        ...(bias ? [floats('bias', 'read', vector)] : []),
        floats('y', 'read_write', vector),
      ],
    },
    vector,
    threads,
    `  let column = i % ${u(groups)};
  let pixel = i / ${u(groups)};
  let left = pixel % ${u(outWidth)} * ${u(stride)} - ${u(padding)};
  let top = pixel / ${u(outWidth)} % ${u(outHeight)} * ${u(stride)} - ${u(padding)};
  let image = pixel / ${u(outWidth * outHeight)} * ${u(xStride)} + ${u(xOffset)};
  var sum = ${start};
  for (var ky = zero; ky < ${u(kernelSize)}; ky++) {
    let row = top + ky;
    if (row >= ${u(height)}) { continue; }
    for (var kx = zero; kx < ${u(kernelSize)}; kx++) {
      let place = left + kx;
      if (place >= ${u(width)}) { continue; }
      let origin = image + (row * ${u(width)} + place) * ${u(inChannels)};
      let weights = (ky * ${u(kernelSize)} + kx) * ${u(inChannels * groups)} + column;
      for (var c = zero; c < ${u(inChannels)}; c++) {
        let w = weight[weights + c * ${u(groups)}];
        var term = product(Float(x[origin + c]), w);
        term.lo += x[origin + c + ${u(batch * xStride)}] * w;
        sum = gather(sum, term);
      }
    }
  }
  ${bias ? 'sum = gather(sum, Double(bias[column], Float()));' : ''}
  sum = normal(sum);
  y[i] = sum.hi;
  y[i + ${u(threads)}] = sum.lo;`,
  );
}

/** dx = the convolution's input gradient. Bindings: dy, weight, dx. */
export function doubleConvInputGradient(params: DoubleConvShape): Kernel {
  const { batch, height, width, inChannels, outChannels, kernelSize, stride, padding } = params;
  const { xStride, xOffset } = params;
  const { outHeight, outWidth } = convOutputSize(params);
  const vector = doubleWidth(outChannels);
  const groups = outChannels / vector;
  // The lanes of a vector hold sums over other channels.
  const turns = ['zwxy', 'yxwz'].map((order) => `sum = add(sum, Double(sum.hi.${order}, sum.lo.${order}));`);
  const lane = vector === 4 ? '.x' : '';
  return doubleKernel(
    {
      label: `double conv input gradient ${describeConv(params)}`,
      bindings: [floats('dy', 'read', vector), floats('weight', 'read', vector), floats('dx', 'read_write')],
    },
    vector,
    batch * height * width * inChannels,
    `  let c = i % ${u(inChannels)};
  let column = i / ${u(inChannels)} % ${u(width)};
  let row = i / ${u(inChannels * width)} % ${u(height)};
  let n = i / ${u(inChannels * width * height)};
  var sum = Double();
  for (var ky = zero; ky < ${u(kernelSize)}; ky++) {
    let y = row + ${u(padding)} - ky;
    if (y % ${u(stride)} != 0u || y / ${u(stride)} >= ${u(outHeight)}) { continue; }
    for (var kx = zero; kx < ${u(kernelSize)}; kx++) {
      let x = column + ${u(padding)} - kx;
      if (x % ${u(stride)} != 0u || x / ${u(stride)} >= ${u(outWidth)}) { continue; }
      let origin = ((n * ${u(outHeight)} + y / ${u(stride)}) * ${u(outWidth)} + x / ${u(stride)}) * ${u(groups)};
      let weights = ((ky * ${u(kernelSize)} + kx) * ${u(inChannels)} + c) * ${u(groups)};
      for (var o = zero; o < ${u(groups)}; o++) {
        let w = weight[weights + o];
        var term = product(dy[origin + o], w);
        term.lo += dy[origin + o + ${u(batch * outHeight * outWidth * groups)}] * w;
        sum = gather(sum, term);
      }
    }
  }
  sum = normal(sum);
  ${vector === 4 ? turns.join('\n  ') : ''}
  let at = n * ${u(xStride)} + ${u(xOffset)} + (row * ${u(width)} + column) * ${u(inChannels)} + c;
  dx[at] = sum.hi${lane};
  dx[at + ${u(batch * xStride)}] = sum.lo${lane};`,
  );
}

/** dw = x^T dy, rounded to float32 at the end. Bindings: x, dy, dw. */
export function doubleConvWeightGradient(params: DoubleConvShape): Kernel {
  const { batch, height, width, inChannels, outChannels, kernelSize, stride, padding } = params;
  const { xStride, xOffset } = params;
  const { outHeight, outWidth } = convOutputSize(params);
  const vector = doubleWidth(outChannels);
  const groups = outChannels / vector;
  const pixels = batch * outHeight * outWidth;
  return doubleKernel(
    {
      label: `double conv weight gradient ${describeConv(params)}`,
      bindings: [floats('x', 'read'), floats('dy', 'read', vector), floats('dw', 'read_write', vector)],
    },
    vector,
    kernelSize ** 2 * inChannels * groups,
    `  let column = i % ${u(groups)};
  let c = i / ${u(groups)} % ${u(inChannels)};
  let kx = i / ${u(groups * inChannels)} % ${u(kernelSize)};
  let ky = i / ${u(groups * inChannels * kernelSize)};
  var sum = Double();
  for (var pixel = zero; pixel < ${u(pixels)}; pixel++) {
    let place = pixel % ${u(outWidth)} * ${u(stride)} + kx - ${u(padding)};
    let row = pixel / ${u(outWidth)} % ${u(outHeight)} * ${u(stride)} + ky - ${u(padding)};
    if (row >= ${u(height)} || place >= ${u(width)}) { continue; }
    let origin = pixel / ${u(outWidth * outHeight)} * ${u(xStride)} + ${u(xOffset)} + (row * ${u(width)} + place) * ${u(inChannels)} + c;
    let to = pixel * ${u(groups)} + column;
    let value = Double(Float(x[origin]), Float(x[origin + ${u(batch * xStride)}]));
    sum = gather(sum, productOf(value, Double(dy[to], dy[to + ${u(pixels * groups)}])));
  }
  dw[i] = normal(sum).hi;`,
  );
}

export interface DoubleColumnsShape {
  readonly rows: number;
  readonly channels: number;
}

/** db = the sum of dy over all pixels, rounded to float32. Bindings: dy, db. */
export function doubleBiasGradient({ rows, channels }: DoubleColumnsShape): Kernel {
  return doubleKernel(
    {
      label: `double bias gradient ${rows}x${channels}`,
      bindings: [floats('dy', 'read'), floats('db', 'read_write')],
    },
    1,
    channels,
    `  var sum = Double();
  for (var at = i; at < ${u(rows * channels)}; at += ${u(channels)}) {
    sum = gather(sum, Double(dy[at], dy[at + ${u(rows * channels)}]));
  }
  db[i] = normal(sum).hi;`,
  );
}
