/** The Euclidean norm of all gradients together, and the factor of torch.nn.utils.clip_grad_norm_. */
import type { Kernel } from '@/engine/webgpu/kernel';
import { clockBinding, clockStruct } from '@/engine/webgpu/kernels/clock';
import { nanFunction } from '@/engine/webgpu/kernels/exact';
import { metricsStride } from '@/engine/webgpu/kernels/loss';
import { floats, groupKernel, literal, threadKernel } from '@/engine/webgpu/kernels/source';

export interface SquareSumsParams {
  /** Floats of the bank, a multiple of 4. */
  readonly count: number;
  /** Where this bank's sums begin in `squares`. */
  readonly firstPartial: number;
}

/** Sums that a bank of `count` floats leaves in `squares`. */
export function squareSumsLength(count: number): number {
  return Math.max(1, Math.min(4096, Math.ceil(count / 64)));
}

/** Bindings: gradients, squares. */
export function squareSums({ count, firstPartial }: SquareSumsParams): Kernel {
  const threads = squareSumsLength(count);
  return threadKernel(
    {
      label: `square sums ${count}`,
      bindings: [floats('gradients', 'read', 4), floats('squares', 'read_write')],
    },
    threads,
    `  var sum = vec4f();
  for (var at = i; at < ${count / 4}u; at += ${threads}u) { sum += gradients[at] * gradients[at]; }
  squares[i + ${firstPartial}u] = (sum.x + sum.y) + (sum.z + sum.w);`,
  );
}

export interface ClipParams {
  /** All banks' sums together. */
  readonly partials: number;
  /** Null: the norm goes into the metrics, gradients stay. */
  readonly maxNorm: number | null;
}

/**
 * clock.gradientScale = min(1, maxNorm / (norm + 1e-6)), and the norm into the metrics. As in PyTorch, gradients whose norm is past
 * float32 are multiplied by 0, and a norm of NaN goes on to them. Bindings: clock, squares, metrics.
 */
export function clipScale({ partials, maxNorm }: ClipParams): Kernel {
  const scale =
    maxNorm === null
      ? '  clock.gradientScale = 1.0;'
      : `  clock.gradientScale = min(1.0, ${literal(maxNorm)} / (norm + 1e-6f));
  // By the bits, as in nanFunction; and an adapter may make NaN of the root of infinity.
  if ((bitcast<u32>(total) & 0x7f800000u) == 0x7f800000u) {
    clock.gradientScale = select(0.0, total, isNan(total));
  }`;
  return groupKernel(
    {
      label: 'clip scale',
      bindings: [clockBinding('read_write'), floats('squares', 'read'), floats('metrics', 'read_write')],
      declarations: [clockStruct, nanFunction()],
      workgroupArrays: [{ name: 'sums', type: 'f32', length: 64 }],
    },
    `  var total = 0.0;
  for (var at = lane; at < ${partials}u; at += 64u) { total += squares[at]; }
  sums[lane] = total;
  workgroupBarrier();
  if (lane != 0u) { return; }
  for (var other = 1u + zero; other < 64u; other++) { total += sums[other]; }
  let norm = sqrt(total);
  metrics[clock.slot * ${metricsStride}u + 2u] = norm;
${scale}`,
  );
}
