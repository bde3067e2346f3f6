/** Gradients out of the partial sums that weight gradients left, for whoever needs them before the optimizer adds them itself. */
import type { Kernel } from '@/engine/webgpu/kernel';
import type { PartialGradient } from '@/engine/webgpu/kernels/optimizer';
import { floats, threadKernel } from '@/engine/webgpu/kernels/source';

/** In the order of optimizer.ts, so to the same bits. Bindings: partials, gradients (the bank). */
export function sumPartials(tensors: readonly PartialGradient[]): Kernel {
  let threads = 0;
  const branches = tensors.map(({ first, count, offset, splits, stride }) => {
    const start = threads;
    threads += count;
    return `  if (i >= ${start}u && i < ${threads}u) {
    let e = i - ${start}u;
    var sum = 0.0;
    for (var s = zero; s < ${splits}u; s++) { sum += partials[${offset}u + s * ${stride}u + e]; }
    gradients[${first}u + e] = sum;
  }`;
  });
  return threadKernel(
    {
      label: `gradient sums ${threads}`,
      bindings: [floats('partials', 'read'), floats('gradients', 'read_write')],
    },
    threads,
    branches.join('\n'),
  );
}
