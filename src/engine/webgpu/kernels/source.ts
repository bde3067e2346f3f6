/** Puts a kernel's WGSL together: the declarations of its bindings, and a main function over a line of invocations. */
import type { Kernel, KernelBinding } from '@/engine/webgpu/kernel';
import { gridOf } from '@/engine/webgpu/kernels/convShape';

const workgroupSize = 64;

export interface TypedBinding extends KernelBinding {
  /** WGSL type of the variable, such as `array<f32>`. */
  readonly type: string;
}

/** `float32` elements, the usual case. */
export function floats(name: string, access: 'read' | 'read_write', width: 1 | 4 = 1): TypedBinding {
  return { name, access, type: width === 4 ? 'array<vec4f>' : 'array<f32>' };
}

export function words(name: string, access: 'read' | 'read_write'): TypedBinding {
  return { name, access, type: 'array<u32>' };
}

/** A float literal that WGSL parses to the nearest float32. */
export function literal(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`A kernel cannot contain the number ${value}.`);
  return `${Math.fround(value)}f`;
}

export interface KernelSource {
  readonly label: string;
  readonly bindings: readonly TypedBinding[];
  /** Functions and constants. */
  readonly code?: string;
}

function declarations(bindings: readonly TypedBinding[]): string {
  return bindings
    .map(({ name, access, type }, i) => {
      const space = access === 'uniform' ? 'uniform' : `storage, ${access}`;
      return `@group(0) @binding(${i}) var<${space}> ${name}: ${type};`;
    })
    .join('\n');
}

const plain = (bindings: readonly TypedBinding[]): KernelBinding[] =>
  bindings.map(({ name, access }) => ({ name, access }));

/**
 * `zero` is 0 in every dispatch, which no compiler can know: a loop that begins at it is not unrolled. A software adapter takes
 * ten seconds to compile what it unrolled, in the middle of the first step.
 */
const zeroWgsl = '  let zero = group.z;';

/** `body` runs for each `i`: u32 from 0 to threads - 1, in any order; it may use `zero`. */
export function threadKernel(
  { label, bindings, code = '' }: KernelSource,
  threads: number,
  body: string,
): Kernel {
  const grid = gridOf(Math.ceil(threads / workgroupSize));
  const wgsl = `${declarations(bindings)}
${code}
@compute @workgroup_size(${workgroupSize})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = ${grid.index} * ${workgroupSize}u + lane;
  if (i >= ${threads}u) { return; }
${zeroWgsl}
${body}
}
`;
  return { label, wgsl, bindings: plain(bindings), workgroups: grid.workgroups };
}

/** Workgroups of 64 invocations, `lane` from 0 to 63; `body` may use workgroup memory, barriers, `group` and `zero`. */
export function moduleKernel(
  { label, bindings, code = '' }: KernelSource,
  workgroups: Kernel['workgroups'],
  body: string,
): Kernel {
  const wgsl = `${declarations(bindings)}
${code}
@compute @workgroup_size(${workgroupSize})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
${zeroWgsl}
${body}
}
`;
  return { label, wgsl, bindings: plain(bindings), workgroups };
}

/** The same, one workgroup. */
export function groupKernel(source: KernelSource, body: string): Kernel {
  return moduleKernel(source, [1, 1, 1], body);
}
