/**
 * A network as the source of a torch.nn.Module: its constructor makes the modules under the paths, and in the order, of its state_dict;
 * its forward calls them. Where a path is numbered as nn.Sequential numbers, and its layers follow each other, it is one.
 */
import { className, indented, isIdentifier, literal, snakeCase } from '@/formats/pytorch/python';
import {
  definitionOf,
  flattenLayers,
  type LayerKind,
  type LayerSpec,
  type NetworkSpec,
} from '@/model/layers';

/** What need not be said of a kind: PyTorch's defaults. Of a kind that is missing everything is written. */
const defaults: { readonly [Kind in LayerKind]?: Readonly<Record<string, unknown>> } = {
  Conv2d: { stride: 1, padding: 0, bias: true, dilation: 1, groups: 1 },
  Linear: { bias: true },
  MaxPool2d: { padding: 0, dilation: 1, ceilMode: false },
  AvgPool2d: { padding: 0, countIncludePad: true },
  BatchNorm2d: { eps: 1e-5, momentum: 0.1 },
  BatchNorm1d: { eps: 1e-5, momentum: 0.1 },
  GroupNorm: { eps: 1e-5 },
};

/** Arguments that everybody writes without their names, where they come first. */
const positional = new Set(
  'inChannels outChannels inFeatures outFeatures kernelSize numFeatures numGroups numChannels outputSize p'.split(
    ' ',
  ),
);

/** `nn.Conv2d(1, 6, 5, padding=2)` */
export function layerSource(layer: LayerSpec): string {
  const { kind, name: _name, ...all } = layer;
  const given = Object.entries(all).filter(
    ([key, value]) =>
      key !== 'init' &&
      defaults[kind]?.[key] !== value &&
      // torch's pooling takes windows that lie side by side unless told otherwise.
      !(key === 'stride' && kind.endsWith('Pool2d') && 'kernelSize' in all && all.kernelSize === value),
  );
  const named = given.findIndex(([key]) => !positional.has(key));
  const args = given.map(([key, value], i) =>
    named < 0 || i < named ? literal(value) : `${snakeCase(key)}=${literal(value)}`,
  );
  return `nn.${kind}(${args.join(', ')})`;
}

/** A place of the tree that the paths make. */
interface Node {
  readonly path: string;
  readonly children: Map<string, Node>;
  layer: LayerSpec | null;
}

/** Layers with a module of their own, in the order in which a constructor has to make them. */
function inStateOrder({ layers, stateOrder }: NetworkSpec): LayerSpec[] {
  const modules = flattenLayers(layers).filter(({ kind }) => kind !== 'Residual');
  if (stateOrder === undefined) return modules;
  const rank = new Map(stateOrder.map((name, i) => [name, i]));
  // What holds no state comes behind what it follows.
  let last = -1;
  const ranked = modules.map((layer, i) => {
    last = rank.get(layer.name) ?? last;
    return { layer, last, i };
  });
  return ranked.sort((a, b) => a.last - b.last || a.i - b.i).map(({ layer }) => layer);
}

function treeOf(network: NetworkSpec): Node {
  const root: Node = { path: '', children: new Map(), layer: null };
  for (const layer of inStateOrder(network)) {
    let node = root;
    for (const part of layer.name.split('.')) {
      const path = node.path === '' ? part : `${node.path}.${part}`;
      const next = node.children.get(part) ?? { path, children: new Map<string, Node>(), layer: null };
      node.children.set(part, next);
      node = next;
    }
    node.layer = layer;
  }
  return root;
}

const isNumbered = ({ children }: Node): boolean =>
  children.size > 0 && [...children.keys()].every((key, i) => key === String(i));

const leavesOf = (node: Node): LayerSpec[] =>
  node.layer === null ? [...node.children.values()].flatMap(leavesOf) : [node.layer];

/** Where a list of layers begins with all of a numbered place, in order: how many layers that is; else 0. */
function callLength(node: Node, layers: readonly LayerSpec[], start: number): number {
  const isCallable = (place: Node): boolean =>
    place.layer !== null || (isNumbered(place) && [...place.children.values()].every(isCallable));
  const leaves = leavesOf(node);
  const isHere = leaves.every((layer, i) => layers[start + i] === layer);
  return isCallable(node) && isHere ? leaves.length : 0;
}

/** Past this a call is written on a line of its own. */
const longestLine = 100;
const variables = ['x', 'y', 'z', 'v', 'w', 'u'] as const;

class ModuleWriter {
  readonly #root: Node;
  readonly #sequences = new Set<Node>();
  #needsBlock = false;
  readonly forward: string[];

  constructor(network: NetworkSpec) {
    this.#root = treeOf(network);
    this.forward = this.#statements(network.layers, 0, 'x');
  }

  get needsBlock(): boolean {
    return this.#needsBlock;
  }

