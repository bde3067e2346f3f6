/** The plane that windows slide over, cell by cell: what of it is input, padding, or zeros between the input's cells. */
import type { PlaneAxes, PlaneAxis, Tensor4 } from '@/conv/geometry';

/** Input coordinate at this coordinate of the plane; null on a padding cell or an inserted zero. */
export function inputCoordinate(axis: PlaneAxis, coordinate: number): number | null {
  const distance = coordinate - axis.offset;
  if (distance < 0 || distance % axis.spacing !== 0) return null;
  const index = distance / axis.spacing;
  return index < axis.input ? index : null;
}

export type CellKind = 'input' | 'padding' | 'inserted';

/** What a cell of the plane is: a cell of the input, padding around it, or a zero between its cells. */
export function cellKind({ rows, columns }: PlaneAxes, row: number, column: number): CellKind {
  if (inputCoordinate(rows, row) !== null && inputCoordinate(columns, column) !== null) return 'input';
  const inside = (axis: PlaneAxis, coordinate: number): boolean =>
    coordinate >= axis.offset && coordinate <= axis.offset + (axis.input - 1) * axis.spacing;
  return inside(rows, row) && inside(columns, column) ? 'inserted' : 'padding';
}

/**
 * The plane itself, [n, c, rows, columns]: np.pad of the report, and the inserted zeros of a transposed convolution.
 * @param filler what lies around and between the input's cells
 */
export function paddedInput(
  x: Tensor4,
  { rows, columns }: PlaneAxes,
  filler = 0,
): Tensor4 & { readonly data: Float64Array } {
  const [batch, channels] = x.shape;
  const data = new Float64Array(batch * channels * rows.size * columns.size).fill(filler);
  const planes = batch * channels;
  for (let plane = 0; plane < planes; plane += 1) {
    for (let r = 0; r < rows.size; r += 1) {
      const row = inputCoordinate(rows, r);
      if (row === null) continue;
      for (let s = 0; s < columns.size; s += 1) {
        const column = inputCoordinate(columns, s);
        if (column === null) continue;
        data[(plane * rows.size + r) * columns.size + s] =
          x.data[(plane * rows.input + row) * columns.input + column] ?? 0;
      }
    }
  }
  return { shape: [batch, channels, rows.size, columns.size], data };
}
