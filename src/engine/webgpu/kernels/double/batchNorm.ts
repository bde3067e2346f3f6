/** BatchNorm2d in training on double-floats (arithmetic.ts), an invocation a channel. Formulas as in kernels/batchNorm.ts. */
import type { Kernel } from '@/engine/webgpu/kernel';
import { doubleKernel, doubleLiteral } from '@/engine/webgpu/kernels/double/arithmetic';
import type { DoubleColumnsShape } from '@/engine/webgpu/kernels/double/conv';
import { floats, literal } from '@/engine/webgpu/kernels/source';

/** float32 values of `statistics`: mean, then 1 / std, a Double each, by channel. */
export const doubleStatisticsLength = ({ channels }: DoubleColumnsShape): number => 4 * channels;

function statisticsWgsl({ channels }: DoubleColumnsShape): string {
  return `  let mean = Double(statistics[i], statistics[i + ${channels}u]);
  let inverseStd = Double(statistics[i + ${2 * channels}u], statistics[i + ${3 * channels}u]);`;
}

const loop = ({ rows, channels }: DoubleColumnsShape, body: string): string =>
  `  for (var at = i + zero; at < ${rows * channels}u; at += ${channels}u) {\n${body}\n  }`;

export interface DoubleBatchNormParams extends DoubleColumnsShape {
  readonly eps: number;
  readonly momentum: number;
}

/**
 * y = weight * (x - mean) / std + bias with the batch's statistics, which also move the running ones.
 * Bindings: x, weight, bias, y, statistics, runningMean, runningVar.
 */
export function doubleBatchNormForward(params: DoubleBatchNormParams): Kernel {
  const { rows, channels, eps, momentum } = params;
  const count = rows * channels;
  const unbiased = 1 / Math.max(1, rows - 1);
  return doubleKernel(
    {
      label: `double batch norm ${rows}x${channels}`,
      bindings: [
        floats('x', 'read'),
        floats('weight', 'read'),
        floats('bias', 'read'),
        floats('y', 'read_write'),
        floats('statistics', 'read_write'),
        floats('runningMean', 'read_write'),
        floats('runningVar', 'read_write'),
      ],
    },
    1,
    channels,
    `  var sum = Double();
${loop(params, `    sum = gather(sum, Double(x[at], x[at + ${count}u]));`)}
  let share = ${doubleLiteral(1 / rows)};
  let mean = multiply(normal(sum), share);
  var squares = Double();
${loop(
  params,
  `    let distance = subtract(Double(x[at], x[at + ${count}u]), mean);
    squares = gather(squares, productOf(distance, distance));`,
)}
  squares = normal(squares);
  let inverseStd = inverseRoot(add(multiply(squares, share), ${doubleLiteral(eps)}));
  statistics[i] = mean.hi;
  statistics[i + ${channels}u] = mean.lo;
  statistics[i + ${2 * channels}u] = inverseStd.hi;
  statistics[i + ${3 * channels}u] = inverseStd.lo;
  runningMean[i] = ${literal(1 - momentum)} * runningMean[i] + ${literal(momentum)} * mean.hi;
  runningVar[i] = ${literal(1 - momentum)} * runningVar[i] + ${literal(momentum * unbiased)} * squares.hi;
  let scale = multiply(inverseStd, Double(weight[i], 0.0));
  let shift = Double(bias[i], 0.0);
${loop(
  params,
  `    let value = add(multiply(subtract(Double(x[at], x[at + ${count}u]), mean), scale), shift);
    y[at] = value.hi;
    y[at + ${count}u] = value.lo;`,
)}`,
  );
}

/** dx, and the gradients of weight and bias. Bindings: x, statistics, weight, dy, dx, dw, db. */
export function doubleBatchNormBackward(params: DoubleColumnsShape): Kernel {
  const { rows, channels } = params;
  const count = rows * channels;
  return doubleKernel(
    {
      label: `double batch norm gradient ${rows}x${channels}`,
      bindings: [
        floats('x', 'read'),
        floats('statistics', 'read'),
        floats('weight', 'read'),
        floats('dy', 'read'),
        floats('dx', 'read_write'),
        floats('dw', 'read_write'),
        floats('db', 'read_write'),
      ],
    },
    1,
    channels,
    `${statisticsWgsl(params)}
  var weightSum = Double();
  var biasSum = Double();
${loop(
  params,
  `    let gradient = Double(dy[at], dy[at + ${count}u]);
    weightSum = gather(weightSum, productOf(gradient, subtract(Double(x[at], x[at + ${count}u]), mean)));
    biasSum = gather(biasSum, gradient);`,
)}
  weightSum = multiply(normal(weightSum), inverseStd);
  biasSum = normal(biasSum);
  dw[i] = weightSum.hi;
  db[i] = biasSum.hi;
  let scale = multiply(inverseStd, Double(weight[i], 0.0));
  let share = ${doubleLiteral(1 / rows)};
  let biasMean = multiply(biasSum, share);
  let slope = multiply(multiply(weightSum, inverseStd), share);
${loop(
  params,
  `    let distance = subtract(Double(x[at], x[at + ${count}u]), mean);
    let rest = subtract(subtract(Double(dy[at], dy[at + ${count}u]), biasMean), multiply(distance, slope));
    let value = multiply(rest, scale);
    dx[at] = value.hi;
    dx[at + ${count}u] = value.lo;`,
)}`,
  );
}
