/**
 * Kernels that do not depend on each other as one: a module whose first workgroups run the first kernel, the next ones the
 * second. One dispatch less each, and a GPU is filled by both. Works on the source text: globals get a prefix, the entry points
 * become functions.
 */
import type { Kernel, KernelBinding } from '@/engine/webgpu/kernel';
import { mostGroupBytes } from '@/engine/webgpu/kernels/gemmTile';

/** A kernel among those to merge, with the place in the joint bindings that each of its own has. */
export interface MergePart {
  readonly kernel: Kernel;
  readonly places: readonly number[];
}

interface Entry {
  /** The module without its bindings and directives, its entry point an ordinary function. */
  readonly body: string;
  readonly lanes: number;
  /** A workgroup is no more than a number of invocations, so that workgroups of another size may run them. */
  readonly isDivisible: boolean;
  readonly builtins: readonly string[];
  readonly types: ReadonlyMap<string, string>;
  /** `enable subgroups;` and the like. */
  readonly directives: readonly string[];
}

const entryPattern = /@compute\s+@workgroup_size\((\d+)\)\s*fn main\(([^{]*)\)\s*\{/;
const bindingPattern = /@group\(0\)\s*@binding\(\d+\)\s*var<[^>]*>\s*(\w+)\s*:\s*([^;]+);/g;
const globalPattern = /^\s*(?:fn|const|struct|alias|override|var(?:<[^>]*>)?)\s+(\w+)/gm;
const parameterPattern = /@builtin\((\w+)\)\s*(\w+)\s*:\s*(\w+)/g;
const directivePattern = /^\s*(?:enable|requires|diagnostic)\b[^;]*;/gm;
const groupwisePattern = /workgroupBarrier|var<workgroup>|workgroupUniformLoad|subgroup|quad[A-Z]/;

/** Builtins that an entry point may use, and what the joint one passes on. */
const builtinTypes: Readonly<Record<string, string>> = {
  workgroup_id: 'vec3u',
  local_invocation_index: 'u32',
  subgroup_invocation_id: 'u32',
  subgroup_size: 'u32',
};

function parse({ wgsl }: Kernel): Entry | null {
  const entry = entryPattern.exec(wgsl);
  if (entry === null) return null;
  const parameters = [...(entry[2] ?? '').matchAll(parameterPattern)];
  const builtins = parameters.map(([, builtin = '']) => builtin);
  if (builtins.some((builtin) => builtinTypes[builtin] === undefined)) return null;
  const signature = parameters.map(
    ([, builtin = '', name = '']) => `${name}: ${builtinTypes[builtin] ?? 'u32'}`,
  );
  const body = wgsl
    .replaceAll(bindingPattern, '')
    .replaceAll(directivePattern, '')
    .replace(entryPattern, `fn main(${signature.join(', ')}) {`);
  return {
    body,
    lanes: Number(entry[1]),
    isDivisible: !groupwisePattern.test(wgsl),
    builtins,
    types: new Map([...wgsl.matchAll(bindingPattern)].map(([, name = '', type = '']) => [name, type])),
    directives: [...wgsl.matchAll(directivePattern)].map(([directive]) => directive.trim()),
  };
}

/** WGSL type of each binding, in order; null where the kernel cannot be merged. */
export function mergeableTypes(kernel: Kernel): readonly string[] | null {
  const entry = parse(kernel);
  if (entry === null) return null;
  const types = kernel.bindings.map(({ name }) => entry.types.get(name));
  return types.every((type) => type !== undefined) ? types : null;
}

/** Every global of a module, and its uses, under another name; members of structs keep theirs. */
function renamed(body: string, nameOf: (name: string) => string | undefined): string {
  return body.replaceAll(/(?<![.\w])[A-Za-z_]\w*/g, (name) => nameOf(name) ?? name);
}

const mostGroups = 65535;

const groupArrayPattern = /var<workgroup>\s+\w+\s*:\s*array<(?:vec(\d)f|f32|u32),\s*(\d+)>/g;

/** Bytes of the arrays that a module keeps in workgroup memory. */
function groupBytes(wgsl: string): number {
  const arrays = [...wgsl.matchAll(groupArrayPattern)];
  return arrays.reduce((sum, [, width = '1', length = '0']) => sum + 4 * Number(width) * Number(length), 0);
}

/** The kernels as one, or null where their workgroups do not fit together. `bindings`: the joint ones. */
export function mergeKernels(parts: readonly MergePart[], bindings: readonly KernelBinding[]): Kernel | null {
  const entries = parts.map(({ kernel }) => parse(kernel)).filter((entry) => entry !== null);
  if (entries.length !== parts.length) return null;
  const rigid = new Set(entries.filter(({ isDivisible }) => !isDivisible).map(({ lanes }) => lanes));
  if (rigid.size > 1) return null;
  if (parts.reduce((sum, { kernel }) => sum + groupBytes(kernel.wgsl), 0) > mostGroupBytes) return null;
  const lanes = [...rigid][0] ?? Math.max(...entries.map((entry) => entry.lanes));
  const types: string[] = bindings.map(() => '');
  const modules: string[] = [];
  const branches: string[] = [];
  let groups = 0;
  parts.forEach(({ kernel, places }, at) => {
    const entry = entries[at];
    if (entry === undefined) return;
    const names = new Map(
      [...entry.body.matchAll(globalPattern)].map(([, name = '']) => [name, `k${at}_${name}`]),
    );
    kernel.bindings.forEach(({ name }, i) => names.set(name, `b${places[i] ?? 0}`));
    const nameOf = (name: string): string | undefined => names.get(name);
    kernel.bindings.forEach(({ name }, i) => {
      types[places[i] ?? 0] = renamed(entry.types.get(name) ?? '', nameOf);
    });
    modules.push(renamed(entry.body, nameOf));
    const total = kernel.workgroups[0] * kernel.workgroups[1] * kernel.workgroups[2];
    const count = Math.ceil((total * entry.lanes) / lanes);
    branches.push(branchOf(entry, kernel, `k${at}_main`, { first: groups, count, lanes, total }));
    groups += count;
  });
  const rows = Math.ceil(groups / mostGroups);
  const columns = Math.ceil(groups / rows);
  const builtins = new Set([
    'workgroup_id',
    'local_invocation_index',
    ...entries.flatMap((entry) => entry.builtins),
  ]);
  const declarations = bindings.map(({ access }, i) => {
    const space = access === 'uniform' ? 'uniform' : `storage, ${access}`;
    return `@group(0) @binding(${i}) var<${space}> b${i}: ${types[i]};`;
  });
  const wgsl = `${[...new Set(entries.flatMap(({ directives }) => directives))].join('\n')}
${declarations.join('\n')}
${modules.join('\n')}
@compute @workgroup_size(${lanes})
fn main(${[...builtins].map((builtin) => `@builtin(${builtin}) ${builtin}: ${builtinTypes[builtin]}`).join(', ')}) {
  let index = workgroup_id.y * ${columns}u + workgroup_id.x;
  ${branches.join('\n  else ')}
}
`;
  return {
    label: parts.map(({ kernel }) => kernel.label).join(' | '),
    wgsl,
    bindings,
    workgroups: [columns, rows, 1],
  };
}

interface Place {
  /** First workgroup of the joint kernel, and how many. */
  readonly first: number;
  readonly count: number;
  /** Of the joint kernel. */
  readonly lanes: number;
  /** The part's own workgroups. */
  readonly total: number;
}

/** Runs a part's entry in its share of the workgroups. */
function branchOf(entry: Entry, { workgroups: [x, y] }: Kernel, main: string, place: Place): string {
  const { first, count, lanes, total } = place;
  const isSame = entry.lanes === lanes;
  const group = `vec3u(own % ${x}u, own / ${x}u % ${y}u, own / ${x * y}u)`;
  const values = entry.builtins.map((builtin) => {
    if (builtin === 'workgroup_id') return group;
    return builtin === 'local_invocation_index' && !isSame ? `thread % ${entry.lanes}u` : builtin;
  });
  const call = `${main}(${values.join(', ')});`;
  // No return here: what follows it would be non-uniform control flow.
  return isSame
    ? `if (index < ${first + count}u) { let own = index - ${first}u; ${call} }`
    : `if (index < ${first + count}u) { let thread = (index - ${first}u) * ${lanes}u + local_invocation_index; let own = thread / ${entry.lanes}u; if (own < ${total}u) { ${call} } }`;
}
