/** The network editor's moves: each gives a new list of layers and leaves names unique, so that state_dict keys stay so. */
import { freeName, namesIn } from '@/model/layerNames';
import {
  flattenLayers,
  layerDefinitions,
  mapLayers,
  shortestForm,
  type LayerKind,
  type LayerOf,
  type LayerSpec,
  type NetworkSpec,
} from '@/model/layers';
import type { LayerDefinition } from '@/model/layers/definition';
import type { Shape } from '@/model/shape';
import { layerEntries } from '@/model/stateDict';

export interface ContainerStep {
  readonly index: number;
  readonly part: 'body' | 'shortcut';
}

/** Where a layer stands: the Residual parts to go through, then its place in that list. */
export interface LayerPath {
  readonly container: readonly ContainerStep[];
  readonly index: number;
}

export const topLevel = (index: number): LayerPath => ({ container: [], index });

/** A stable text for keys and comparisons, such as `3.body.0`. */
export function pathKey({ container, index }: LayerPath): string {
  return [...container.map((step) => `${step.index}.${step.part}`), index].join('.');
}

type Layers = readonly LayerSpec[];

/** The list that a container path leads to. @throws RangeError when it leads nowhere. */
function listAt(layers: Layers, container: readonly ContainerStep[]): Layers {
  return container.reduce<Layers>((list, { index, part }) => {
    const layer = list[index];
    if (layer?.kind !== 'Residual') throw new RangeError(`There is no Residual at position ${index}.`);
    return layer[part];
  }, layers);
}

/** The layer at this place. @throws RangeError when there is none. */
export function layerAt(layers: Layers, path: LayerPath): LayerSpec {
  const layer = listAt(layers, path.container)[path.index];
  if (layer === undefined) throw new RangeError(`There is no layer at ${pathKey(path)}.`);
  return layer;
}

function withList(
  layers: Layers,
  container: readonly ContainerStep[],
  change: (list: Layers) => Layers,
): Layers {
  const [step, ...rest] = container;
  if (step === undefined) return change(layers);
  return layers.map((layer, i) =>
    i === step.index && layer.kind === 'Residual'
      ? { ...layer, [step.part]: withList(layer[step.part], rest, change) }
      : layer,
  );
}

/** Module path of the Residual that holds this list; '' at the top. */
function prefixOf(layers: Layers, container: readonly ContainerStep[]): string {
  const last = container.at(-1);
  return last === undefined
    ? ''
    : layerAt(layers, { container: container.slice(0, -1), index: last.index }).name;
}

/** The layer and its insides with names that are free and lie under `prefix`. `taken` grows by them. */
function freshlyNamed(layer: LayerSpec, prefix: string, taken: Set<string>): LayerSpec {
  const name = freeName(layer.kind, taken, prefix);
  taken.add(name);
  if (layer.kind !== 'Residual') return { ...layer, name };
  const inside = (list: Layers): LayerSpec[] => list.map((inner) => freshlyNamed(inner, name, taken));
  return { ...layer, name, body: inside(layer.body), shortcut: inside(layer.shortcut) };
}

function insertAsIs(layers: Layers, path: LayerPath, layer: LayerSpec): Layers {
  return withList(layers, path.container, (list) => list.toSpliced(path.index, 0, layer));
}

/** With a copy of `layer` put before what now stands at `path`; it and its insides get free names. */
export function insertLayer(layers: Layers, path: LayerPath, layer: LayerSpec): Layers {
  const prefix = prefixOf(layers, path.container);
  return insertAsIs(layers, path, freshlyNamed(layer, prefix, namesIn(layers)));
}

export function removeLayer(layers: Layers, path: LayerPath): Layers {
  layerAt(layers, path);
  return withList(layers, path.container, (list) => list.toSpliced(path.index, 1));
}

/** With a copy put behind the original. */
export function duplicateLayer(layers: Layers, path: LayerPath): Layers {
  return insertLayer(layers, { ...path, index: path.index + 1 }, layerAt(layers, path));
}

/** With the layer at `path` replaced by what `change` makes of it. Names are not looked at, see nameProblems. */
export function changeLayer(
  layers: Layers,
  path: LayerPath,
  change: (layer: LayerSpec) => LayerSpec,
): Layers {
  const changed = shortestForm(change(layerAt(layers, path)));
  return withList(layers, path.container, (list) => list.with(path.index, changed));
}

/** With another name; the insides of a Residual that lie under its old name follow. */
export function renameLayer(layers: Layers, path: LayerPath, name: string): Layers {
  return changeLayer(layers, path, (layer) => {
    const [renamed = layer] = mapLayers([layer], (inner) =>
      inner.name.startsWith(`${layer.name}.`)
        ? { ...inner, name: name + inner.name.slice(layer.name.length) }
        : inner,
    );
    return { ...renamed, name };
  });
}

const samePlace = (a: readonly ContainerStep[], b: readonly ContainerStep[]): boolean =>
  a.length === b.length && a.every((step, i) => step.index === b[i]?.index && step.part === b[i]?.part);

/** Whether `container` lies inside the layer at `path`. */
function isInside(container: readonly ContainerStep[], path: LayerPath): boolean {
  const step = container[path.container.length];
  return step?.index === path.index && samePlace(container.slice(0, path.container.length), path.container);
}

/** Where `path` stands once the layer at `removed`, which does not hold it, is gone. */
function afterRemoval(path: LayerPath, removed: LayerPath): LayerPath {
  const depth = removed.container.length;
  if (!samePlace(path.container.slice(0, depth), removed.container)) return path;
  const step = path.container[depth];
  if (step === undefined) {
    return path.index > removed.index ? { ...path, index: path.index - 1 } : path;
  }
  if (step.index < removed.index) return path;
  return { ...path, container: path.container.with(depth, { ...step, index: step.index - 1 }) };
}

/**
 * With the layer at `from` moved before what now stands at `to`. In another Residual it gets a name that fits there.
 * @throws RangeError when a Residual would be moved into itself.
 */
export function moveLayer(layers: Layers, from: LayerPath, to: LayerPath): Layers {
  const layer = layerAt(layers, from);
  if (isInside(to.container, from)) throw new RangeError('A Residual cannot be moved into itself.');
  const without = removeLayer(layers, from);
  const target = afterRemoval(to, from);
  return prefixOf(layers, from.container) === prefixOf(layers, to.container)
    ? insertAsIs(without, target, layer)
    : insertLayer(without, target, layer);
}

/** A layer of this kind that fits behind `input`, with usual sizes; null for an unknown input. insertLayer names it. */
export function defaultLayer<Kind extends LayerKind>(kind: Kind, input: Shape | null): LayerOf<Kind> {
  const definitions: { readonly [K in LayerKind]: LayerDefinition<LayerOf<K>> } = layerDefinitions;
  return definitions[kind].create(freeName(kind, new Set()), input);
}

/** The network with edited layers: no longer one of the report's. PyTorch's order stays while the same layers have it. */
export function withLayers(network: NetworkSpec, layers: Layers): NetworkSpec {
  const { stateOrder, ...rest } = network;
  const custom = { ...rest, id: 'custom', layers };
  if (stateOrder === undefined) return custom;
  const names = (list: Layers): string =>
    flattenLayers(list)
      .filter((layer) => layerEntries(layer).length > 0)
      .map((layer) => layer.name)
      .sort()
      .join();
  return names(layers) === names(network.layers) ? { ...custom, stateOrder } : custom;
}
