/** Large networks in parts: the modules of their names, split after each pooling, so that a diagram can fold them. */
import type { GraphNode, NetworkGraph } from '@/model/graph';
import { definitionOf, flattenLayers, type LayerSpec, type NetworkSpec } from '@/model/layers';

export interface Stage {
  /** Unique: the first layer's name. */
  readonly id: string;
  /** Module path, such as `features` or `layer1`. */
  readonly module: string;
  /** 1, 2, ... where the module is split; null where it is whole. */
  readonly part: number | null;
  /** Every layer inside, the insides of Residual included. */
  readonly layers: ReadonlySet<LayerSpec>;
}

/** Below this many boxes a diagram is read at a glance. */
const fewNodes = 16;

const moduleOf = (layer: LayerSpec): string => {
  const dot = layer.name.indexOf('.');
  return dot < 0 ? '' : layer.name.slice(0, dot);
};

function split(layers: readonly LayerSpec[]): { module: string; layers: LayerSpec[] }[] {
  const groups: { module: string; layers: LayerSpec[] }[] = [];
  let isClosed = true;
  for (const layer of layers) {
    const module = moduleOf(layer);
    const open = groups.at(-1);
    if (open === undefined || isClosed || open.module !== module) groups.push({ module, layers: [layer] });
    else open.layers.push(layer);
    isClosed = definitionOf(layer).group === 'pooling' || module === '';
  }
  return groups;
}

/** The parts of this network that fold; empty for a small one. */
export function stagesOf(network: NetworkSpec, graph: NetworkGraph): Stage[] {
  if (graph.nodes.length <= fewNodes) return [];
  const groups = split(network.layers).filter(({ module, layers }) => module !== '' && layers.length > 1);
  return groups.map(({ module, layers }) => {
    const siblings = groups.filter((group) => group.module === module);
    return {
      id: layers[0]?.name ?? module,
      module,
      part: siblings.length > 1 ? siblings.findIndex((group) => group.layers === layers) + 1 : null,
      layers: new Set(flattenLayers(layers)),
    };
  });
}

/** What stands in one place of the diagram: a layer's node, or a stage's title, which holds the nodes that are folded away. */
export type DiagramItem =
  | {
      readonly kind: 'node';
      readonly id: string;
      readonly row: number;
      readonly column: number;
      readonly node: GraphNode;
    }
  | {
      readonly kind: 'stage';
      readonly id: string;
      readonly row: number;
      readonly column: 0;
      readonly stage: Stage;
      readonly isFolded: boolean;
      readonly nodes: readonly GraphNode[];
    };

export interface DiagramEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'forward' | 'shortcut';
  readonly lane: number;
}

export interface Diagram {
  readonly items: readonly DiagramItem[];
  readonly edges: readonly DiagramEdge[];
  readonly rows: number;
  readonly columns: number;
}

const stagePrefix = 'stage:';

/** The graph with a title row for every stage and the nodes of folded stages taken out. */
export function foldStages(
  graph: NetworkGraph,
  stages: readonly Stage[],
  folded: ReadonlySet<string>,
): Diagram {
  const stageOf = (node: GraphNode): Stage | undefined =>
    stages.find((stage) => node.layers.some((layer) => stage.layers.has(layer)));
  const items: DiagramItem[] = [];
  const standIn = new Map<string, string>();
  // From the graph's rows to the diagram's; the branches of a block share rows.
  const rowOf = new Map<number, number>();
  let next = 0;
  const place = (row: number): number => {
    const known = rowOf.get(row);
    if (known !== undefined) return known;
    rowOf.set(row, next);
    next += 1;
    return next - 1;
  };
  const ordered = [...graph.nodes].sort((a, b) => a.row - b.row);
  let current: Stage | undefined;
  for (const node of ordered) {
    const stage = stageOf(node);
    if (stage !== undefined && stage !== current) {
      const isFolded = folded.has(stage.id);
      const nodes = ordered.filter((other) => stageOf(other) === stage);
      const id = `${stagePrefix}${stage.id}`;
      items.push({ kind: 'stage', id, row: next, column: 0, stage, isFolded, nodes });
      next += 1;
      if (isFolded) for (const inner of nodes) standIn.set(inner.id, id);
    }
    current = stage;
    if (stage !== undefined && folded.has(stage.id)) continue;
    items.push({ kind: 'node', id: node.id, row: place(node.row), column: node.column, node });
  }
  const edges = graph.edges
    .map((edge) => ({
      ...edge,
      from: standIn.get(edge.from) ?? edge.from,
      to: standIn.get(edge.to) ?? edge.to,
    }))
    .filter((edge) => edge.from !== edge.to)
    // A shortcut into a folded stage goes where the way through its body goes.
    .filter(
      ({ from, to, kind }, _, all) =>
        kind === 'forward' ||
        !all.some((other) => other.kind === 'forward' && other.from === from && other.to === to),
    );
  const columns = 1 + Math.max(0, ...items.map((item) => item.column), ...edges.map((edge) => edge.lane));
  return { items, edges, rows: next, columns };
}
