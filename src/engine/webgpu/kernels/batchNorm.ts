/**
 * BatchNorm2d over [rows][channels], rows = batch * height * width, in two dispatches each way: one takes sums over chunks of
 * rows, the other combines them wherever it needs them and applies. Squares are of distances to a mean that is there already, of a
 * chunk and then of the whole, so a mean far from 0 costs no digits. PyTorch: biased variance to normalise, unbiased for
 * running_var.
 */
import { rectified, throughRelu, type FloatType } from '@/engine/webgpu/kernels/relu';
import type { Kernel } from '@/engine/webgpu/kernel';
import { columnKernel, joinRows } from '@/engine/webgpu/kernels/columnKernel';
import { floats, literal, threadKernel } from '@/engine/webgpu/kernels/source';
import { fn } from '@/engine/webgpu/wgsl';

export interface BatchNormShape {
  /** batch * height * width. */
  readonly rows: number;
  readonly channels: number;
  /** Lanes that share a chunk's rows, a power of two: 1 on software adapters. */
  readonly rowLanes: number;
}

interface Division {
  /** Rows that one invocation sums, and how many such chunks there are. */
  readonly chunkRows: number;
  readonly chunks: number;
  /** Rows that one invocation applies. */
  readonly blockRows: number;
  readonly blocks: number;
}

/**
 * Every block reads all chunks' sums again, which a block of twice as many rows keeps at a quarter of its work; about the
 * root of the rows in each keeps both passes wide.
 */
function division({ rows }: BatchNormShape): Division {
  const root = Math.sqrt(rows);
  const chunkRows = Math.ceil(rows / Math.max(1, Math.round(root / 2)));
  const blockRows = Math.ceil(rows / Math.max(1, Math.round(root)));
  return {
    chunkRows,
    chunks: Math.ceil(rows / chunkRows),
    blockRows,
    blocks: Math.ceil(rows / blockRows),
  };
}

/** float32 values of `sums`: [mean, 1 / std, weight / std][channels], then [chunks][mean, squares][channels]. */
export function batchNormSumsLength(shape: BatchNormShape): number {
  return (3 + 2 * division(shape).chunks) * shape.channels;
}

/** float32 values of `partials` of the backward pass: [chunks][sum of dy * normalised, sum of dy][channels]. */
export function batchNormPartialsLength(shape: BatchNormShape): number {
  return 2 * division(shape).chunks * shape.channels;
}

/** Channels that an invocation takes at once, and its type. */
function vector(channels: number) {
  return channels % 4 === 0
    ? ({ width: 4, type: 'vec4f', groups: channels / 4 } as const)
    : ({ width: 1, type: 'f32', groups: channels } as const);
}

function label(what: string, { rows, channels }: BatchNormShape): string {
  return `batch norm ${what} ${rows}x${channels}`;
}

/** Sums of a forward pass in training. Bindings: x, sums. */
export function batchNormSums(shape: BatchNormShape): Kernel {
  const { rows, channels, rowLanes } = shape;
  const { chunkRows, chunks } = division(shape);
  const { width, type, groups } = vector(channels);
  const columns = { columns: groups, parts: chunks, rowLanes, type };
  return columnKernel(
    {
      label: label('sums', shape),
      bindings: [floats('x', 'read', width), floats('sums', 'read_write', width)],
    },
    columns,
    `  let first = part * ${chunkRows}u;
  let end = min(first + ${chunkRows}u, ${rows}u);
  let shift = x[first * ${groups}u + c];
  var sum = ${type}();
  for (var row = first + rowLane; row < end; row += ${rowLanes}u) { sum += x[row * ${groups}u + c] - shift; }
  ${joinRows(columns, ['sum'])}
  let mean = sum / f32(end - first);
  var squares = ${type}();
  for (var row = first + rowLane; row < end; row += ${rowLanes}u) {
    let value = x[row * ${groups}u + c] - shift - mean;
    squares += value * value;
  }
  ${joinRows(columns, ['squares'])}
  let at = (3u + 2u * part) * ${groups}u + c;
  if (isLive && rowLane == 0u) {
    sums[at] = shift + mean;
    sums[at + ${groups}u] = squares;
  }`,
  );
}

export interface BatchNormApplyParams extends BatchNormShape {
  readonly eps: number;
  readonly momentum: number;
  /** Adds the buffer `residual` before the ReLU. */
  readonly residual?: boolean;
  readonly relu?: boolean;
}

function output(
  value: string,
  type: FloatType,
  { residual = false, relu = false }: Partial<BatchNormApplyParams>,
): string {
  const sum = residual ? `${value} + residual[at]` : value;
  return relu ? rectified(`(${sum})`, type) : sum;
}

