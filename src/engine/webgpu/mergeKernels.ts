/**
 * Kernels that do not depend on each other as one: its first workgroups run the first kernel, the next ones the second. One dispatch
 * less each, and a GPU is filled by both.
 *
 * WGSL has no namespaces, so what each kernel declares gets a prefix of its own, and its bindings their joint names. Which names those
 * are the kernels say (kernel.ts); only their uses are found in the text, by a lexer that knows comments, numbers, members and
 * identifiers. The other way, templates that write every call through a function of the namespace, would make each kernel hard to read
 * for the sake of this file.
 */
import { workgroupBytes, type Declaration, type Kernel, type KernelBinding } from '@/engine/webgpu/kernel';
import { mostWorkgroupBytes } from '@/engine/webgpu/kernels/gemmTile';
import { fn } from '@/engine/webgpu/wgsl';

/** A kernel among those to merge, with the place in the joint bindings that each of its own has. */
export interface MergePart {
  readonly kernel: Kernel;
  readonly places: readonly number[];
}

/** What a name becomes; undefined for one that stays. */
type Renaming = ReadonlyMap<string, string>;

// A comment, a member, a number, or (the group) an identifier.
const token = /\/\/[^\n]*|\/\*[^]*?\*\/|\.\s*[A-Za-z_]\w*|\d[\w.]*|([A-Za-z_]\w*)/g;

const newName = (name: string, names: Renaming): string => names.get(name) ?? name;

/** WGSL with the identifiers of `names` under their new names. Members keep theirs, and what is in `kept`. */
function renamed(code: string, names: Renaming, kept: readonly string[] = []): string {
  return code.replaceAll(token, (text, identifier?: string) =>
    identifier === undefined || kept.includes(identifier) ? text : newName(identifier, names),
  );
}

function namesOf({ kernel, places }: MergePart, at: number, bindings: readonly KernelBinding[]): Renaming {
  const declared = [...kernel.declarations, ...kernel.workgroupArrays].map(
    ({ name }) => [name, `k${at}_${name}`] as const,
  );
  const bound = kernel.bindings.map(({ name }, i) => [name, bindings[places[i] ?? 0]?.name ?? name] as const);
  return new Map([...declared, ...bound]);
}

/** Whether its workgroups are no more than numbers of invocations, so that workgroups of another size may run them. */
const isDivisible = ({ workgroupArrays, usesSubgroups }: Kernel): boolean =>
  workgroupArrays.length === 0 && !usesSubgroups;

const mostGroups = 65535;

interface Place {
  /** First workgroup of the joint kernel, and how many. */
  readonly first: number;
  readonly count: number;
  /** Of the joint kernel. */
  readonly lanes: number;
  /** The part's own workgroups. */
  readonly total: number;
}

/** Runs the function `main` of a part in its share of the workgroups. */
function branchOf({ lanes: ownLanes, workgroups: [x, y] }: Kernel, main: string, place: Place): string {
  const { first, count, lanes, total } = place;
  const group = `vec3u(own % ${x}u, own / ${x}u % ${y}u, own / ${x * y}u)`;
  // No return here: what follows it would be non-uniform control flow.
  return ownLanes === lanes
    ? `if (index < ${first + count}u) { let own = index - ${first}u; ${main}(${group}, lane); }`
    : `if (index < ${first + count}u) { let thread = (index - ${first}u) * ${lanes}u + lane; let own = thread / ${ownLanes}u; if (own < ${total}u) { ${main}(${group}, thread % ${ownLanes}u); } }`;
}

/** The kernels as one, or null where their workgroups do not fit together. `bindings`: the joint ones. */
export function mergeKernels(parts: readonly MergePart[], bindings: readonly KernelBinding[]): Kernel | null {
  const kernels = parts.map(({ kernel }) => kernel);
  const rigid = new Set(kernels.filter((kernel) => !isDivisible(kernel)).map(({ lanes }) => lanes));
  if (rigid.size > 1) return null;
  if (kernels.reduce((sum, kernel) => sum + workgroupBytes(kernel), 0) > mostWorkgroupBytes) return null;
  const lanes = [...rigid][0] ?? Math.max(...kernels.map((kernel) => kernel.lanes));
  const types = bindings.map(({ type }) => type);
  const declarations: Declaration[] = [];
  const workgroupArrays: Kernel['workgroupArrays'][number][] = [];
  const branches: string[] = [];
  let groups = 0;
  parts.forEach((part, at) => {
    const { kernel, places } = part;
    const names = namesOf(part, at, bindings);
    kernel.bindings.forEach(({ type }, i) => {
      types[places[i] ?? 0] = newName(type, names);
    });
    workgroupArrays.push(
      ...kernel.workgroupArrays.map((array) => ({ ...array, name: newName(array.name, names) })),
    );
    declarations.push(
      ...kernel.declarations.map((declaration) => ({
        ...declaration,
        name: newName(declaration.name, names),
        code: renamed(declaration.code, names, declaration.members),
      })),
    );
    const main = `k${at}_main`;
    declarations.push(fn(main, '(group: vec3u, lane: u32)', renamed(kernel.body, names)));
    const total = kernel.workgroups[0] * kernel.workgroups[1] * kernel.workgroups[2];
    const count = Math.ceil((total * kernel.lanes) / lanes);
    branches.push(branchOf(kernel, main, { first: groups, count, lanes, total }));
    groups += count;
  });
  const rows = Math.ceil(groups / mostGroups);
  const columns = Math.ceil(groups / rows);
  return {
    label: kernels.map(({ label }) => label).join(' | '),
    bindings: bindings.map((binding, i) => ({ ...binding, type: types[i] ?? binding.type })),
    declarations,
    workgroupArrays,
    usesSubgroups: kernels.some(({ usesSubgroups }) => usesSubgroups),
    lanes,
    body: `  let index = group.y * ${columns}u + group.x;
  ${branches.join('\n  else ')}`,
    workgroups: [columns, rows, 1],
  };
}
