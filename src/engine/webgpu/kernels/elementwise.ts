/** Element-wise kernels over `count` values; 4 at a time where the count allows it. */
import type { Kernel } from '@/engine/webgpu/kernel';
import { floats, threadKernel } from '@/engine/webgpu/kernels/source';

export interface ElementwiseParams {
  readonly count: number;
}

function elementwise(
  label: string,
  count: number,
  inputs: readonly string[],
  output: string,
  value: (width: 1 | 4) => string,
): Kernel {
  const width = count % 4 === 0 ? 4 : 1;
  const bindings = [
    ...inputs.map((name) => floats(name, 'read', width)),
    floats(output, 'read_write', width),
  ];
  return threadKernel(
    { label: `${label} ${count}`, bindings },
    count / width,
    `  ${output}[i] = ${value(width)};`,
  );
}

const zeros = (width: 1 | 4): string => (width === 4 ? 'vec4f()' : '0.0');
const rectified = (value: string, width: 1 | 4): string => `max(${value}, ${zeros(width)})`;

/** y = max(x, 0). Bindings: x, y. */
export function reluForward({ count }: ElementwiseParams): Kernel {
  return elementwise('relu', count, ['x'], 'y', (width) => rectified('x[i]', width));
}

/** dx = dy where the ReLU's output y is positive, else 0. Bindings: dy, y, dx. */
export function reluBackward({ count }: ElementwiseParams): Kernel {
  return elementwise('relu backward', count, ['dy', 'y'], 'dx', (width) => {
    return `select(${zeros(width)}, dy[i], y[i] > ${zeros(width)})`;
  });
}

/** dy = 0 where the ReLU's output y is not positive, in place. Bindings: y, dy. */
export function reluBackwardInPlace({ count }: ElementwiseParams): Kernel {
  return elementwise('relu backward', count, ['y'], 'dy', (width) => {
    return `select(${zeros(width)}, dy[i], y[i] > ${zeros(width)})`;
  });
}

export interface AddParams extends ElementwiseParams {
  readonly relu?: boolean;
}

/** y = a + b, or relu(a + b). Bindings: a, b, y. */
export function add({ count, relu = false }: AddParams): Kernel {
  return elementwise(relu ? 'add relu' : 'add', count, ['a', 'b'], 'y', (width) =>
    relu ? rectified('a[i] + b[i]', width) : 'a[i] + b[i]',
  );
}

/** y = y + a, or relu(y + a), in place. Bindings: a, y. */
export function addInPlace({ count, relu = false }: AddParams): Kernel {
  return elementwise(relu ? 'add relu' : 'add', count, ['a'], 'y', (width) =>
    relu ? rectified('y[i] + a[i]', width) : 'y[i] + a[i]',
  );
}

export interface TransposeParams {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
}

/** y [batch][columns][rows] from x [batch][rows][columns]. Bindings: x, y. */
export function transpose({ batch, rows, columns }: TransposeParams): Kernel {
  return threadKernel(
    {
      label: `transpose ${rows}x${columns} n${batch}`,
      bindings: [floats('x', 'read'), floats('y', 'read_write')],
    },
    batch * rows * columns,
    `  let row = i % ${rows}u;
  let column = i / ${rows}u % ${columns}u;
  let n = i / ${rows * columns}u;
  y[i] = x[(n * ${rows}u + row) * ${columns}u + column];`,
  );
}
