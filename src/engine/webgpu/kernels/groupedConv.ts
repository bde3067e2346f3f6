/**
 * Convolutions with groups, with taps that lie apart, or with more padding at the end than at the start: a lane sums for itself, so any
 * of them will do. Those without are conv.ts's, which share what they load. Layouts: kernel.ts; weights [ky][kx][in of a group][out].
 */
import { rectified } from '@/engine/webgpu/kernels/relu';
import type { Kernel } from '@/engine/webgpu/kernel';
import type { KernelSequence, PartialsOption } from '@/engine/webgpu/kernels/convShape';
import { floats, threadKernel, type Width } from '@/engine/webgpu/kernels/source';
import { additionKernel, partialLayout } from '@/engine/webgpu/kernels/splitK';

export interface GroupedConvShape {
  readonly batch: number;
  /** Of the input. */
  readonly height: number;
  readonly width: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
  /** Above and to the left. */
  readonly padding: number;
  readonly dilation: number;
  readonly groups: number;
}

/** Channels of a group, and how many values a lane computes side by side. */
function groupPlan({ inChannels, outChannels, groups }: GroupedConvShape) {
  const [ins, outs] = [inChannels / groups, outChannels / groups];
  const isDepthwise = ins === 1 && outs === 1;
  const lane: Width = (isDepthwise ? outChannels : outs) % 4 === 0 ? 4 : 1;
  const type = lane === 4 ? 'vec4f' : 'f32';
  return { ins, outs, isDepthwise, lane, type } as const;
}

function describe(shape: GroupedConvShape): string {
  const { inChannels, outChannels, kernelSize, stride, padding, dilation, groups, height, width, batch } =
    shape;
  return `${inChannels}->${outChannels} k${kernelSize} s${stride} p${padding} d${dilation} g${groups} ${height}x${width} n${batch}`;
}

/** y = relu(conv(x, weight) + bias). Bindings: x, weight, bias?, y. */
export function groupedConvForward(
  shape: GroupedConvShape & { readonly bias: boolean; readonly relu: boolean },
): Kernel {
  const { batch, height, width, outHeight, outWidth, inChannels, outChannels, bias, relu } = shape;
  const { kernelSize, stride, padding, dilation } = shape;
  const { ins, outs, isDepthwise, lane, type } = groupPlan(shape);
  const products = isDepthwise
    ? `sum += x[at / ${lane}u] * weight[tap / ${lane}u];`
    : `for (var c = zero; c < ${ins}u; c++) { sum += x[at + c] * weight[(tap + c * ${outChannels}u) / ${lane}u]; }`;
  return threadKernel(
    {
      label: `grouped conv forward ${describe(shape)}`,
      bindings: [
        floats('x', 'read', isDepthwise ? lane : 1),
        floats('weight', 'read', lane),
        ...(bias ? [floats('bias', 'read', lane)] : []),
        floats('y', 'read_write', lane),
      ],
    },
    (batch * outHeight * outWidth * outChannels) / lane,
    `  let o = i * ${lane}u % ${outChannels}u;
  let pixel = i * ${lane}u / ${outChannels}u;
  let left = i32(pixel % ${outWidth}u * ${stride}u) - ${padding};
  let top = i32(pixel / ${outWidth}u % ${outHeight}u * ${stride}u) - ${padding};
  let image = pixel / ${outWidth * outHeight}u * ${height}u;
  var sum = ${bias ? `bias[o / ${lane}u]` : `${type}()`};
  for (var ky = zero; ky < ${kernelSize}u; ky++) {
    let row = top + i32(ky * ${dilation}u);
    if (row < 0 || row >= ${height}) { continue; }
    for (var kx = zero; kx < ${kernelSize}u; kx++) {
      let column = left + i32(kx * ${dilation}u);
      if (column < 0 || column >= ${width}) { continue; }
      let at = ((image + u32(row)) * ${width}u + u32(column)) * ${inChannels}u + o / ${outs}u * ${ins}u;
      let tap = (ky * ${kernelSize}u + kx) * ${ins * outChannels}u + o;
      ${products}
    }
  }
  y[i] = ${relu ? rectified('sum', type) : 'sum'};`,
  );
}