  /** Statements that take `from` to the variable of this depth. */
  #statements(layers: readonly LayerSpec[], depth: number, from: string): string[] {
    const to = variables[depth] ?? `x${depth}`;
    const lines: string[] = [];
    let value = from;
    const flush = (): void => {
      if (value !== to) lines.push(`${to} = ${value}`);
      value = to;
    };
    for (let i = 0; i < layers.length;) {
      const layer = layers[i];
      if (layer === undefined) break;
      if (layer.kind === 'Residual') {
        flush();
        const inner = variables[depth + 1] ?? `x${depth + 1}`;
        lines.push(
          ...this.#statements(layer.body, depth + 1, to),
          ...this.#statements(layer.shortcut, depth, to),
          `${to} = ${inner} + ${to}`,
        );
        i += 1;
        continue;
      }
      const { node, count } = this.#callAt(layers, i, layer);
      const called = this.access(node.path);
      const startsLine = definitionOf(layer).group === 'weights' || count > 1;
      if (value !== from && value !== to && (startsLine || `${called}(${value})`.length > longestLine))
        flush();
      value = `${called}(${value})`;
      i += count;
    }
    flush();
    return lines;
  }

  /** The outermost place that the list calls as a whole from here on. */
  #callAt(layers: readonly LayerSpec[], start: number, layer: LayerSpec): { node: Node; count: number } {
    let node = this.#root;
    for (const part of layer.name.split('.')) {
      node = node.children.get(part) ?? node;
      const count = callLength(node, layers, start);
      if (count === 0) continue;
      this.#markSequences(node);
      return { node, count };
    }
    return { node, count: 1 };
  }

  #markSequences(node: Node): void {
    if (node.layer !== null) return;
    this.#sequences.add(node);
    for (const child of node.children.values()) this.#markSequences(child);
  }

  /** `self.layer1[0].conv1` */
  access(path: string, root = 'self'): string {
    let node = this.#root;
    let text = root;
    for (const part of path.split('.')) {
      if (node !== this.#root && isNumbered(node)) text += `[${part}]`;
      else text = isIdentifier(part) ? `${text}.${part}` : `getattr(${text}, ${literal(part)})`;
      node = node.children.get(part) ?? node;
    }
    return text;
  }

  /** What makes a place, over several lines. */
  #made(node: Node): string[] {
    if (node.layer !== null) return [layerSource(node.layer)];
    const children = [...node.children];
    const inside = (lines: readonly string[], before: string): string[] =>
      indented(lines.map((line, i) => `${i === 0 ? before : ''}${line}${i === lines.length - 1 ? ',' : ''}`));
    if (isNumbered(node)) {
      const isSequence = this.#sequences.has(node);
      const items = children.flatMap(([, child]) => inside(this.#made(child), ''));
      return isSequence ? ['nn.Sequential(', ...items, ')'] : ['nn.ModuleList([', ...items, '])'];
    }
    this.#needsBlock = true;
    const areNames = children.every(([name]) => isIdentifier(name));
    const items = children.flatMap(([name, child]) =>
      inside(this.#made(child), areNames ? `${name}=` : `${literal(name)}: `),
    );
    return areNames ? ['Block(', ...items, ')'] : ['Block(**{', ...items, '})'];
  }

  constructorLines(): string[] {
    return [...this.#root.children].flatMap(([name, child]) => {
      const lines = this.#made(child);
      const [start, end] = isIdentifier(name)
        ? [`self.${name} = `, '']
        : [`self.add_module(${literal(name)}, `, ')'];
      return lines.map((line, i) => `${i === 0 ? start : ''}${line}${i === lines.length - 1 ? end : ''}`);
    });
  }
}

const blockSource = `class Block(nn.Module):
    """Layers under names of their own."""

    def __init__(self, /, **layers):
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)`;

export interface ModuleSource {
  readonly className: string;
  /** The class, and what it needs. */
  readonly source: string;
  /** A layer of an instance called `root`. */
  readonly access: (path: string, root: string) => string;
}

export interface ModuleOptions {
  /** What it inherits. */
  readonly bases?: string;
  /** Of the constructor, with their defaults, and what it does with them. */
  readonly parameters?: readonly string[];
  readonly first?: readonly string[];
}

/**
 * The class of a network. `forward` takes [n, 1, H, W] as the network reads it, and gives logits [n, 10]: what the report's networks
 * have behind their last Linear is part of the loss.
 */
export function moduleSource(network: NetworkSpec, options: ModuleOptions = {}): ModuleSource {
  const { bases = 'nn.Module', parameters = [], first = [] } = options;
  const writer = new ModuleWriter(network);
  const name = className(network.name);
  const made = writer.constructorLines();
  const lines = [
    `class ${name}(${bases}):`,
    ...indented([
      `def __init__(${['self', ...parameters].join(', ')}):`,
      ...indented(['super().__init__()', ...first, ...made]),
    ]),
    '',
    ...indented(['def forward(self, x):', ...indented([...writer.forward, 'return x'])]),
  ];
  return {
    className: name,
    source: [...(writer.needsBlock ? [blockSource, '', ''] : []), ...lines].join('\n'),
    access: (path, root) => writer.access(path, root),
  };
}
