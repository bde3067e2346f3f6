/** Pooling of double-floats (arithmetic.ts), as in kernels/pool.ts. */
import type { Kernel } from '@/engine/webgpu/kernel';
import { doubleKernel } from '@/engine/webgpu/kernels/double/arithmetic';
import { nanWgsl } from '@/engine/webgpu/kernels/exact';
import {
  describeMaxPool,
  maxPoolOutputSize,
  overAverageWindow,
  overHoldingWindows,
  overWindow,
  overWins,
  type AveragePoolParams,
  type ImageShape,
  type MaxPoolParams,
} from '@/engine/webgpu/kernels/pool';
import { floats, words } from '@/engine/webgpu/kernels/source';

const sizeOf = ({ batch, height, width, channels }: ImageShape): number => batch * height * width * channels;

function outputCount(params: MaxPoolParams): number {
  const [height, width] = maxPoolOutputSize(params);
  return sizeOf({ ...params, height, width });
}

/** y = the maximum of each window, argmax as in maxPoolForward. Bindings: x, y, argmax. */
export function doubleMaxPoolForward(params: MaxPoolParams): Kernel {
  const inputs = sizeOf(params);
  const outputs = outputCount(params);
  return doubleKernel(
    {
      label: `double max pool ${describeMaxPool(params)}`,
      bindings: [floats('x', 'read'), floats('y', 'read_write'), words('argmax', 'read_write')],
      code: nanWgsl(),
    },
    1,
    outputs,
    `${overWindow(
      params,
      `var best = Double(x[image + winner], x[image + winner + ${inputs}u]);`,
      `let value = Double(x[image + at], x[image + at + ${inputs}u]);
      let isLarger = value.hi > best.hi || (value.hi == best.hi && value.lo > best.lo);
      if (isLarger || isNan(value.hi)) { best = value; winner = at; }`,
    )}
  y[i] = best.hi;
  y[i + ${outputs}u] = best.lo;
  argmax[i] = winner;`,
  );
}

/** dx = the sum of dy over the windows that this value won. Bindings: dy, argmax, dx. */
export function doubleMaxPoolBackward(params: MaxPoolParams): Kernel {
  const inputs = sizeOf(params);
  return doubleKernel(
    {
      label: `double max pool gradient ${describeMaxPool(params)}`,
      bindings: [floats('dy', 'read'), words('argmax', 'read'), floats('dx', 'read_write')],
    },
    1,
    inputs,
    `${overWins(
      params,
      'var sum = Double();',
      '',
      `sum = add(sum, Double(dy[at], dy[at + ${outputCount(params)}u]));`,
    )}
  dx[i] = sum.hi;
  dx[i + ${inputs}u] = sum.lo;`,
  );
}

function describe({ batch, height, width, channels, outputSize }: AveragePoolParams): string {
  return `${height}x${width}x${channels} to ${outputSize} n${batch}`;
}

/** y = the mean of each window. Bindings: x, y. */
export function doubleAveragePoolForward(params: AveragePoolParams): Kernel {
  const { batch, channels, outputSize } = params;
  const outputs = batch * outputSize ** 2 * channels;
  return doubleKernel(
    {
      label: `double average pool ${describe(params)}`,
      bindings: [floats('x', 'read'), floats('y', 'read_write')],
    },
    1,
    outputs,
    `${overAverageWindow(params, 'var sum = Double();', `sum = add(sum, Double(x[at], x[at + ${sizeOf(params)}u]));`)}
  let mean = divide(sum, Double(pixels, 0.0));
  y[i] = mean.hi;
  y[i + ${outputs}u] = mean.lo;`,
  );
}

/** dx = the sum of dy / window over the windows that hold this value. Bindings: dy, dx. */
export function doubleAveragePoolBackward(params: AveragePoolParams): Kernel {
  const { batch, channels, outputSize } = params;
  const inputs = sizeOf(params);
  return doubleKernel(
    {
      label: `double average pool gradient ${describe(params)}`,
      bindings: [floats('dy', 'read'), floats('dx', 'read_write')],
    },
    1,
    inputs,
    `${overHoldingWindows(
      params,
      'var sum = Double();',
      `let value = Double(dy[at], dy[at + ${batch * outputSize ** 2 * channels}u]);
      sum = add(sum, divide(value, Double(pixels, 0.0)));`,
    )}
  dx[i] = sum.hi;
  dx[i + ${inputs}u] = sum.lo;`,
  );
}
