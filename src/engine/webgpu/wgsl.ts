/** The WGSL of a kernel: the only place that writes a module, and the makers of what one declares. */
import type { Declaration, Kernel } from '@/engine/webgpu/kernel';

/** A function; `signature` is `(parameters) -> result`. */
export const fn = (name: string, signature: string, body: string): Declaration => ({
  name,
  code: `fn ${name}${signature} {\n${body}\n}`,
});

export const constant = (name: string, value: string): Declaration => ({
  name,
  code: `const ${name} = ${value};`,
});

/** A variable that each invocation has for itself, 0 at first. */
export const privateVariable = (name: string, type: string): Declaration => ({
  name,
  code: `var<private> ${name}: ${type};`,
});

export const alias = (name: string, type: string): Declaration => ({
  name,
  code: `alias ${name} = ${type};`,
});

/** `members`: the type of each by its name. */
export const struct = (name: string, members: Readonly<Record<string, string>>): Declaration => ({
  name,
  code: `struct ${name} {\n${Object.entries(members)
    .map(([member, type]) => `  ${member}: ${type},`)
    .join('\n')}\n}`,
  members: Object.keys(members),
});

/** The kernel's module. */
export function wgslOf(kernel: Kernel): string {
  const { bindings, declarations, workgroupArrays, usesSubgroups, lanes, body } = kernel;
  const lines = [
    ...(usesSubgroups ? ['enable subgroups;'] : []),
    ...bindings.map(({ name, access, type }, i) => {
      const space = access === 'uniform' ? 'uniform' : `storage, ${access}`;
      return `@group(0) @binding(${i}) var<${space}> ${name}: ${type};`;
    }),
    ...workgroupArrays.map(({ name, type, length }) => `var<workgroup> ${name}: array<${type}, ${length}>;`),
    ...declarations.map(({ code }) => code),
  ];
  return `${lines.join('\n')}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
${body}
}
`;
}
