/**
 * Every multiply-add of a convolution by its number, in the report's loop order: filter, row, column, then (for each
 * image of the batch, which numpy does at once) channel and window. Random access, so that a player can scrub.
 */
import { checkedGeometry } from '@/conv/convolution';
import {
  firstChannel,
  kernelCoordinate,
  type ConvSettings,
  type Geometry,
  type Tensor4,
} from '@/conv/geometry';
import { cellKind, paddedInput, type CellKind } from '@/conv/plane';

/** Where in the loops a step stands. */
export interface LoopPosition {
  readonly n: number;
  readonly f: number;
  readonly i: number;
  readonly j: number;
  /** Channel in the kernel, that is of the filter's group. */
  readonly c: number;
  /** Row and column in the window. */
  readonly u: number;
  readonly v: number;
}

export interface MultiplyAdd extends LoopPosition {
  readonly index: number;
  /** Channel of the input. */
  readonly channel: number;
  /** Cell of the padded plane that is read. */
  readonly row: number;
  readonly column: number;
  readonly cell: CellKind;
  /** Cell of the kernel that is read: u, v, or turned by 180 degrees. */
  readonly kernelRow: number;
  readonly kernelColumn: number;
  readonly input: number;
  readonly weight: number;
  readonly product: number;
  /** Sum of this channel's products so far in this window. */
  readonly channelSum: number;
  /** Bias and all products so far of this output cell. */
  readonly sum: number;
}

export interface ConvTrace {
  readonly geometry: Geometry;
  /** Number of multiply-adds. */
  readonly length: number;
  /** The padded plane, [n, c, rows, columns]. */
  readonly plane: Float64Array;
  /**
   * The whole sum that step `index` belongs to, in order; costs one window, wherever it stands.
   * @throws RangeError for an index outside 0 .. length - 1
   */
  window(index: number): MultiplyAdd[];
  /** One multiply-add with its running sums; costs at most one window. */
  at(index: number): MultiplyAdd;
  /** Number of output cells that are complete after `steps` multiply-adds. */
  completed(steps: number): number;
  /** Value of the output that lands as the `order`-th, and where: [n, f, i, j]. */
  landing(order: number): readonly [n: number, f: number, i: number, j: number];
  [Symbol.iterator](): IterableIterator<MultiplyAdd>;
}

function landingOf(geometry: Geometry, order: number): [number, number, number, number] {
  const { batch, rows, columns } = geometry;
  const n = order % batch;
  const cell = Math.floor(order / batch);
  const j = cell % columns.output;
  const i = Math.floor(cell / columns.output) % rows.output;
  return [n, Math.floor(cell / (columns.output * rows.output)), i, j];
}

/** Order in which the output cell [n, f, i, j] lands. */
export function landingOrder(geometry: Geometry, n: number, f: number, i: number, j: number): number {
  return ((f * geometry.rows.output + i) * geometry.columns.output + j) * geometry.batch + n;
}

/**
 * @param bias one value a filter, or null; a sum starts from it
 * @throws ConvError when channels differ, a parameter is out of range, or the kernel does not fit
 */
export function traceConvolution(
  x: Tensor4,
  w: Tensor4,
  bias: ArrayLike<number> | null,
  settings: ConvSettings,
): ConvTrace {
  const geometry = checkedGeometry(x, w, bias, settings);
  const { batch, channels, channelsOfGroup, filters, rows, columns, flipped, windowLength } = geometry;
  const plane = paddedInput(x, geometry).data;
  const length = batch * filters * rows.output * columns.output * windowLength;

  function collect(order: number, count: number): MultiplyAdd[] {
    const [n, f, i, j] = landingOf(geometry, order);
    const steps: MultiplyAdd[] = [];
    const first = firstChannel(geometry, f);
    let sum = bias?.[f] ?? 0;
    let channelSum = 0;
    for (let k = 0; k < count; k += 1) {
      const v = k % columns.kernel;
      const u = Math.floor(k / columns.kernel) % rows.kernel;
      const c = Math.floor(k / (columns.kernel * rows.kernel));
      if (u === 0 && v === 0) channelSum = 0;
      const row = i * rows.step + u * rows.dilation;
      const column = j * columns.step + v * columns.dilation;
      const kernelRow = kernelCoordinate(rows, u, flipped);
      const kernelColumn = kernelCoordinate(columns, v, flipped);
      const channel = first + c;
      const input = plane[((n * channels + channel) * rows.size + row) * columns.size + column] ?? 0;
      const weight =
        w.data[((f * channelsOfGroup + c) * rows.kernel + kernelRow) * columns.kernel + kernelColumn] ?? 0;
      const product = input * weight;
      channelSum += product;
      sum += product;
      const index = order * windowLength + k;
      const cell = cellKind(geometry, row, column);
      const position = { index, n, f, i, j, c, u, v, channel, row, column, cell, kernelRow, kernelColumn };
      steps.push({ ...position, input, weight, product, channelSum, sum });
    }
    return steps;
  }

  function orderOf(index: number): number {
    if (!Number.isInteger(index) || index < 0 || index >= length) {
      throw new RangeError(`Step ${index} does not exist: this convolution has steps 0 to ${length - 1}.`);
    }
    return Math.floor(index / windowLength);
  }

  function at(index: number): MultiplyAdd {
    const step = collect(orderOf(index), (index % windowLength) + 1).at(-1);
    if (step === undefined) throw new RangeError(`Step ${index} does not exist.`);
    return step;
  }

  return {
    geometry,
    length,
    plane,
    at,
    window: (index) => collect(orderOf(index), windowLength),
    completed: (steps) => Math.floor(steps / windowLength),
    landing: (order) => landingOf(geometry, order),
    *[Symbol.iterator]() {
      for (let order = 0; order < length / windowLength; order += 1) yield* collect(order, windowLength);
    },
  };
}
