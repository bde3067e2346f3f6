/** A grid as data: what the screen, the exported picture and the animation all draw from. */
import type { PlaneAxes, PlaneAxis } from '@/conv/geometry';
import { cellKind, type CellKind } from '@/conv/plane';
import { unreadAlong } from '@/conv/relations';

export type MarkKind = 'window' | 'current' | 'linked' | 'met';

export interface Mark {
  readonly row: number;
  readonly column: number;
  readonly kind: MarkKind;
}

export interface GridModel {
  /** Unique on the page, such as `plane-0`. */
  readonly id: string;
  readonly rows: number;
  readonly columns: number;
  /** Row-major; the grid begins at `offset`. */
  readonly values: ArrayLike<number>;
  readonly offset: number;
  /** Row-major kinds, where not all cells are input. */
  readonly kinds: readonly CellKind[] | null;
  /** Row-major: cells that no window reads; null where all are read. */
  readonly unread: readonly boolean[] | null;
  /** Cells that have their value, in row-major order; the others are empty. */
  readonly shown: number;
  /** The cell that is being computed, with its value so far. */
  readonly partial: { readonly row: number; readonly column: number; readonly value: number } | null;
  /** Value of the strongest colour. */
  readonly extent: number;
  readonly marks: readonly Mark[];
  /** Rows and columns from..to (exclusive) of a frame around a window. */
  readonly frame: Frame | null;
}

export interface Frame {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

export const noMarks: readonly Mark[] = [];

/** Largest absolute value; at least a little, so that a grid of zeros has a scale. */
function extentOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let index = 0; index < values.length; index += 1)
    largest = Math.max(largest, Math.abs(values[index] ?? 0));
  return largest > 0 ? largest : 1;
}

const extents = new WeakMap<object, number>();

/** extentOf, remembered for arrays that do not change. */
export function extentFor(values: ArrayLike<number> & object): number {
  const known = extents.get(values);
  if (known !== undefined) return known;
  const extent = extentOf(values);
  extents.set(values, extent);
  return extent;
}

const kindsByRows = new WeakMap<PlaneAxis, readonly CellKind[] | null>();

/** Kinds of the plane's cells; null where all are input. */
export function planeKinds(axes: PlaneAxes): readonly CellKind[] | null {
  const { rows, columns } = axes;
  const known = kindsByRows.get(rows);
  if (known !== undefined) return known;
  const kinds = Array.from({ length: rows.size * columns.size }, (_value, index) =>
    cellKind(axes, Math.floor(index / columns.size), index % columns.size),
  );
  const found = kinds.every((kind) => kind === 'input') ? null : kinds;
  kindsByRows.set(rows, found);
  return found;
}

const unreadByRows = new WeakMap<PlaneAxis, readonly boolean[] | null>();

/** Which cells of a plane no window reads; null where all are read. */
export function unreadCells({ rows, columns }: PlaneAxes): readonly boolean[] | null {
  const known = unreadByRows.get(rows);
  if (known !== undefined) return known;
  const unreadRows = new Set(unreadAlong(rows));
  const unreadColumns = new Set(unreadAlong(columns));
  const cells = Array.from(
    { length: rows.size * columns.size },
    (_value, index) =>
      unreadRows.has(Math.floor(index / columns.size)) || unreadColumns.has(index % columns.size),
  );
  const found = cells.includes(true) ? cells : null;
  unreadByRows.set(rows, found);
  return found;
}

export function gridValue(model: GridModel, row: number, column: number): number | null {
  const index = row * model.columns + column;
  if (model.partial !== null && model.partial.row === row && model.partial.column === column) {
    return model.partial.value;
  }
  return index < model.shown ? (model.values[model.offset + index] ?? 0) : null;
}

/** A grid with every value there and nothing marked. */
export function plainGrid(
  id: string,
  shape: readonly [rows: number, columns: number],
  values: ArrayLike<number>,
  offset: number,
  extent: number,
): GridModel {
  const [rows, columns] = shape;
  return {
    id,
    rows,
    columns,
    values,
    offset,
    kinds: null,
    unread: null,
    shown: rows * columns,
    partial: null,
    extent,
    marks: noMarks,
    frame: null,
  };
}
