/** Layer names are PyTorch module paths: the keys of the state_dict are made from them, so they must not collide. */
import { flattenLayers, layerDefinitions, type LayerKind, type LayerSpec } from '@/model/layers';
import { moduleAttributes } from '@/model/moduleAttributes';

/** Every name in use, the insides of Residual included. */
export function namesIn(layers: readonly LayerSpec[]): Set<string> {
  return new Set(flattenLayers(layers).map((layer) => layer.name));
}

/** `conv1`, `fc2`, ... or `block1.conv1` under a prefix: the first number that is free and makes no name part of another. */
export function freeName(kind: LayerKind, taken: ReadonlySet<string>, prefix = ''): string {
  const stem = `${prefix === '' ? '' : `${prefix}.`}${layerDefinitions[kind].stem}`;
  const isFree = (name: string): boolean =>
    !taken.has(name) && ![...taken].some((other) => other.startsWith(`${name}.`));
  let number = 1;
  while (!isFree(`${stem}${number}`)) number += 1;
  return `${stem}${number}`;
}

export type NameProblemCode = 'invalid_name' | 'reserved_name' | 'duplicate_name' | 'nested_name';

export interface NameProblem {
  readonly code: NameProblemCode;
  readonly name: string;
  /** The part of the name between points that is wrong, or the layer that it lies under; the name itself otherwise. */
  readonly part: string;
  /** English; the page words the code. */
  readonly message: string;
}

/**
 * Between two points PyTorch takes any text. Names also go into links, tables and programs, so here it is letters and
 * digits of any script, `_` and `-`: `conv1`, nn.Sequential's `0`, `3rd`, `block-1`.
 */
const wordPattern = /^[\p{L}\p{M}\p{N}_-]+$/u;

/** What is wrong with one name, whatever the others are: PyTorch's add_module refuses empty parts and its own attributes. */
function spellingProblem(name: string): NameProblem | null {
  const parts = name.split('.');
  if (!parts.every((part) => wordPattern.test(part))) {
    return {
      code: 'invalid_name',
      name,
      part: name,
      message: `"${name}" is no module path such as conv1, features.0 or 3: letters, digits, _ and - with points between.`,
    };
  }
  const taken = parts.find((part) => moduleAttributes.has(part));
  if (taken === undefined) return null;
  return {
    code: 'reserved_name',
    name,
    part: taken,
    message: `"${name}" is refused by PyTorch: every nn.Module has an attribute "${taken}".`,
  };
}

/**
 * What is wrong with a network's names, in forward order. A Residual is a module that holds others, so `block1.conv1`
 * beside `block1` is right; under any other layer it would be taken for that layer's own state.
 */
export function nameProblems(layers: readonly LayerSpec[]): NameProblem[] {
  const all = flattenLayers(layers);
  const leaves = new Set(all.filter((layer) => layer.kind !== 'Residual').map((layer) => layer.name));
  const seen = new Set<string>();
  const problems: NameProblem[] = [];
  for (const { name } of all) {
    const spelling = spellingProblem(name);
    if (spelling !== null) {
      problems.push(spelling);
    } else if (seen.has(name)) {
      problems.push({
        code: 'duplicate_name',
        name,
        part: name,
        message: `Two layers are called "${name}".`,
      });
    } else {
      const parts = name.split('.');
      const owner = parts
        .slice(1)
        .map((_, i) => parts.slice(0, i + 1).join('.'))
        .find((path) => leaves.has(path));
      if (owner !== undefined) {
        problems.push({
          code: 'nested_name',
          name,
          part: owner,
          message: `"${name}" lies under "${owner}", which is a layer and cannot hold others.`,
        });
      }
    }
    seen.add(name);
  }
  return problems;
}