/**
 * y = relu(weight * (x - mean) / std + bias + residual) with the batch's statistics, which also move the running ones; leaves
 * mean, 1 / std and weight / std in `sums` for the backward pass.
 * Bindings: sums (read_write), x, weight, bias, residual?, y, runningMean, runningVar.
 */
export function batchNormApply(params: BatchNormApplyParams): Kernel {
  const { rows, channels, rowLanes, eps, momentum, residual = false } = params;
  const { chunkRows, chunks, blockRows, blocks } = division(params);
  const { width, type, groups } = vector(channels);
  const columns = { columns: groups, parts: blocks, rowLanes, type };
  const unbiased = 1 / Math.max(1, rows - 1);
  const rowsOf = fn(
    'rowsOf',
    '(chunk: u32) -> f32',
    `  return f32(min(${chunkRows}u, ${rows}u - chunk * ${chunkRows}u));`,
  );
  const bindings = [
    floats('sums', 'read_write', width),
    floats('x', 'read', width),
    floats('weight', 'read', width),
    floats('bias', 'read', width),
    ...(residual ? [floats('residual', 'read', width)] : []),
    floats('y', 'read_write', width),
    floats('runningMean', 'read_write', width),
    floats('runningVar', 'read_write', width),
  ];
  return columnKernel(
    { label: label('apply', params), bindings, declarations: [rowsOf] },
    columns,
    `  let firstMean = sums[${3 * groups}u + c];
  var sum = ${type}();
  for (var chunk = rowLane; chunk < ${chunks}u; chunk += ${rowLanes}u) {
    sum += rowsOf(chunk) * (sums[(3u + 2u * chunk) * ${groups}u + c] - firstMean);
  }
  ${joinRows(columns, ['sum'])}
  let mean = firstMean + sum / ${literal(rows)};
  var squares = ${type}();
  for (var chunk = rowLane; chunk < ${chunks}u; chunk += ${rowLanes}u) {
    let at = (3u + 2u * chunk) * ${groups}u + c;
    let distance = sums[at] - mean;
    squares += sums[at + ${groups}u] + rowsOf(chunk) * distance * distance;
  }
  ${joinRows(columns, ['squares'])}
  let inverseStd = 1.0 / sqrt(squares * ${literal(1 / rows)} + ${literal(eps)});
  let scale = weight[c] * inverseStd;
  if (isLive && part == 0u && rowLane == 0u) {
    sums[c] = mean;
    sums[${groups}u + c] = inverseStd;
    sums[${2 * groups}u + c] = scale;
    runningMean[c] = ${literal(1 - momentum)} * runningMean[c] + ${literal(momentum)} * mean;
    runningVar[c] = ${literal(1 - momentum)} * runningVar[c] + ${literal(momentum * unbiased)} * squares;
  }
  let shift = bias[c];
  let end = select(0u, min((part + 1u) * ${blockRows}u, ${rows}u), isLive);
  for (var row = part * ${blockRows}u + rowLane; row < end; row += ${rowLanes}u) {
    let at = row * ${groups}u + c;
    y[at] = ${output('(x[at] - mean) * scale + shift', type, params)};
  }`,
  );
}

export interface BatchNormEvalParams extends BatchNormShape {
  readonly eps: number;
  readonly residual?: boolean;
  readonly relu?: boolean;
}

/** The same with the running statistics (eval mode). Bindings: x, weight, bias, runningMean, runningVar, residual?, y. */
export function batchNormEval(params: BatchNormEvalParams): Kernel {
  const { rows, channels, eps, residual = false } = params;
  const { width, type, groups } = vector(channels);
  return threadKernel(
    {
      label: label('eval', params),
      bindings: [
        ...['x', 'weight', 'bias', 'runningMean', 'runningVar'].map((name) => floats(name, 'read', width)),
        ...(residual ? [floats('residual', 'read', width)] : []),
        floats('y', 'read_write', width),
      ],
    },
    rows * groups,
    `  let at = i;
  let c = i % ${groups}u;
  let scale = weight[c] / sqrt(runningVar[c] + ${literal(eps)});
  y[at] = ${output('(x[at] - runningMean[c]) * scale + bias[c]', type, params)};`,
  );
}

export interface BatchNormBackwardParams extends BatchNormShape {
  /** The forward pass had a ReLU behind: binds its output `y`, whose zeros stop the gradient. */
  readonly relu?: boolean;
}

