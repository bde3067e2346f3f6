/**
 * GroupNorm over [images][pixels][channels]: one dispatch takes a group's sums, another applies them. `saved` holds mean and 1 / std of
 * each group of each image, `sums` the group's sums of weight * dy and of weight * dy * normalised.
 */
import { rectified, throughRelu } from '@/engine/webgpu/kernels/relu';
import type { Kernel } from '@/engine/webgpu/kernel';
import { columnKernel, joinRows } from '@/engine/webgpu/kernels/columnKernel';
import { floats, literal, threadKernel } from '@/engine/webgpu/kernels/source';

export interface GroupNormShape {
  readonly images: number;
  readonly pixels: number;
  readonly channels: number;
  readonly groups: number;
  /** On software adapters, whose barriers are slow, one lane takes a sum. */
  readonly isSoftware: boolean;
}

export interface GroupNormParams extends GroupNormShape {
  /** A ReLU behind; the backward pass then binds its output `y`, whose zeros stop the gradient. */
  readonly relu: boolean;
}

const label = (what: string, { images, pixels, channels, groups }: GroupNormShape): string =>
  `group norm ${what} ${images}x${pixels}x${channels}/${groups}`;

/** Values of a group in one image. */
const groupValues = ({ pixels, channels, groups }: GroupNormShape): number => (pixels * channels) / groups;

/** A lane, or a workgroup, for each group of each image. */
function groupColumns({ images, groups, isSoftware }: GroupNormShape) {
  return { columns: 1, parts: images * groups, rowLanes: isSoftware ? 1 : 64, type: 'f32' } as const;
}

/** WGSL: `body` for each value of the group, which is `at` in the tensor, and `channel` its channel. */
function eachValue(shape: GroupNormShape, body: string): string {
  const { pixels, channels, groups } = shape;
  const size = channels / groups;
  return `for (var k = rowLane; k < ${groupValues(shape)}u; k += ${groupColumns(shape).rowLanes}u) {
    let channel = part % ${groups}u * ${size}u + k % ${size}u;
    let at = part / ${groups}u * ${pixels * channels}u + k / ${size}u * ${channels}u + channel;
    ${body}
  }`;
}

/** WGSL of the number of a group in its image, given value `at` of `channel`. */
const groupOf = ({ pixels, channels, groups }: GroupNormShape, at: string, channel: string): string =>
  `${at} / ${pixels * channels}u * ${groups}u + ${channel} / ${channels / groups}u`;

/** Bindings: x, saved. */
export function groupNormStatistics(shape: GroupNormShape, eps: number): Kernel {
  const { pixels, channels, groups } = shape;
  const columns = groupColumns(shape);
  const count = groupValues(shape);
  return columnKernel(
    { label: label('statistics', shape), bindings: [floats('x', 'read'), floats('saved', 'read_write')] },
    columns,
    `  let shift = x[part / ${groups}u * ${pixels * channels}u + part % ${groups}u * ${channels / groups}u];
  var sum = 0.0;
  ${eachValue(shape, 'sum += x[at] - shift;')}
  ${joinRows(columns, ['sum'])}
  let mean = sum / ${literal(count)};
  var squares = 0.0;
  ${eachValue(shape, 'let value = x[at] - shift - mean; squares += value * value;')}
  ${joinRows(columns, ['squares'])}
  if (isLive && rowLane == 0u) {
    saved[2u * part] = shift + mean;
    saved[2u * part + 1u] = 1.0 / sqrt(squares * ${literal(1 / count)} + ${literal(eps)});
  }`,
  );
}

/** y = relu(weight * (x - mean) / std + bias). Bindings: x, saved, weight, bias, y. */
export function groupNormApply(params: GroupNormParams): Kernel {
  const { images, pixels, channels, relu } = params;
  const value = '(x[i] - saved[2u * own]) * saved[2u * own + 1u] * weight[c] + bias[c]';
  return threadKernel(
    {
      label: label('apply', params),
      bindings: [
        ...['x', 'saved', 'weight', 'bias'].map((name) => floats(name, 'read')),
        floats('y', 'read_write'),
      ],
    },
    images * pixels * channels,
    `  let c = i % ${channels}u;
  let own = ${groupOf(params, 'i', 'c')};
  y[i] = ${relu ? rectified(`(${value})`, 'f32') : value};`,
  );
}

const masked = ({ relu }: GroupNormParams, at: string): string =>
  relu ? throughRelu(`dy[${at}]`, `y[${at}]`, 'f32') : `dy[${at}]`;

const readBindings = ({ relu }: GroupNormParams, ...names: string[]) =>
  ['x', 'saved', 'dy', ...(relu ? ['y'] : []), ...names].map((name) => floats(name, 'read'));

