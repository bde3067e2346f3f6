/** A function of each value, and its gradient. */
import type { Kernel } from '@/engine/webgpu/kernel';
import type { ElementwiseParams } from '@/engine/webgpu/kernels/elementwise';
import { floats, threadKernel } from '@/engine/webgpu/kernels/source';
import { fn } from '@/engine/webgpu/wgsl';

export interface ActivationParams extends ElementwiseParams {
  /** Such as `tanh`. */
  readonly name: string;
  /** Body of a WGSL function from f32 to f32: of x, or the derivative, of x or y as `reads` says. */
  readonly body: string;
}

/** y = f(x). Bindings: x, y. */
export function activationForward({ name, body, count }: ActivationParams): Kernel {
  return threadKernel(
    {
      label: `${name} ${count}`,
      bindings: [floats('x', 'read'), floats('y', 'read_write')],
      declarations: [fn(`${name}Value`, '(x: f32) -> f32', body)],
    },
    count,
    `  y[i] = ${name}Value(x[i]);`,
  );
}

export interface SlopeParams extends ActivationParams {
  readonly reads: 'input' | 'output';
}

/** dx = dy times the slope at x, or where y was given. Bindings: dy, x or y, dx. */
export function activationBackward({ name, body, count, reads }: SlopeParams): Kernel {
  const read = reads === 'input' ? 'x' : 'y';
  return threadKernel(
    {
      label: `${name} gradient ${count}`,
      bindings: [floats('dy', 'read'), floats(read, 'read'), floats('dx', 'read_write')],
      declarations: [fn(`${name}Slope`, `(${read}: f32) -> f32`, body)],
    },
    count,
    `  dx[i] = dy[i] * ${name}Slope(${read}[i]);`,
  );
}
