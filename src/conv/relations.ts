/** Which cells belong together: an output cell and the plane cells it came from, a plane cell and the outputs it feeds. */
import type { Geometry, PlaneAxis } from '@/conv/geometry';
import { inputCoordinate } from '@/conv/plane';

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** Cells of the plane (the same in each channel) that output cell (i, j) reads. */
export function sourcesOf(geometry: Geometry, i: number, j: number): Cell[] {
  const { rows, columns } = geometry;
  const cells: Cell[] = [];
  for (let u = 0; u < rows.kernel; u += 1) {
    for (let v = 0; v < columns.kernel; v += 1) {
      cells.push({
        row: i * rows.step + u * rows.dilation,
        column: j * columns.step + v * columns.dilation,
      });
    }
  }
  return cells;
}

function readersAlong(axis: PlaneAxis, coordinate: number): number[] {
  const readers: number[] = [];
  for (let index = 0; index < axis.kernel; index += 1) {
    const start = coordinate - index * axis.dilation;
    const output = start / axis.step;
    if (start >= 0 && Number.isInteger(output) && output < axis.output) readers.push(output);
  }
  return readers.toSorted((a, b) => a - b);
}

/** Output cells (the same in each filter) that the plane cell feeds; none where a stride steps over it. */
export function readersOf(geometry: Geometry, row: number, column: number): Cell[] {
  const columns = readersAlong(geometry.columns, column);
  return readersAlong(geometry.rows, row).flatMap((i) => columns.map((j) => ({ row: i, column: j })));
}

/** Coordinates of the plane that no window reads: a stride steps over them, a dilation spans them, or the rest is too short. */
export function unreadAlong(axis: PlaneAxis): number[] {
  return Array.from({ length: axis.size }, (_value, coordinate) => coordinate).filter(
    (coordinate) => readersAlong(axis, coordinate).length === 0,
  );
}

/** Cells of one input channel that no window reads, those that a transposed convolution cuts off the plane included. */
export function unreadInputs(rows: PlaneAxis, columns: PlaneAxis): number {
  const count = (axis: PlaneAxis): number => {
    const unread = new Set(unreadAlong(axis));
    const plane = Array.from({ length: axis.size }, (_value, coordinate) => coordinate);
    return plane.filter((coordinate) => !unread.has(coordinate) && inputCoordinate(axis, coordinate) !== null)
      .length;
  };
  return rows.input * columns.input - count(rows) * count(columns);
}
