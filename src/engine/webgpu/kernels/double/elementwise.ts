/** Element-wise kernels over `count` double-floats (arithmetic.ts). */
import type { Kernel } from '@/engine/webgpu/kernel';
import { clockBinding } from '@/engine/webgpu/kernels/clock';
import { dropoutFactor, type DropoutParams } from '@/engine/webgpu/kernels/dropout';
import { doubleKernel, doubleLiteral } from '@/engine/webgpu/kernels/double/arithmetic';
import type { ElementwiseParams } from '@/engine/webgpu/kernels/elementwise';
import { floats, threadKernel, type TypedBinding } from '@/engine/webgpu/kernels/source';

/** y = x, a float32, as a Double. Bindings: x, y. */
export function widen({ count }: ElementwiseParams): Kernel {
  return threadKernel(
    { label: `widen ${count}`, bindings: [floats('x', 'read'), floats('y', 'read_write')] },
    count,
    `  y[i] = x[i];
  y[i + ${count}u] = 0.0;`,
  );
}

/** y = x, a Double, as a float32. Bindings: x, y. */
export function narrow({ count }: ElementwiseParams): Kernel {
  return threadKernel(
    { label: `narrow ${count}`, bindings: [floats('x', 'read'), floats('y', 'read_write')] },
    count,
    '  y[i] = x[i];',
  );
}

/** y = max(x, 0). Bindings: x, y. */
export function doubleRelu({ count }: ElementwiseParams): Kernel {
  return threadKernel(
    { label: `double relu ${count}`, bindings: [floats('x', 'read'), floats('y', 'read_write')] },
    count,
    `  y[i] = max(x[i], 0.0);
  y[i + ${count}u] = select(x[i + ${count}u], 0.0, x[i] <= 0.0);`,
  );
}

/** dx = dy where the ReLU's output y is positive, else 0. Bindings: dy, y, dx. */
export function doubleReluBackward({ count }: ElementwiseParams): Kernel {
  return threadKernel(
    {
      label: `double relu gradient ${count}`,
      bindings: [floats('dy', 'read'), floats('y', 'read'), floats('dx', 'read_write')],
    },
    count,
    `  let passes = y[i] > 0.0;
  dx[i] = select(0.0, dy[i], passes);
  dx[i + ${count}u] = select(0.0, dy[i + ${count}u], passes);`,
  );
}

function mapped(
  label: string,
  count: number,
  { bindings, code = '' }: { readonly bindings: readonly TypedBinding[]; readonly code?: string },
  value: string,
): Kernel {
  return doubleKernel(
    { label: `${label} ${count}`, bindings: [...bindings, floats('y', 'read_write')], code },
    1,
    count,
    `  let value = ${value};
  y[i] = value.hi;
  y[i + ${count}u] = value.lo;`,
  );
}

/** y = a + b. Bindings: a, b, y. */
export function doubleAdd({ count }: ElementwiseParams): Kernel {
  return mapped(
    'double add',
    count,
    { bindings: [floats('a', 'read'), floats('b', 'read')] },
    `add(Double(a[i], a[i + ${count}u]), Double(b[i], b[i + ${count}u]))`,
  );
}

/** y = mask * x: forward for x, backward for its gradient. Bindings: clock, x, y. */
export function doubleDropout(params: DropoutParams): Kernel {
  const { batch, height, width, channels, p } = params;
  const count = batch * height * width * channels;
  const { code, factor } = dropoutFactor(params);
  return mapped(
    `double ${params.perChannel ? 'dropout2d' : 'dropout'}`,
    count,
    {
      bindings: [clockBinding('read'), floats('x', 'read')],
      code: `${code}fn masked(value: Double, keeps: bool) -> Double {
  if (!keeps) { return Double(); }
  return multiply(value, ${doubleLiteral(p < 1 ? 1 / (1 - p) : 0)});
}
`,
    },
    `masked(Double(x[i], x[i + ${count}u]), ${factor} > 0.0)`,
  );
}
