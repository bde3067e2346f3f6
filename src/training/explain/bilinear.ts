/** Bilinear resizing as PyTorch has it without align_corners and without antialiasing: half-pixel centres, the edge repeated. */

export interface PlaneSize {
  readonly height: number;
  readonly width: number;
}

/** Where a place of the resized axis reads: two neighbours, and the share of the second. */
interface Sample {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

function samples(from: number, to: number): readonly Sample[] {
  return Array.from({ length: to }, (_, place) => {
    const at = Math.max(0, ((place + 0.5) * from) / to - 0.5);
    const first = Math.min(Math.floor(at), from - 1);
    return { first, second: Math.min(first + 1, from - 1), share: at - first };
  });
}

/** `visit` gets each place of the resized plane with each of the four that it reads, and the weight of that one. */
function eachWeight(
  from: PlaneSize,
  to: PlaneSize,
  visit: (target: number, source: number, weight: number) => void,
): void {
  const columns = samples(from.width, to.width);
  samples(from.height, to.height).forEach((row, y) => {
    columns.forEach((column, x) => {
      const target = y * to.width + x;
      const rest = (1 - row.share) * (1 - column.share);
      visit(target, row.first * from.width + column.first, rest);
      visit(target, row.first * from.width + column.second, (1 - row.share) * column.share);
      visit(target, row.second * from.width + column.first, row.share * (1 - column.share));
      visit(target, row.second * from.width + column.second, row.share * column.share);
    });
  });
}

/** [from.height, from.width] -> [to.height, to.width] */
export function resizeBilinear(
  values: ArrayLike<number>,
  from: PlaneSize,
  to: PlaneSize,
): Float32Array<ArrayBuffer> {
  const sums = new Float64Array(to.height * to.width);
  eachWeight(from, to, (target, source, weight) => {
    sums[target] = (sums[target] ?? NaN) + weight * (values[source] ?? NaN);
  });
  return Float32Array.from(sums);
}

/** The gradient by the values of resizeBilinear, [from.height, from.width], from that by what it gives. */
export function resizeBilinearGradient(
  gradient: ArrayLike<number>,
  from: PlaneSize,
  to: PlaneSize,
): Float32Array<ArrayBuffer> {
  const sums = new Float64Array(from.height * from.width);
  eachWeight(from, to, (target, source, weight) => {
    sums[source] = (sums[source] ?? NaN) + weight * (gradient[target] ?? NaN);
  });
  return Float32Array.from(sums);
}
