/** Gradients out of the partial sums that weight gradients left, for whoever needs them before the optimizer adds them itself. */
import type { Kernel } from '@/engine/webgpu/kernel';
import { partialSumOf, partialSumWgsl, type PartialGradient } from '@/engine/webgpu/kernels/optimizer';
import { floats, threadKernel } from '@/engine/webgpu/kernels/source';

/** In the order of optimizer.ts, so to the same bits. Bindings: partials, gradients (the bank). */
export function sumPartials(tensors: readonly PartialGradient[]): Kernel {
  let threads = 0;
  const branches = tensors.map((tensor) => {
    const start = threads;
    threads += Math.ceil(tensor.count / 4);
    return `  if (i >= ${start}u && i < ${threads}u) {
    gradients[${tensor.first / 4}u + i - ${start}u] = ${partialSumOf(tensor, `i - ${start}u`)};
  }`;
  });
  return threadKernel(
    {
      label: `gradient sums ${threads}`,
      bindings: [floats('partials', 'read', 4), floats('gradients', 'read_write', 4)],
      code: partialSumWgsl,
    },
    threads,
    branches.join('\n'),
  );
}
