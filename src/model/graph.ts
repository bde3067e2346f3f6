/** The architecture diagram as data: nodes on a grid of rows and columns, edges between them; views give it pixels. */
import { layerCost } from '@/model/cost';
import { definitionOf, type LayerKind, type LayerSpec, type NetworkSpec } from '@/model/layers';
import type { LayerGroup } from '@/model/layers/definition';
import type { Shape } from '@/model/shape';
import { inferShapes, type LayerShapes } from '@/model/shapes';

export type GraphNodeKind = Exclude<LayerKind, 'Residual'> | 'Input' | 'Add' | 'Output';

export interface GraphNode {
  /** `input`, `output` or `layer:<name>`. */
  readonly id: string;
  readonly kind: GraphNodeKind;
  /** The first layer's name; '' for input and output. An Add has its Residual's name. */
  readonly name: string;
  /** The layers drawn as this node, in forward order: more than one where a run such as convolution, BatchNorm, ReLU is grouped. */
  readonly layers: readonly LayerSpec[];
  readonly output: Shape;
  readonly parameters: number;
  readonly row: number;
  readonly column: number;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** `shortcut` goes around the body of a Residual. */
  readonly kind: 'forward' | 'shortcut';
  /** The column to draw along: an identity shortcut has a lane of its own, without nodes. */
  readonly lane: number;
}

export interface NetworkGraph {
  /** In forward order. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly rows: number;
  readonly columns: number;
}

/** Whether a layer opens a node, and whether it joins the one before it. */
const grouping: Readonly<Record<LayerGroup, 'leads' | 'follows' | 'alone'>> = {
  weights: 'leads',
  activation: 'follows',
  pooling: 'alone',
  normalization: 'follows',
  dropout: 'follows',
  shape: 'alone',
  block: 'leads',
};
const groupingOf = (layer: LayerSpec) => grouping[definitionOf(layer).group];

/** Runs of layers that are one node: a layer with weights, or an addition, and what only touches its values. */
function groupsOf(layers: readonly LayerSpec[], isGrouped: boolean): LayerSpec[][] {
  const groups: LayerSpec[][] = [];
  for (const layer of layers) {
    const open = groups.at(-1);
    const joins = isGrouped && open?.[0] !== undefined && groupingOf(open[0]) === 'leads';
    if (joins && groupingOf(layer) === 'follows') open.push(layer);
    else groups.push([layer]);
  }
  return groups;
}

/** Columns that a list needs: its own and those of the widest shortcut beside it. */
function widthOf(layers: readonly LayerSpec[]): number {
  return layers.reduce(
    (width, layer) =>
      layer.kind === 'Residual' ? Math.max(width, widthOf(layer.body) + widthOf(layer.shortcut)) : width,
    1,
  );
}

class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  readonly edges: GraphEdge[] = [];
  private readonly shapes: ReadonlyMap<LayerSpec, LayerShapes>;
  private readonly isGrouped: boolean;

  constructor(shapes: readonly LayerShapes[], isGrouped: boolean) {
    this.shapes = new Map(shapes.map((found) => [found.layer, found]));
    this.isGrouped = isGrouped;
  }

  connect(from: string, to: string, lane: number, kind: GraphEdge['kind'] = 'forward'): void {
    this.edges.push({ from, to, kind, lane });
  }

  private addNode(layers: readonly LayerSpec[], row: number, column: number): string {
    const [first] = layers;
    const found = layers.flatMap((layer) => this.shapes.get(layer) ?? []);
    if (first === undefined) throw new RangeError('A node needs a layer.');
    const id = `layer:${first.name}`;
    this.nodes.push({
      id,
      kind: first.kind === 'Residual' ? 'Add' : first.kind,
      name: first.name,
      layers,
      output: found.at(-1)?.output ?? [],
      parameters: found.reduce(
        (sum, { layer, input, output }) => sum + layerCost(layer, input, output).parameters,
        0,
      ),
      row,
      column,
    });
    return id;
  }

  /** Draws a list from `row` on, fed by `from`; gives the node that ends it and the next free row. */
  sequence(
    layers: readonly LayerSpec[],
    from: string,
    row: number,
    column: number,
    firstEdge: GraphEdge['kind'] = 'forward',
  ): { readonly last: string; readonly row: number } {
    let last = from;
    let next = row;
    let kind = firstEdge;
    for (const group of groupsOf(layers, this.isGrouped)) {
      const [first] = group;
      if (first?.kind === 'Residual') {
        const bodyWidth = widthOf(first.body);
        const body = this.sequence(first.body, last, next, column, kind);
        const lane = column + bodyWidth;
        const shortcut = this.sequence(first.shortcut, last, next, lane, 'shortcut');
        next = Math.max(body.row, shortcut.row);
        const add = this.addNode(group, next, column);
        this.connect(body.last, add, column);
        this.connect(shortcut.last, add, lane, 'shortcut');
        last = add;
      } else {
        const id = this.addNode(group, next, column);
        this.connect(last, id, column, kind);
        last = id;
      }
      kind = 'forward';
      next += 1;
    }
    return { last, row: next };
  }
}

/**
 * The diagram of a network for this input. With `isGrouped`, runs of convolution, BatchNorm, ReLU and the like are one
 * node, so that VGG-16 and ResNet-18 stay readable.
 * @throws ShapeError when a layer does not fit.
 */
export function networkGraph(network: NetworkSpec, input: Shape, isGrouped: boolean): NetworkGraph {
  const shapes = inferShapes(network, input);
  const builder = new GraphBuilder(shapes, isGrouped);
  const end = { name: '', layers: [], parameters: 0, column: 0 };
  builder.nodes.push({ ...end, id: 'input', kind: 'Input', output: input, row: 0 });
  const { last, row } = builder.sequence(network.layers, 'input', 1, 0);
  builder.nodes.push({ ...end, id: 'output', kind: 'Output', output: shapes.at(-1)?.output ?? input, row });
  builder.connect(last, 'output', 0);
  return { nodes: builder.nodes, edges: builder.edges, rows: row + 1, columns: widthOf(network.layers) };
}
