/** Puts kernels together: bindings, literals, and entry points over a line of invocations or over workgroups. */
import type {
  BindingAccess,
  Declaration,
  Kernel,
  KernelBinding,
  WorkgroupArray,
} from '@/engine/webgpu/kernel';
import { gridOf } from '@/engine/webgpu/kernels/convShape';

const workgroupSize = 64;

/** Values that one load or store takes. */
export type Width = 1 | 2 | 4;

type StorageAccess = Exclude<BindingAccess, 'uniform'>;

/** `float32` elements, the usual case. */
export function floats(name: string, access: StorageAccess, width: Width = 1): KernelBinding {
  return { name, access, type: width === 1 ? 'array<f32>' : `array<vec${width}f>` };
}

export function words(name: string, access: StorageAccess, width: Width = 1): KernelBinding {
  return { name, access, type: width === 1 ? 'array<u32>' : `array<vec${width}u>` };
}

/** A float literal that WGSL parses to the nearest float32. */
export function literal(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`A kernel cannot contain the number ${value}.`);
  return `${Math.fround(value)}f`;
}

export interface KernelSource {
  readonly label: string;
  readonly bindings: readonly KernelBinding[];
  readonly declarations?: readonly Declaration[];
  readonly workgroupArrays?: readonly WorkgroupArray[];
}

/**
 * `zero` is 0 in every dispatch, which no compiler can know: a loop that begins at it is not unrolled. A software adapter takes
 * ten seconds to compile what it unrolled, in the middle of the first step.
 */
const zeroWgsl = '  let zero = group.z;';

/** `body` runs for each `i`: u32 from 0 to threads - 1, in any order; it may use `zero`. */
export function threadKernel(source: KernelSource, threads: number, body: string): Kernel {
  const grid = gridOf(Math.ceil(threads / workgroupSize));
  return entryKernel(
    source,
    grid.workgroups,
    `  let i = ${grid.index} * ${workgroupSize}u + lane;
  if (i >= ${threads}u) { return; }
${zeroWgsl}
${body}`,
  );
}

/** Workgroups of 64 invocations, `lane` from 0 to 63; `body` may use workgroup memory, barriers, `group` and `zero`. */
export function moduleKernel(source: KernelSource, workgroups: Kernel['workgroups'], body: string): Kernel {
  return entryKernel(source, workgroups, `${zeroWgsl}\n${body}`);
}

/** The same, one workgroup. */
export function groupKernel(source: KernelSource, body: string): Kernel {
  return moduleKernel(source, [1, 1, 1], body);
}

function entryKernel(
  { label, bindings, declarations = [], workgroupArrays = [] }: KernelSource,
  workgroups: Kernel['workgroups'],
  body: string,
): Kernel {
  return {
    label,
    bindings,
    declarations,
    workgroupArrays,
    usesSubgroups: false,
    lanes: workgroupSize,
    body,
    workgroups,
  };
}
