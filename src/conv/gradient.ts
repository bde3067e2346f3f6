/**
 * The gradient of one weight: dL/dw[f, c, i, j] is the sum, over all windows, of the plane cell that this weight met
 * times dL/dy of the window's output. Training needs nothing else of a convolution's weights.
 */
import { firstChannel, type Geometry, type Tensor4 } from '@/conv/geometry';

export interface WeightIndex {
  readonly f: number;
  /** Channel in the kernel, that is of the filter's group. */
  readonly c: number;
  /** Row and column in the kernel. */
  readonly i: number;
  readonly j: number;
}

/** One window's part of dL/dw. */
export interface GradientTerm {
  readonly index: number;
  readonly n: number;
  /** Output cell, whose dL/dy is a factor. */
  readonly row: number;
  readonly column: number;
  /** Cell of the plane that the weight met there. */
  readonly planeRow: number;
  readonly planeColumn: number;
  readonly input: number;
  readonly outputGradient: number;
  readonly product: number;
  readonly sum: number;
}

/**
 * All terms of dL/dw for one weight, in the order batch, row, column; the last term's sum is the gradient.
 * @param plane padded input as traceConvolution gives it
 * @param outputGradient dL/dy, [n, filters, oh, ow]
 */
export function traceWeightGradient(
  geometry: Geometry,
  plane: ArrayLike<number>,
  outputGradient: ArrayLike<number>,
  weight: WeightIndex,
): GradientTerm[] {
  const { batch, channels, filters, rows, columns, flipped } = geometry;
  const u = flipped ? rows.kernel - 1 - weight.i : weight.i;
  const v = flipped ? columns.kernel - 1 - weight.j : weight.j;
  const channel = firstChannel(geometry, weight.f) + weight.c;
  const terms: GradientTerm[] = [];
  let sum = 0;
  for (let n = 0; n < batch; n += 1) {
    for (let row = 0; row < rows.output; row += 1) {
      for (let column = 0; column < columns.output; column += 1) {
        const planeRow = row * rows.step + u * rows.dilation;
        const planeColumn = column * columns.step + v * columns.dilation;
        const input =
          plane[((n * channels + channel) * rows.size + planeRow) * columns.size + planeColumn] ?? 0;
        const dy =
          outputGradient[((n * filters + weight.f) * rows.output + row) * columns.output + column] ?? 0;
        const product = input * dy;
        sum += product;
        const index = terms.length;
        terms.push({
          index,
          n,
          row,
          column,
          planeRow,
          planeColumn,
          input,
          outputGradient: dy,
          product,
          sum,
        });
      }
    }
  }
  return terms;
}

/** dL/dw of every weight, [filters, c / groups, kh, kw]. */
export function weightGradient(
  geometry: Geometry,
  plane: ArrayLike<number>,
  outputGradient: ArrayLike<number>,
): Tensor4 & { readonly data: Float64Array } {
  const { channelsOfGroup, filters, rows, columns } = geometry;
  const data = new Float64Array(filters * channelsOfGroup * rows.kernel * columns.kernel);
  for (let index = 0; index < data.length; index += 1) {
    const j = index % columns.kernel;
    const i = Math.floor(index / columns.kernel) % rows.kernel;
    const c = Math.floor(index / (columns.kernel * rows.kernel)) % channelsOfGroup;
    const f = Math.floor(index / (columns.kernel * rows.kernel * channelsOfGroup));
    data[index] = traceWeightGradient(geometry, plane, outputGradient, { f, c, i, j }).at(-1)?.sum ?? 0;
  }
  return { shape: [filters, channelsOfGroup, rows.kernel, columns.kernel], data };
}