/** Bindings: x, saved, dy, y?, weight, sums. */
export function groupNormBackwardSums(params: GroupNormParams): Kernel {
  const columns = groupColumns(params);
  return columnKernel(
    {
      label: label('gradient sums', params),
      bindings: [...readBindings(params, 'weight'), floats('sums', 'read_write')],
    },
    columns,
    `  let mean = saved[2u * part];
  var shift = 0.0;
  var slope = 0.0;
  ${eachValue(
    params,
    `let gradient = ${masked(params, 'at')} * weight[channel];
    shift += gradient;
    slope += gradient * (x[at] - mean);`,
  )}
  ${joinRows(columns, ['shift', 'slope'])}
  if (isLive && rowLane == 0u) {
    sums[2u * part] = shift;
    sums[2u * part + 1u] = slope * saved[2u * part + 1u];
  }`,
  );
}

/**
 * dx = 1 / std * (weight * dy - its mean - normalised * mean(weight * dy * normalised)).
 * Bindings: x, saved, dy, y?, weight, sums, dx.
 */
export function groupNormBackwardApply(params: GroupNormParams): Kernel {
  const { images, pixels, channels } = params;
  const share = literal(1 / groupValues(params));
  return threadKernel(
    {
      label: label('gradient', params),
      bindings: [...readBindings(params, 'weight', 'sums'), floats('dx', 'read_write')],
    },
    images * pixels * channels,
    `  let c = i % ${channels}u;
  let own = ${groupOf(params, 'i', 'c')};
  let inverseStd = saved[2u * own + 1u];
  let normalised = (x[i] - saved[2u * own]) * inverseStd;
  let spread = (sums[2u * own] + normalised * sums[2u * own + 1u]) * ${share};
  dx[i] = (${masked(params, 'i')} * weight[c] - spread) * inverseStd;`,
  );
}

interface Chunks {
  readonly rows: number;
  readonly count: number;
}

/** About half the root of the pixels of all images, so that neither the chunks nor their sums are a long line. */
function chunksOf({ images, pixels }: GroupNormShape): Chunks {
  const all = images * pixels;
  const rows = Math.ceil(all / Math.max(1, Math.round(Math.sqrt(all) / 2)));
  return { rows, count: Math.ceil(all / rows) };
}

/** float32 values of `partials`: [chunks][gradient of the weight, of the bias][channels]. */
export function groupNormPartialsLength(shape: GroupNormShape): number {
  return 2 * chunksOf(shape).count * shape.channels;
}

/** Sums over chunks of the pixels of all images. Bindings: x, saved, dy, y?, partials. */
export function groupNormParameterSums(params: GroupNormParams): Kernel {
  const { images, pixels, channels, isSoftware } = params;
  const { rows, count } = chunksOf(params);
  const columns = { columns: channels, parts: count, rowLanes: isSoftware ? 1 : 8, type: 'f32' } as const;
  return columnKernel(
    {
      label: label('parameter sums', params),
      bindings: [...readBindings(params), floats('partials', 'read_write')],
    },
    columns,
    `  var weightSum = 0.0;
  var biasSum = 0.0;
  let end = min((part + 1u) * ${rows}u, ${images * pixels}u);
  for (var row = part * ${rows}u + rowLane; row < end; row += ${columns.rowLanes}u) {
    let at = row * ${channels}u + c;
    let own = ${groupOf(params, 'at', 'c')};
    let gradient = ${masked(params, 'at')};
    weightSum += gradient * (x[at] - saved[2u * own]) * saved[2u * own + 1u];
    biasSum += gradient;
  }
  ${joinRows(columns, ['weightSum', 'biasSum'])}
  if (isLive && rowLane == 0u) {
    partials[2u * part * ${channels}u + c] = weightSum;
    partials[(2u * part + 1u) * ${channels}u + c] = biasSum;
  }`,
  );
}

/** Bindings: partials, dw, db. */
export function groupNormParameterGradients(shape: GroupNormShape): Kernel {
  const { channels } = shape;
  return threadKernel(
    {
      label: label('parameter gradients', shape),
      bindings: [floats('partials', 'read'), floats('dw', 'read_write'), floats('db', 'read_write')],
    },
    channels,
    `  var weightSum = 0.0;
  var biasSum = 0.0;
  for (var chunk = zero; chunk < ${chunksOf(shape).count}u; chunk++) {
    weightSum += partials[2u * chunk * ${channels}u + i];
    biasSum += partials[(2u * chunk + 1u) * ${channels}u + i];
  }
  dw[i] = weightSum;
  db[i] = biasSum;`,
  );
}
