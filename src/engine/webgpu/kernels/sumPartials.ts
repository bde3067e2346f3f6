/** Gradients out of the partial sums that weight gradients left, for whoever needs them before the optimizer adds them itself. */
import type { Kernel } from '@/engine/webgpu/kernel';
import { partialSumFunction, type PartialGradient } from '@/engine/webgpu/kernels/optimizer';
import { floats, threadKernel } from '@/engine/webgpu/kernels/source';

/** In the order of optimizer.ts, so to the same bits. Bindings: partials, gradients (the bank). */
export function sumPartials(tensors: readonly PartialGradient[], partsAtOnce: number): Kernel {
  let threads = 0;
  const branches = tensors.map(({ first, count }) => {
    const start = threads;
    threads += Math.ceil(count / 4);
    return `  if (i >= ${start}u && i < ${threads}u) { place = ${first / 4}u + i - ${start}u; }`;
  });
  return threadKernel(
    {
      label: `gradient sums ${threads}`,
      bindings: [floats('partials', 'read', 4), floats('gradients', 'read_write', 4)],
      declarations: [partialSumFunction(tensors, partsAtOnce)],
    },
    threads,
    `  var place = zero;
${branches.join('\n')}
  gradients[place] = partialSum(place, zero);`,
  );
}