function masked(type: FloatType, { relu = false }: BatchNormBackwardParams): string {
  return relu ? throughRelu('dy[at]', 'y[at]', type) : 'dy[at]';
}

/** dx by the running statistics, which do not depend on x. Bindings: weight, runningVar, dy, y?, dx. */
export function batchNormEvalBackward(params: BatchNormBackwardParams & { readonly eps: number }): Kernel {
  const { rows, channels, eps, relu = false } = params;
  const { width, type, groups } = vector(channels);
  return threadKernel(
    {
      label: label('eval gradient', params),
      bindings: [
        ...['weight', 'runningVar', 'dy', ...(relu ? ['y'] : [])].map((name) => floats(name, 'read', width)),
        floats('dx', 'read_write', width),
      ],
    },
    rows * groups,
    `  let at = i;
  let c = i % ${groups}u;
  dx[at] = ${masked(type, params)} * (weight[c] / sqrt(runningVar[c] + ${literal(eps)}));`,
  );
}

/** Sums of the backward pass. Bindings: x, sums, dy, y?, partials. */
export function batchNormBackwardSums(params: BatchNormBackwardParams): Kernel {
  const { rows, channels, rowLanes, relu = false } = params;
  const { chunkRows, chunks } = division(params);
  const { width, type, groups } = vector(channels);
  const columns = { columns: groups, parts: chunks, rowLanes, type };
  return columnKernel(
    {
      label: label('gradient sums', params),
      bindings: [
        floats('x', 'read', width),
        floats('sums', 'read', width),
        floats('dy', 'read', width),
        ...(relu ? [floats('y', 'read', width)] : []),
        floats('partials', 'read_write', width),
      ],
    },
    columns,
    `  let mean = sums[c];
  let inverseStd = sums[${groups}u + c];
  var weightSum = ${type}();
  var biasSum = ${type}();
  let end = min((part + 1u) * ${chunkRows}u, ${rows}u);
  for (var row = part * ${chunkRows}u + rowLane; row < end; row += ${rowLanes}u) {
    let at = row * ${groups}u + c;
    let gradient = ${masked(type, params)};
    weightSum += gradient * (x[at] - mean);
    biasSum += gradient;
  }
  ${joinRows(columns, ['weightSum', 'biasSum'])}
  let at = 2u * part * ${groups}u + c;
  if (isLive && rowLane == 0u) {
    partials[at] = weightSum * inverseStd;
    partials[at + ${groups}u] = biasSum;
  }`,
  );
}

/**
 * dx, and the gradients of weight and bias: dx = weight / std * (dy - mean(dy) - normalised * mean(dy * normalised)).
 * Bindings: partials, x, sums, dy, y?, dx, dw, db.
 */
export function batchNormBackwardApply(params: BatchNormBackwardParams): Kernel {
  const { rows, channels, rowLanes, relu = false } = params;
  const { chunks, blockRows, blocks } = division(params);
  const { width, type, groups } = vector(channels);
  const columns = { columns: groups, parts: blocks, rowLanes, type };
  return columnKernel(
    {
      label: label('gradient', params),
      bindings: [
        floats('partials', 'read', width),
        floats('x', 'read', width),
        floats('sums', 'read', width),
        floats('dy', 'read', width),
        ...(relu ? [floats('y', 'read', width)] : []),
        floats('dx', 'read_write', width),
        floats('dw', 'read_write', width),
        floats('db', 'read_write', width),
      ],
    },
    columns,
    `  var weightSum = ${type}();
  var biasSum = ${type}();
  for (var chunk = rowLane; chunk < ${chunks}u; chunk += ${rowLanes}u) {
    weightSum += partials[2u * chunk * ${groups}u + c];
    biasSum += partials[(2u * chunk + 1u) * ${groups}u + c];
  }
  ${joinRows(columns, ['weightSum', 'biasSum'])}
  if (isLive && part == 0u && rowLane == 0u) {
    dw[c] = weightSum;
    db[c] = biasSum;
  }
  let mean = sums[c];
  let scale = sums[${2 * groups}u + c];
  let biasMean = biasSum * ${literal(1 / rows)};
  let slope = weightSum * sums[${groups}u + c] * ${literal(1 / rows)};
  let end = select(0u, min((part + 1u) * ${blockRows}u, ${rows}u), isLive);
  for (var row = part * ${blockRows}u + rowLane; row < end; row += ${rowLanes}u) {
    let at = row * ${groups}u + c;
    let gradient = ${masked(type, params)};
    dx[at] = scale * (gradient - biasMean - (x[at] - mean) * slope);
  }`,
  );
}
