/** Element-wise kernels over `count` values; 4 at a time where the count allows it. */
import type { Kernel } from '@/engine/webgpu/kernel';
import { rectified, throughRelu } from '@/engine/webgpu/kernels/relu';
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

const typeOf = (width: 1 | 4) => (width === 4 ? 'vec4f' : 'f32');

/** y = max(x, 0). Bindings: x, y. */
export function reluForward({ count }: ElementwiseParams): Kernel {
  return elementwise('relu', count, ['x'], 'y', (width) => rectified('x[i]', typeOf(width)));
}

/** dx = dy where the ReLU gave y, else 0. Bindings: dy, y, dx. */
export function reluBackward({ count }: ElementwiseParams): Kernel {
  return elementwise('relu backward', count, ['dy', 'y'], 'dx', (width) =>
    throughRelu('dy[i]', 'y[i]', typeOf(width)),
  );
}

/** dy = 0 where the ReLU gave 0, in place. Bindings: y, dy. */
export function reluBackwardInPlace({ count }: ElementwiseParams): Kernel {
  return elementwise('relu backward', count, ['y'], 'dy', (width) =>
    throughRelu('dy[i]', 'y[i]', typeOf(width)),
  );
}

export interface AddParams extends ElementwiseParams {
  readonly relu?: boolean;
}

/** y = a + b, or relu(a + b). Bindings: a, b, y. */
export function add({ count, relu = false }: AddParams): Kernel {
  return elementwise(relu ? 'add relu' : 'add', count, ['a', 'b'], 'y', (width) =>
    relu ? rectified('(a[i] + b[i])', typeOf(width)) : 'a[i] + b[i]',
  );
}

/** y = y + a, or relu(y + a), in place. Bindings: a, y. */
export function addInPlace({ count, relu = false }: AddParams): Kernel {
  return elementwise(relu ? 'add relu' : 'add', count, ['a'], 'y', (width) =>
    relu ? rectified('(y[i] + a[i])', typeOf(width)) : 'y[i] + a[i]',
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