/** dx = (dx? +) dy * weight^T. Bindings: dy, weight, dx. */
export function groupedConvInputGradient(shape: GroupedConvShape & { readonly accumulate: boolean }): Kernel {
  const { batch, height, width, outHeight, outWidth, inChannels, outChannels, accumulate } = shape;
  const { kernelSize, stride, padding, dilation } = shape;
  const { ins, outs, isDepthwise, lane, type } = groupPlan(shape);
  // A depthwise lane has channels side by side; any other one input, for which it sums outputs side by side.
  const own = isDepthwise ? lane : 1;
  const products = isDepthwise
    ? `sum += dy[at / ${lane}u] * weight[tap / ${lane}u];`
    : `for (var o = zero; o < ${outs}u; o += ${lane}u) { parts += dy[(at + o) / ${lane}u] * weight[(tap + o) / ${lane}u]; }`;
  const total = lane === 4 ? 'dot(parts, vec4f(1.0))' : 'parts';
  return threadKernel(
    {
      label: `grouped conv input gradient ${describe(shape)}`,
      bindings: [floats('dy', 'read', lane), floats('weight', 'read', lane), floats('dx', 'read_write', own)],
    },
    (batch * height * width * inChannels) / own,
    `  let c = i * ${own}u % ${inChannels}u;
  let pixel = i * ${own}u / ${inChannels}u;
  let right = i32(pixel % ${width}u) + ${padding};
  let bottom = i32(pixel / ${width}u % ${height}u) + ${padding};
  let image = pixel / ${width * height}u * ${outHeight}u;
  let first = c / ${ins}u * ${outs}u;
  var sum = ${isDepthwise ? type : 'f32'}();
  ${isDepthwise ? '' : `var parts = ${type}();`}
  for (var ky = zero; ky < ${kernelSize}u; ky++) {
    let row = bottom - i32(ky * ${dilation}u);
    if (row < 0 || row % ${stride} != 0 || row >= ${outHeight * stride}) { continue; }
    for (var kx = zero; kx < ${kernelSize}u; kx++) {
      let column = right - i32(kx * ${dilation}u);
      if (column < 0 || column % ${stride} != 0 || column >= ${outWidth * stride}) { continue; }
      let at = ((image + u32(row / ${stride})) * ${outWidth}u + u32(column / ${stride})) * ${outChannels}u + first;
      let tap = ((ky * ${kernelSize}u + kx) * ${ins}u + c % ${ins}u) * ${outChannels}u + first;
      ${products}
    }
  }
  ${isDepthwise ? '' : `sum = ${total};`}
  dx[i] = ${accumulate ? 'dx[i] + ' : ''}sum;`,
  );
}

/** Most pixels that a lane sums in a row. */
const longestSum = 512;
const mostPartials = 2 ** 20;

/** dw = x^T dy over all pixels of the batch, db = the sum of dy; see conv.ts's. Bindings: x, dy, dw, db? and `partials` between. */
export function groupedConvWeightGradient(
  shape: GroupedConvShape & PartialsOption & { readonly bias: boolean },
): KernelSequence {
  const { batch, height, width, outHeight, outWidth, inChannels, outChannels, kernelSize, bias } = shape;
  const { stride, padding, dilation, partialsOffset } = shape;
  const { ins, outs, isDepthwise, lane, type } = groupPlan(shape);
  const label = `grouped conv weight gradient ${describe(shape)}`;
  const sums = { ...shape, label, inChannels: ins, imageStride: 0, offset: 0, pool: 1 };
  const layout = partialLayout(sums);
  const rows = batch * outHeight;
  const splits = Math.min(
    Math.ceil(rows / Math.max(1, Math.floor(longestSum / outWidth))),
    Math.max(1, Math.floor(mostPartials / layout.stride)),
  );
  const rowsOfSplit = Math.ceil(rows / splits);
  const weightItems = layout.weights / lane;
  const items = weightItems + (bias ? outChannels / lane : 0);
  const biasSum = `for (var p = begin * ${outWidth}u; p < to * ${outWidth}u; p++) { sum += dy[(p * ${outChannels}u + o) / ${lane}u]; }
    place = ${layout.biasStart}u + o;`;
  const kernel = threadKernel(
    {
      label,
      bindings: [
        floats('x', 'read', isDepthwise ? lane : 1),
        floats('dy', 'read', lane),
        floats('partials', 'read_write', lane),
      ],
    },
    items * splits,
    `  let item = i % ${items}u;
  let split = i / ${items}u;
  let begin = split * ${rowsOfSplit}u;
  let to = min(begin + ${rowsOfSplit}u, ${rows}u);
  let o = item * ${lane}u % ${outChannels}u;
  var place = item * ${lane}u;
  var sum = ${type}();
  if (item < ${weightItems}u) {
    let tap = place / ${outChannels * ins}u;
    let c = o / ${outs}u * ${ins}u + place / ${outChannels}u % ${ins}u;
    let down = i32(tap / ${kernelSize}u * ${dilation}u) - ${padding};
    let right = i32(tap % ${kernelSize}u * ${dilation}u) - ${padding};
    for (var r = begin; r < to; r++) {
      let row = i32(r % ${outHeight}u * ${stride}u) + down;
      if (row < 0 || row >= ${height}) { continue; }
      let input = (r / ${outHeight}u * ${height}u + u32(row)) * ${width}u;
      for (var ox = zero; ox < ${outWidth}u; ox++) {
        let column = i32(ox * ${stride}u) + right;
        if (column < 0 || column >= ${width}) { continue; }
        let value = x[((input + u32(column)) * ${inChannels}u + c) / ${isDepthwise ? lane : 1}u];
        sum += value * dy[((r * ${outWidth}u + ox) * ${outChannels}u + o) / ${lane}u];
      }
    }
  }${bias ? ` else {\n    ${biasSum}\n  }` : ''}
  partials[(${partialsOffset ?? 0}u + split * ${layout.stride}u + place) / ${lane}u] = sum;`,
  );
  const sequence = {
    partialsLength: splits * layout.stride,
    lengths: {
      x: batch * height * width * inChannels,
      dy: rows * outWidth * outChannels,
      dw: layout.weights,
      db: outChannels,
      partials: (partialsOffset ?? 0) + splits * layout.stride,
    },
  };
  if (partialsOffset === undefined) return { ...sequence, kernels: [kernel, additionKernel(sums, splits)] };
  const left = {
    splits,
    stride: layout.stride,
    weight: partialsOffset,
    bias: partialsOffset + layout.biasStart,
  };
  return { ...sequence, kernels: [kernel], left };
}
