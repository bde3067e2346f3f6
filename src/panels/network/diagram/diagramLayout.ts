/** From rows and columns to pixels: boxes, and the paths of the edges between them. */
import type { GraphNode } from '@/model/graph';
import { definitionOf } from '@/model/layers';
import type { LayerGroup } from '@/model/layers/definition';
import type { Diagram, DiagramEdge, DiagramItem } from '@/panels/network/diagram/stages';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedItem extends Box {
  readonly item: DiagramItem;
}

export interface PlacedEdge {
  readonly id: string;
  readonly path: string;
  readonly kind: DiagramEdge['kind'];
}

export interface DiagramLayout {
  readonly items: readonly PlacedItem[];
  readonly edges: readonly PlacedEdge[];
  readonly height: number;
}

const gap = 22;
const columnGap = 14;
/** A column that only a shortcut's line runs through. */
const laneWidth = 30;
const corner = 8;

/** A box of two lines, for what has weights or changes the image's size, or of one; an addition's is in between. */
const heights: Readonly<Record<LayerGroup, number>> = {
  weights: 54,
  activation: 34,
  pooling: 54,
  normalization: 34,
  dropout: 34,
  shape: 34,
  block: 42,
};
const endHeight = 54;

/** Of a box with a layer's kind, shape and parameters. */
export function usualHeight({ layers: [layer] }: GraphNode): number {
  return layer === undefined ? endHeight : heights[definitionOf(layer).group];
}

/** Left edge and width of every column. The first is the wider one: the body of the network runs there. */
function columnBoxes(diagram: Diagram, width: number): { x: number; width: number }[] {
  const hasItems = Array.from({ length: diagram.columns }, (_, column) =>
    diagram.items.some((item) => item.column === column),
  );
  const lanes = hasItems.filter((has) => !has).length;
  const shares = hasItems.map((has, column): number => (has ? (column === 0 ? 1.35 : 1) : 0));
  const total = shares.reduce((a, b) => a + b, 0);
  const free = width - lanes * laneWidth - (diagram.columns - 1) * columnGap;
  let x = 0;
  return shares.map((share) => {
    const box = { x, width: share === 0 ? laneWidth : (free * share) / total };
    x += box.width + columnGap;
    return box;
  });
}

const centre = (box: Box): number => box.x + box.width / 2;

function forwardPath(from: Box, to: Box): string {
  const [x1, x2] = [centre(from), centre(to)];
  const [y1, y2] = [from.y + from.height, to.y - 2];
  if (Math.abs(x1 - x2) < 1) return `M${x1} ${y1}V${y2}`;
  const turn = y2 - gap / 2;
  return `M${x1} ${y1}V${turn}H${x2}V${y2}`;
}

/** Leaves below `from`, runs down in its lane, and enters `to` from the side where the lane is not `to`'s own column. */
function shortcutPath(from: Box, to: Box, laneX: number): string {
  const x1 = centre(from);
  const y1 = from.y + from.height;
  const fork = y1 + gap / 2 - 2;
  const isOut = Math.abs(laneX - x1) > 1;
  const start = isOut
    ? `M${x1} ${fork}H${laneX - corner}Q${laneX} ${fork} ${laneX} ${fork + corner}`
    : `M${x1} ${y1}`;
  if (Math.abs(laneX - centre(to)) < 1) return `${start}V${to.y - 2}`;
  const side = to.y + to.height / 2;
  return `${start}V${side - corner}Q${laneX} ${side} ${laneX - corner} ${side}H${to.x + to.width + 2}`;
}

/** Places a diagram in this many pixels of width. `heightOf`: of a box of this width. */
export function layoutDiagram(
  diagram: Diagram,
  width: number,
  heightOf: (node: GraphNode, width: number) => number = usualHeight,
): DiagramLayout {
  const columns = columnBoxes(diagram, width);
  const itemHeight = (item: DiagramItem): number => {
    if (item.kind === 'stage') return item.isFolded ? 62 : 26;
    return heightOf(item.node, columns[item.column]?.width ?? width);
  };
  const rowHeights = Array.from({ length: diagram.rows }, (_, row) =>
    Math.max(0, ...diagram.items.filter((item) => item.row === row).map(itemHeight)),
  );
  const rowTops: number[] = [];
  let y = 0;
  for (const height of rowHeights) {
    rowTops.push(y);
    y += height + gap;
  }
  const items = diagram.items.map((item): PlacedItem => {
    const column = columns[item.column] ?? { x: 0, width };
    return { item, ...column, y: rowTops[item.row] ?? 0, height: itemHeight(item) };
  });
  const boxes = new Map(items.map((placed) => [placed.item.id, placed]));
  const edges = diagram.edges.flatMap((edge, i): PlacedEdge[] => {
    const from = boxes.get(edge.from);
    const to = boxes.get(edge.to);
    if (from === undefined || to === undefined) return [];
    const lane = columns[edge.lane] ?? { x: 0, width };
    const path =
      edge.kind === 'forward' ? forwardPath(from, to) : shortcutPath(from, to, lane.x + lane.width / 2);
    return [{ id: `${i} ${edge.from} ${edge.to}`, path, kind: edge.kind }];
  });
  return { items, edges, height: Math.max(0, y - gap) };
}
